import { costAnomalies, type CostAnomaly } from '../domain/cost-anomaly.ts';
import { costChanges, type CostChange } from '../domain/cost-change.ts';
import { forecast, type CostForecast } from '../domain/cost-forecast.ts';
import { totals, type CostSeries } from '../domain/cost-series.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { PaidToday } from '../domain/paid-answers.ts';
import { readCostFile } from '../providers/cost-file/reader.ts';
import { createNetReader } from '../providers/net/reader.ts';
import type { StatefulApp } from './app.ts';
import { openAccount } from './open-account.ts';
import { openCostSeries } from './open-cost-series.ts';

export interface CostWish {
  /** How many days, the last complete one included; 1 to 35. */
  readonly days: number;
  readonly by: 'service' | 'account' | `tag:${string}`;
  readonly profile: string | undefined;
  /** A file (CSV, FOCUS), or `opencost`; undefined: Cost Explorer. */
  readonly from: string | undefined;
}

export interface CostReport {
  readonly source: string;
  readonly by: string;
  readonly currency: string;
  readonly days: readonly { readonly day: string; readonly amount: number | null }[];
  readonly total: number;
  readonly before: number | null;
  readonly rows: readonly CostChange[];
  readonly anomalies: readonly CostAnomaly[];
  readonly forecast: CostForecast | null;
  /** null: nothing that costs money was needed. */
  readonly requests: PaidToday | null;
}

/** `service`, `account` or `tag:<key>`; USAGE for anything else. */
export function costBy(text: string): CostWish['by'] {
  if (text === 'service' || text === 'account') return text;
  const key = /^tag:(.+)$/.exec(text)?.[1];
  if (key !== undefined) return `tag:${key}`;
  throw new CodedError('USAGE', `--by ${text} is not one of service, account, tag:<key>`, {
    next: 'write it like --by tag:team',
  });
}

/** What was paid lately, by whoever tells: Cost Explorer, OpenCost, or a file. Throws COST_UNKNOWN. */
export async function costReport(app: StatefulApp, wish: CostWish, signal: AbortSignal): Promise<CostReport> {
  const { source, by, series, requests } = await seriesFor(app, wish, signal);
  const all = totals(series);
  const shown = series.days.slice(-wish.days).map((day, index, { length }) => ({
    day,
    amount: all[all.length - length + index] ?? null,
  }));
  const before = all.slice(Math.max(0, all.length - 2 * wish.days), Math.max(0, all.length - wish.days));
  const isKnown = before.length === wish.days && !before.includes(null);
  return {
    source,
    by,
    currency: series.currency,
    days: shown,
    total: sum(shown.map(({ amount }) => amount)),
    before: isKnown ? sum(before) : null,
    rows: costChanges(series, wish.days).filter((row) => row.amount !== 0 || (row.before ?? 0) !== 0),
    anomalies: costAnomalies(series),
    forecast: forecast(series),
    requests,
  };
}

interface Source {
  readonly source: string;
  readonly by: string;
  readonly series: CostSeries;
  readonly requests: PaidToday | null;
}

async function seriesFor(app: StatefulApp, wish: CostWish, signal: AbortSignal): Promise<Source> {
  if (wish.from === 'opencost') return ofOpenCost(app, signal);
  if (wish.from !== undefined) return ofFile(wish.from, wish.by);
  return ofCostExplorer(app, wish, signal);
}

async function ofCostExplorer(app: StatefulApp, { profile, by }: CostWish, signal: AbortSignal): Promise<Source> {
  const { costsOf } = await import('../providers/aws/surveys/costs.ts');
  const { reader, account } = await openAccount(app, profile, { signal });
  const looked = await costsOf(account, by, app.surroundings.clock.now(), signal);
  if (looked.status === 'unknown') throw costUnknown(looked.failure.message);
  const source = `Cost Explorer, account ${account.id}`;
  return { source, by, series: looked.value, requests: reader.paidToday(account) };
}

async function ofOpenCost(app: StatefulApp, signal: AbortSignal): Promise<Source> {
  const url = app.config.prices?.opencost;
  if (url === undefined)
    throw new CodedError('COST_UNKNOWN', 'the configuration names no OpenCost', {
      next: 'write its URL in config.yaml: prices: { currency: USD, opencost: http://127.0.0.1:9003 }',
    });
  const currency = app.config.prices?.currency ?? 'USD';
  const looked = await openCostSeries(
    createNetReader(app.provider),
    { url, currency, now: app.surroundings.clock.now() },
    signal,
  );
  if (looked.status === 'unknown') throw costUnknown(looked.failure.message);
  return { source: `OpenCost at ${url}`, by: 'namespace', series: looked.value, requests: null };
}

async function ofFile(path: string, by: CostWish['by']): Promise<Source> {
  const looked = await readCostFile(path, by);
  if (looked.status === 'unknown') throw costUnknown(looked.failure.message);
  return { source: path, by, series: looked.value, requests: null };
}

function costUnknown(message: string): CodedError {
  return new CodedError('COST_UNKNOWN', message, { next: 'docs/cost.md says what each source needs' });
}

function sum(amounts: readonly (number | null)[]): number {
  return amounts.reduce<number>((total, amount) => total + (amount ?? 0), 0);
}
