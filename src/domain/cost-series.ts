/** What was paid for one thing on one day. */
export interface DailyCost {
  /** `2026-11-25` */
  readonly day: string;
  /** What it was paid for: a service, an account, a tag, a namespace. */
  readonly key: string;
  /** May be negative: what was given back. */
  readonly amount: number;
}

/** Amounts by key over the same days, oldest first; null: nothing was said of that day, for any key. */
export interface CostSeries {
  readonly days: readonly string[];
  readonly byKey: ReadonlyMap<string, readonly (number | null)[]>;
  /** ISO 4217. */
  readonly currency: string;
}

const DAY_MS = 86_400_000;

/** `2026-11-25` of an instant, in UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The day so many days later; negative: earlier. */
export function dayAfter(day: string, days: number): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
}

/** So many days that end with `last`, oldest first. */
export function daysUntil(last: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => dayAfter(last, index - count + 1));
}

/**
 * Rows as series over `days`. A day of which `told` says nothing is not known; on one of which it says something, a key that
 * it does not name cost nothing.
 */
export function seriesOf(
  rows: readonly DailyCost[],
  days: readonly string[],
  told: ReadonlySet<string>,
  currency: string,
): CostSeries {
  const sums = new Map<string, Map<string, number>>();
  for (const { day, key, amount } of rows) {
    const ofKey = sums.get(key) ?? new Map<string, number>();
    sums.set(key, ofKey);
    ofKey.set(day, (ofKey.get(day) ?? 0) + amount);
  }
  const byKey = [...sums].map(
    ([key, ofKey]) => [key, days.map((day) => (told.has(day) ? (ofKey.get(day) ?? 0) : null))] as const,
  );
  return { days, byKey: new Map(byKey.toSorted(([a], [b]) => (a < b ? -1 : 1))), currency };
}

/** The sum of all keys, day by day. */
export function totals({ days, byKey }: CostSeries): readonly (number | null)[] {
  const all = [...byKey.values()];
  return days.map((_, index) => {
    const known = all.map((amounts) => amounts[index] ?? null);
    return known.length === 0 || known.includes(null)
      ? null
      : known.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
  });
}
