import { unknown, seen, type Looked } from '../../../domain/failure.ts';
import { dayAfter, dayOf, daysUntil, seriesOf, type CostSeries, type DailyCost } from '../../../domain/cost-series.ts';
import type { Account } from '../reader.ts';
import { getCostAndUsage, type GetCostAndUsageRequest, type GetCostAndUsageResponse } from '../reads/money.ts';

/** What costs are told apart by: `tag:<key>` by the values of a tag. */
export type CostsBy = 'service' | 'account' | `tag:${string}`;

/** The newest days are not complete: AWS goes on adding to them. Yesterday is one of them. */
const INCOMPLETE_DAYS = 2;
/** Enough for five weeks of the same weekday. */
export const COMPLETE_DAYS = 35;

/** Charges that say nothing about what runs (Cost Explorer's charge types). */
const LEFT_OUT = ['Credit', 'Refund', 'Tax', 'Support', 'Upfront', 'SavingsPlanUpfrontFee'];
/** A request whose answer has more pages than this would cost more than what it is worth. */
const PAGES_MAX = 20;

/** The last day of which the whole cost is known. */
export function lastCompleteDay(now: number): string {
  return dayAfter(dayOf(now), -INCOMPLETE_DAYS);
}

/**
 * What an account paid on each of the last complete days, unblended, without credits, refunds, taxes, support and what was
 * paid upfront. Each page of the answer is a request, and each request costs money (Read.price): the same question on the
 * same day is answered by what was paid for before.
 */
export async function costsOf(
  account: Account,
  by: CostsBy,
  now: number,
  signal: AbortSignal,
): Promise<Looked<CostSeries>> {
  const last = lastCompleteDay(now);
  const days = daysUntil(last, COMPLETE_DAYS);
  const rows: DailyCost[] = [];
  const told = new Set<string>();
  const units = new Set<string>();
  let page: string | undefined;
  for (let pages = 0; ; pages += 1) {
    const looked = await account.home.ask(getCostAndUsage, requestOf(by, days, page), signal);
    if (looked.status === 'unknown') return looked;
    const broken = takeIn(looked.value ?? {}, { rows, told, units });
    if (broken !== null) return unknown('ANSWER_INVALID', broken);
    page = looked.value?.NextPageToken;
    if (page === undefined || page === '') break;
    if (pages === PAGES_MAX) return unknown('ANSWER_INVALID', 'Cost Explorer sends page after page without an end.');
  }
  if (told.size === 0)
    return unknown(
      'NO_COST_DATA',
      `Cost Explorer has no costs of ${days[0] ?? ''} to ${last}: it is empty for the first day after it is turned on.`,
    );
  if (units.size > 1)
    return unknown(
      'ANSWER_INVALID',
      `Cost Explorer answers in several currencies: ${[...units].toSorted().join(', ')}.`,
    );
  return seen(seriesOf(rows, days, told, [...units][0] ?? 'USD'));
}

function requestOf(by: CostsBy, days: readonly string[], page: string | undefined): GetCostAndUsageRequest {
  const [first = '', last = ''] = [days[0], days.at(-1)];
  return {
    // The end is the first day that is not wanted.
    TimePeriod: { Start: first, End: dayAfter(last, 1) },
    Granularity: 'DAILY',
    Metrics: ['UnblendedCost'],
    GroupBy: [
      by === 'service' || by === 'account'
        ? { Type: 'DIMENSION', Key: by === 'service' ? 'SERVICE' : 'LINKED_ACCOUNT' }
        : { Type: 'TAG', Key: by.slice('tag:'.length) },
    ],
    Filter: { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: LEFT_OUT } } },
    ...(page === undefined ? {} : { NextPageToken: page }),
  };
}

interface Taken {
  readonly rows: DailyCost[];
  readonly told: Set<string>;
  readonly units: Set<string>;
}

/** Amounts are texts. What is wrong with an answer; null: nothing. */
function takeIn({ ResultsByTime = [] }: GetCostAndUsageResponse, { rows, told, units }: Taken): string | null {
  for (const { TimePeriod, Groups = [], Total } of ResultsByTime) {
    const day = TimePeriod?.Start;
    if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day))
      return `Cost Explorer names a day ${JSON.stringify(day)}.`;
    const amounts = [
      ...Groups.map(({ Keys = [], Metrics }) => ({ key: nameOf(Keys[0]), metric: Metrics?.['UnblendedCost'] })),
      ...(Groups.length === 0 ? [{ key: 'all', metric: Total?.['UnblendedCost'] }] : []),
    ];
    for (const { key, metric } of amounts) {
      if (metric?.Amount === undefined) continue;
      const amount = Number(metric.Amount);
      if (metric.Amount.trim() === '' || !Number.isFinite(amount))
        return `Cost Explorer names an amount ${JSON.stringify(metric.Amount)}.`;
      rows.push({ day, key, amount });
      told.add(day);
      // What cost nothing may have no currency.
      if (metric.Unit !== undefined && metric.Unit !== 'N/A') units.add(metric.Unit);
    }
    if (Groups.length > 0) told.add(day);
  }
  return null;
}

/** Of a tag the key stands before the value: `team$shop`. */
function nameOf(key: string | undefined): string {
  const name = key ?? 'unnamed';
  const value = name.includes('$') ? name.slice(name.indexOf('$') + 1) : name;
  return value === '' ? 'without' : value;
}
