/**
 * Milliseconds since the epoch of an RFC 3339 instant with its offset; null for anything else. `Date.parse`
 * alone takes far more, and makes the 30th of February the 2nd of March.
 */
export function parseInstant(written: string): number | null {
  const match =
    /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/.exec(
      written,
    );
  const [, day] = match ?? [];
  if (day === undefined || startOf(day) === null) return null;
  const at = Date.parse(written);
  return Number.isNaN(at) ? null : at;
}

/** The last millisecond of a day in UTC, `YYYY-MM-DD`; null for anything else. */
export function parseEndOfDay(written: string): number | null {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(written) ? startOf(written) : null;
  return start === null ? null : start + 86_400_000 - 1;
}

function startOf(day: string): number | null {
  const at = Date.parse(`${day}T00:00:00.000Z`);
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day ? null : at;
}

/** Whether there is such an instant at all. */
export function isInstant(at: unknown): at is number {
  return typeof at === 'number' && Math.abs(at) <= LAST;
}

/** The last instant that a Date can hold (ECMA-262, Time Values). */
const LAST = 8.64e15;

export function instantWords(at: unknown): string {
  return isInstant(at) ? new Date(at).toISOString().replace('.000Z', 'Z') : 'missing';
}
