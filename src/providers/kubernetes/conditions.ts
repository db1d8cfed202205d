import type { Condition } from './objects.ts';

/** The condition of a type, wherever it stands. */
export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | null {
  return conditions?.find((condition) => condition.type === type) ?? null;
}

/** An RFC 3339 instant as milliseconds since the epoch; null where there is none that can be read. */
export function instantOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  return Number.isFinite(ms) ? ms : null;
}

/**
 * How long ago, milliseconds. An object that does not say when is as old as anything: a live API server always says.
 * A time that is still to come, by a clock that is wrong, is now.
 */
export function ageOf(text: string | undefined, now: number): number {
  const instant = instantOf(text);
  return instant === null ? Number.POSITIVE_INFINITY : Math.max(0, now - instant);
}
