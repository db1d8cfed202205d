import type { CostSeries } from './cost-series.ts';

/** How much a thing costs in one stretch of days, and in the one before it. */
export interface CostChange {
  readonly key: string;
  readonly amount: number;
  /** null: too little is known of the days before. */
  readonly before: number | null;
}

/** The last `count` days beside the `count` before them, most expensive first. Days that are not known count as nothing. */
export function costChanges({ byKey }: CostSeries, count: number): readonly CostChange[] {
  return [...byKey]
    .map(([key, amounts]) => {
      const before = amounts.slice(Math.max(0, amounts.length - 2 * count), Math.max(0, amounts.length - count));
      const known = before.filter((amount) => amount !== null);
      return { key, amount: sum(amounts.slice(-count)), before: known.length < count ? null : sum(known) };
    })
    .toSorted((a, b) => b.amount - a.amount || (a.key < b.key ? -1 : 1));
}

function sum(amounts: readonly (number | null)[]): number {
  return amounts.reduce<number>((total, amount) => total + (amount ?? 0), 0);
}
