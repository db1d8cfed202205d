import type { Identified, Observed } from './action.ts';
import { canonicalJson } from './canonical-json.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { SealedPlan, SealedStep } from './plan.ts';

/** Something that is not as it was sealed; both sides as canonical JSON, not redacted yet. */
export interface Difference {
  readonly step: string;
  readonly path: string;
  readonly sealed: string;
  readonly now: string;
}

/**
 * What of a step's preconditions no longer holds: the target's identity, the resource, its identity (or
 * absence), and exactly the fields that the decision rests on. A status that keeps changing is none of them.
 */
export function movedSince(
  plan: Pick<SealedPlan, 'target'>,
  step: SealedStep,
  identified: Identified,
  observed: Observed,
): readonly Difference[] {
  const at = (path: string, sealed: JsonValue, now: JsonValue): readonly Difference[] =>
    canonicalJson(sealed) === canonicalJson(now)
      ? []
      : [{ step: step.id, path, sealed: canonicalJson(sealed), now: canonicalJson(now) }];
  return [
    ...at('target.provider', plan.target.provider, identified.target.provider),
    ...at('target.id', plan.target.id, identified.target.id),
    ...at('target.details', plan.target.details, identified.target.details),
    ...at('resource', step.resource, identified.resource),
    ...fieldsMoved('identity', step.before.identity, observed.identity, at),
    ...fieldsMoved('rests', step.before.rests, observed.rests, at),
  ];
}

function fieldsMoved(
  name: string,
  sealed: JsonObject | null,
  now: JsonObject | null,
  at: (path: string, sealed: JsonValue, now: JsonValue) => readonly Difference[],
): readonly Difference[] {
  if (sealed === null || now === null) return at(name, sealed, now);
  const keys = [...new Set([...Object.keys(sealed), ...Object.keys(now)])].toSorted();
  return keys.flatMap((key) => at(`${name}.${key}`, own(sealed, key), own(now, key)));
}

/** What is not there is told apart from null by its words alone; both are "not as sealed" against anything else. */
function own(object: JsonObject, key: string): JsonValue {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : '(absent)';
}
