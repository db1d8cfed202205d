import type { JsonValue } from '../../domain/json.ts';
import type { PolicyBound, PolicyMatch, PolicyRule } from '../../domain/policy.ts';
import { coversPattern } from './pattern.ts';

/**
 * Whether `wide` holds whenever `narrow` does, as far as that is plain from what is written: each clause of the
 * wide one is among those of the narrow one, as it stands or narrower. False when in doubt. Limits are left out.
 */
export function covers(wide: PolicyRule, narrow: PolicyRule): boolean {
  return (
    matchCovers(wide.match, narrow.match) &&
    (wide.match.not === undefined || same(wide.match.not, narrow.match.not)) &&
    Object.entries(wide.bounds).every(([path, bound]) => boundCovers(bound, narrow.bounds[path])) &&
    (wide.window === null || same(wide.window, narrow.window))
  );
}

function matchCovers(wide: PolicyMatch, narrow: PolicyMatch): boolean {
  return (
    listCovers(wide.actor?.kind, narrow.actor?.kind) &&
    listCovers(wide.actor?.name, narrow.actor?.name) &&
    eachCovers(wide.actor?.claims, narrow.actor?.claims) &&
    patternsCover(wide.action, narrow.action) &&
    listCovers(wide.target?.provider, narrow.target?.provider) &&
    listCovers(wide.target?.id, narrow.target?.id) &&
    listCovers(wide.environment, narrow.environment) &&
    patternsCover(wide.resource, narrow.resource) &&
    eachCovers(wide.params, narrow.params) &&
    listCovers(wide.runbook, narrow.runbook) &&
    (wide.destructive === undefined || wide.destructive === narrow.destructive) &&
    listCovers(wide.risk, narrow.risk)
  );
}

type Values = readonly JsonValue[] | undefined;

function listCovers(wide: Values, narrow: Values): boolean {
  return wide === undefined || (narrow !== undefined && narrow.every((value) => wide.includes(value)));
}

function eachCovers(
  wide: Readonly<Record<string, Values>> = {},
  narrow: Readonly<Record<string, Values>> = {},
): boolean {
  return Object.entries(wide).every(([name, values]) =>
    listCovers(values, Object.hasOwn(narrow, name) ? narrow[name] : undefined),
  );
}

function patternsCover(wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean {
  if (wide === undefined) return true;
  return narrow !== undefined && narrow.every((inner) => wide.some((outer) => coversPattern(outer, inner)));
}

function boundCovers(wide: PolicyBound, narrow: PolicyBound | undefined): boolean {
  if (narrow === undefined) return false;
  return (
    (wide.min === undefined || (narrow.min !== undefined && narrow.min >= wide.min)) &&
    (wide.max === undefined || (narrow.max !== undefined && narrow.max <= wide.max)) &&
    listCovers(wide.oneOf, narrow.oneOf)
  );
}

function same(a: object, b: object | null | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
