import type * as z from 'zod';
import type { CostAnomaly } from '../domain/cost-anomaly.ts';
import type { CostChange } from '../domain/cost-change.ts';
import type { CostForecast } from '../domain/cost-forecast.ts';
import type { PaidToday } from '../domain/paid-answers.ts';
import type { costSchema } from './cost-schema.ts';

type CostDocument = z.infer<typeof costSchema>;

/** What was paid over some days, of which there is at least one. */
interface ReportedCost {
  readonly source: string;
  readonly by: string;
  readonly currency: string;
  readonly days: readonly { readonly day: string; readonly amount: number | null }[];
  readonly total: number;
  readonly before: number | null;
  readonly rows: readonly CostChange[];
  readonly anomalies: readonly CostAnomaly[];
  readonly forecast: CostForecast | null;
  readonly requests: PaidToday | null;
}

/** What was paid, as every door shows it. Amounts are rounded to cents. */
export function costDocument({
  source,
  by,
  currency,
  days,
  total,
  before,
  rows,
  anomalies,
  forecast,
  requests,
}: ReportedCost): CostDocument {
  return {
    source,
    by,
    currency,
    from: days[0]?.day ?? '',
    until: days.at(-1)?.day ?? '',
    total: round(total),
    before: before === null ? null : round(before),
    days: days.map(({ day, amount }) => ({ day, amount: amount === null ? null : round(amount) })),
    rows: rows.map((row) => ({
      name: row.key,
      amount: round(row.amount),
      before: row.before === null ? null : round(row.before),
      increase: row.before === null ? null : round(row.amount - row.before),
    })),
    anomalies: anomalies.map(({ key, kind, day, amount, expected, impact }) => ({
      name: key,
      kind,
      day,
      amount: round(amount),
      expected: round(expected),
      impact: round(impact),
    })),
    forecast:
      forecast === null ? null : { ...forecast, soFar: round(forecast.soFar), expected: round(forecast.expected) },
    requests: requests === null ? null : { today: requests.requests, most: requests.budget, usd: round(requests.usd) },
  };
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100;
}
