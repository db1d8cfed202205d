import { openApp } from '../../app/app.ts';
import { costReport, type CostReport, type CostWish } from '../../app/cost-report.ts';
import { CodedError } from '../../domain/coded-error.ts';
import { EXIT, type Door } from '../door.ts';
import { onInterrupt } from '../interrupt.ts';
import { present } from '../present.ts';
import { costHuman, costMarkdown } from '../views/cost-human.ts';

/** `holdfast cost --days 14 --by service` */
export async function cost(
  door: Door,
  _args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const wish = wishOf(options);
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    const report = await costReport(app, wish, interrupt.signal);
    present(door, app, {
      human: () => costHuman(report, door.terminal.columns),
      json: () => ['cost', documentOf(report)],
      markdown: () => costMarkdown(report),
    });
    return EXIT.done;
  } finally {
    interrupt.done();
    app.close();
  }
}

const DAYS_MOST = 35;

function wishOf(options: Readonly<Record<string, unknown>>): CostWish {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const days = Number(text('days') ?? 14);
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MOST)
    throw new CodedError('USAGE', `--days ${text('days') ?? ''} is no whole number from 1 to ${DAYS_MOST}`);
  return { days, by: byOf(text('by') ?? 'service'), profile: text('profile'), from: text('from') };
}

function byOf(text: string): CostWish['by'] {
  if (text === 'service' || text === 'account') return text;
  const key = /^tag:(.+)$/.exec(text)?.[1];
  if (key !== undefined) return `tag:${key}`;
  throw new CodedError('USAGE', `--by ${text} is not one of service, account, tag:<key>`, {
    next: 'write it like --by tag:team',
  });
}

function documentOf({
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
}: CostReport): object {
  return {
    source,
    by,
    currency,
    from: days[0]?.day,
    until: days.at(-1)?.day,
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
