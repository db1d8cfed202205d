import { canonicalJson } from '../domain/canonical-json.ts';
import type { JsonValue } from '../domain/json.ts';
import type { SealedStep } from '../domain/plan.ts';
import type { Redactor } from '../domain/redaction/redacted.ts';
import type { Target } from '../domain/target.ts';

/**
 * The path of the first value of a step that would have to be redacted though it is acted on, so that the
 * plan can't be sealed; null when there is none. Its words were redacted before.
 */
export function firstSecret(step: SealedStep, redactor: Redactor): string | null {
  const { params, resource, name, before, after } = step;
  return firstIn(redactor, [
    ['params', params],
    ['resource', resource],
    ['name', name],
    ['identity', before.identity],
    ['rests', before.rests],
    ['after', after.fields],
  ]);
}

/** As firstSecret, of the target, which is recognised by what is sealed of it. */
export function firstSecretOfTarget({ id, name, details }: Target, redactor: Redactor): string | null {
  return firstIn(redactor, [
    ['target.id', id],
    ['target.name', name],
    ['target.details', details],
  ]);
}

function firstIn(redactor: Redactor, acted: readonly (readonly [string, JsonValue])[]): string | null {
  for (const [path, value] of acted) {
    const found = secretIn(value, path, redactor);
    if (found !== null) return found;
  }
  return null;
}

function secretIn(value: JsonValue, path: string, redactor: Redactor): string | null {
  if (typeof value === 'string') return redactor.text(value) === value ? null : path;
  if (typeof value !== 'object' || value === null) return null;
  // As a whole first: the name of a field may condemn its value (`password`).
  const redacted: unknown = redactor.data(value);
  if (canonicalJson(redacted) === canonicalJson(value)) return null;
  for (const [key, item] of Object.entries(value)) {
    const found = secretIn(item, `${path}.${key}`, redactor);
    if (found !== null) return found;
    if (isChanged(redacted, key, item)) return `${path}.${key}`;
  }
  return path;
}

/** A name that is itself a secret is not in what was redacted: its object is named instead. */
function isChanged(redacted: unknown, key: string, item: JsonValue): boolean {
  if (typeof redacted !== 'object' || redacted === null || !Object.hasOwn(redacted, key)) return false;
  return canonicalJson(Reflect.get(redacted, key)) !== canonicalJson(item);
}
