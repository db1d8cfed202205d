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
    fieldMoved(step.id, path, canonicalJson(sealed), canonicalJson(now));
  return [
    ...at('target.provider', plan.target.provider, identified.target.provider),
    ...at('target.id', plan.target.id, identified.target.id),
    ...at('target.details', plan.target.details, identified.target.details),
    ...at('resource', step.resource, identified.resource),
    ...fieldsMoved(step.id, 'identity', step.before.identity, observed.identity),
    ...fieldsMoved(step.id, 'rests', step.before.rests, observed.rests),
  ];
}

function fieldsMoved(
  step: string,
  name: string,
  sealed: JsonObject | null,
  now: JsonObject | null,
): readonly Difference[] {
  if (sealed === null || now === null) return fieldMoved(step, name, canonicalJson(sealed), canonicalJson(now));
  const keys = [...new Set([...Object.keys(sealed), ...Object.keys(now)])].toSorted();
  return keys.flatMap((key) => fieldMoved(step, `${name}.${key}`, own(sealed, key), own(now, key)));
}

/** The field as canonical JSON; what is not there is no JSON, so that no value can pass for it. */
function own(object: JsonObject, key: string): string {
  return Object.hasOwn(object, key) ? canonicalJson(object[key]) : '(absent)';
}

function fieldMoved(step: string, path: string, sealed: string, now: string): readonly Difference[] {
  return sealed === now ? [] : [{ step, path, sealed, now }];
}
