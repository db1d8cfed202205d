import { dayAfter, type CostSeries } from './cost-series.ts';

/** Something that cost more than it used to. */
export interface CostAnomaly {
  readonly key: string;
  readonly kind: 'spike' | 'level-shift' | 'new';
  /** The last day of the series. */
  readonly day: string;
  readonly amount: number;
  /** What that weekday cost as a rule; of something new 0. */
  readonly expected: number;
  /** From how much on it is out of the ordinary. */
  readonly limit: number;
  /** What was paid beyond what was expected, over the days that are out of the ordinary in a row. */
  readonly impact: number;
  /** How many days in a row it has been so, the last one included. */
  readonly lasting: number;
}

/** By which amounts are judged; in the series' currency. */
export interface CostRules {
  /** An excess of less than this is none, whatever its share. */
  readonly least: number;
  /** Nor is one of less than this share of what was expected. */
  readonly share: number;
  /** Something that was not there before is told from this amount a day on. */
  readonly newFrom: number;
}

export const COST_RULES: CostRules = { least: 5, share: 0.2, newFrom: 1 };

/** So many deviations from the median are out of the ordinary (Iglewicz and Hoaglin, 1993); 1.4826 MAD is one deviation. */
const DEVIATIONS = 3.5 * 1.4826;
const WEEKS_LEAST = 3;
const DAYS_WITHOUT_WEEKS = 14;
/** So many days in a row are a new level, and no spike. */
const LEVEL_DAYS = 3;
/** So long something is told as new. */
const NEW_DAYS = 7;

/**
 * What stands out on the last day of a series, by each key's own past: the median of the same weekday plus 3.5 robust
 * deviations (of that weekday, or of the whole series where that is more), and never less than a share and an amount above
 * it. What falls on the same day of the month is compared with that (fees of the first). Less than before is no anomaly.
 */
export function costAnomalies(series: CostSeries, rules: CostRules = COST_RULES): readonly CostAnomaly[] {
  return [...series.byKey]
    .flatMap(([key, amounts]) => anomalyOf(key, amounts, series.days, rules) ?? [])
    .toSorted((a, b) => b.impact - a.impact || (a.key < b.key ? -1 : 1));
}

function anomalyOf(
  key: string,
  amounts: readonly (number | null)[],
  days: readonly string[],
  rules: CostRules,
): CostAnomaly | null {
  const last = amounts.length - 1;
  const [amount, day] = [amounts[last], days[last]];
  if (amount === null || amount === undefined || day === undefined) return null;
  const appeared = firstPaid(amounts);
  if (appeared !== null && isNew(amounts, appeared, rules)) return newThing(key, amounts, appeared, day, rules);
  const judged = judgedDays(amounts, days, rules);
  const now = judged.get(last);
  if (now === undefined || !now.isOut) return null;
  let [lasting, impact] = [0, 0];
  for (let index = last; judged.get(index)?.isOut === true; index -= 1) {
    lasting += 1;
    impact += (amounts[index] ?? 0) - (judged.get(index)?.expected ?? 0);
  }
  const kind = lasting >= LEVEL_DAYS ? 'level-shift' : 'spike';
  return { key, kind, day, amount, expected: now.expected, limit: now.limit, impact, lasting };
}

interface JudgedDay {
  readonly expected: number;
  readonly limit: number;
  readonly isOut: boolean;
}

/** Every day with a past that is long enough. */
function judgedDays(
  amounts: readonly (number | null)[],
  days: readonly string[],
  rules: CostRules,
): ReadonlyMap<number, JudgedDay> {
  const since = sinceWhen(amounts);
  const pasts = amounts.map((_, index) => pastOf(amounts, index, since));
  const misses = amounts.flatMap((amount, index) => {
    const past = pasts[index];
    return amount === null || past === null || past === undefined ? [] : [Math.abs(amount - median(past))];
  });
  // What so few weekdays say of how much is usual to differ is little: the whole series is heard as well.
  const usualMiss = misses.length < DAYS_WITHOUT_WEEKS / 2 ? 0 : median(misses);
  const judged = new Map<number, JudgedDay>();
  for (const [index, past] of pasts.entries()) {
    const amount = amounts[index];
    if (amount === null || amount === undefined || past === null) continue;
    const expected = median(past);
    const deviation = DEVIATIONS * Math.max(usualMiss, median(past.map((each) => Math.abs(each - expected))));
    const limit = expected + Math.max(deviation, rules.share * Math.abs(expected), rules.least);
    judged.set(index, { expected, limit, isOut: amount > limit && !isMonthly(amounts, days, index, rules) });
  }
  return judged;
}

/** From where on a thing has a past: of one that came after a fortnight without it, from the day on which it came. */
function sinceWhen(amounts: readonly (number | null)[]): number {
  const appeared = firstPaid(amounts) ?? 0;
  return wasAbsent(amounts, appeared) ? appeared : 0;
}

/** The same weekday of the weeks before, else the fortnight before; null: there is not enough of either. */
function pastOf(amounts: readonly (number | null)[], index: number, since: number): readonly number[] | null {
  const known = (at: number): readonly number[] => {
    const amount = amounts[at];
    return at >= since && amount !== null && amount !== undefined ? [amount] : [];
  };
  const weeks = Array.from({ length: Math.floor(index / 7) }, (_, week) => index - 7 * (week + 1)).flatMap(known);
  if (weeks.length >= WEEKS_LEAST) return weeks;
  const fortnight = Array.from({ length: DAYS_WITHOUT_WEEKS }, (_, day) => index - day - 1).flatMap(known);
  return fortnight.length >= DAYS_WITHOUT_WEEKS / 2 ? fortnight : null;
}

/** Whether about as much was paid on the same day of the month before, and stood out there as well: a fee. */
function isMonthly(
  amounts: readonly (number | null)[],
  days: readonly string[],
  index: number,
  { least, share }: CostRules,
): boolean {
  const day = days[index];
  if (day === undefined) return false;
  const back = [28, 29, 30, 31].find((count) => dayAfter(day, -count).slice(8) === day.slice(8));
  const at = back === undefined ? -1 : index - back;
  const then = amounts[at];
  if (then === null || then === undefined) return false;
  const beside = [-3, -2, -1, 1, 2, 3].flatMap((offset) => amounts[at + offset] ?? []);
  if (beside.length === 0) return false;
  const usual = median(beside);
  const stoodOut = then - usual > Math.max(least, share * Math.abs(usual));
  return stoodOut && (amounts[index] ?? 0) <= then + Math.max(least, share * Math.abs(then));
}

function firstPaid(amounts: readonly (number | null)[]): number | null {
  const index = amounts.findIndex((amount) => amount !== null && Math.abs(amount) >= 0.005);
  return index === -1 ? null : index;
}

/** There was nothing of it for at least a fortnight, and it came within the last days. */
function isNew(amounts: readonly (number | null)[], appeared: number, { newFrom }: CostRules): boolean {
  const isLate = amounts.length - appeared <= NEW_DAYS;
  return wasAbsent(amounts, appeared) && isLate && (amounts.at(-1) ?? 0) >= newFrom;
}

/** Whether it is known of at least a fortnight before that there was nothing of it. */
function wasAbsent(amounts: readonly (number | null)[], appeared: number): boolean {
  return amounts.slice(0, appeared).filter((amount) => amount !== null).length >= DAYS_WITHOUT_WEEKS;
}

function newThing(
  key: string,
  amounts: readonly (number | null)[],
  appeared: number,
  day: string,
  { newFrom }: CostRules,
): CostAnomaly {
  const since = amounts.slice(appeared);
  const impact = since.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
  return {
    key,
    kind: 'new',
    day,
    amount: amounts.at(-1) ?? 0,
    expected: 0,
    limit: newFrom,
    impact,
    lasting: since.length,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}
