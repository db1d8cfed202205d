import { dayAfter, totals, type CostSeries } from './cost-series.ts';
import { median } from './cost-anomaly.ts';

/** What the month of a series' last day will come to. */
export interface CostForecast {
  /** `2026-11` */
  readonly month: string;
  /** Paid so far, by the days that are known. */
  readonly soFar: number;
  /** Until the month ends: what is paid so far, and for each day that is left what its weekday costs as a rule. */
  readonly expected: number;
  /** Days of the month that are not known yet, the missing ones among those that are over included. */
  readonly daysLeft: number;
}

/** null: too few days are known to say anything. */
export function forecast(series: CostSeries): CostForecast | null {
  const all = totals(series);
  const last = series.days.at(-1);
  if (last === undefined) return null;
  const month = last.slice(0, 7);
  const known = series.days.flatMap((day, index) => {
    const amount = all[index];
    return amount === null || amount === undefined ? [] : [{ day, amount }];
  });
  if (known.length < 7) return null;
  const soFar = known.filter(({ day }) => day.startsWith(month)).reduce((sum, { amount }) => sum + amount, 0);
  const seen = new Set(known.map(({ day }) => day));
  const left = daysOf(month).filter((day) => !seen.has(day));
  const recent = known.slice(-28);
  const expected = left.reduce((sum, day) => sum + usual(day, recent), soFar);
  return { month, soFar, expected, daysLeft: left.length };
}

function usual(day: string, recent: readonly { readonly day: string; readonly amount: number }[]): number {
  const sameWeekday = recent.filter((one) => weekdayOf(one.day) === weekdayOf(day)).map(({ amount }) => amount);
  return median(sameWeekday.length >= 2 ? sameWeekday : recent.map(({ amount }) => amount));
}

function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function daysOf(month: string): readonly string[] {
  const days: string[] = [];
  for (let day = `${month}-01`; day.startsWith(month); day = dayAfter(day, 1)) days.push(day);
  return days;
}
