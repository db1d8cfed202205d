import { expect, test } from 'vitest';
import { parseCron } from '../../src/scheduler/cron.ts';

async function firings(expression: string, zone: string, after: string, count: number): Promise<string[]> {
  const cron = await parseCron(expression, zone);
  if (cron.status === 'invalid') throw new Error(cron.reason);
  const found: string[] = [];
  for (let at: number | null = Date.parse(after); found.length < count; ) {
    at = cron.nextAfter(at);
    if (at === null) break;
    found.push(new Date(at).toISOString().slice(5, 16));
  }
  return found;
}

async function reasonAgainst(expression: string): Promise<string | null> {
  const cron = await parseCron(expression, 'UTC');
  return cron.status === 'invalid' ? cron.reason : null;
}

// The table of facts/queue.md section 6, which decided for croner.
test.each([
  [
    '30 2 * * *',
    'America/New_York',
    '2026-03-08T00:00:00Z',
    ['03-08T07:00', '03-09T06:30'],
    'a fixed time in the spring gap runs right after the gap',
  ],
  [
    '*/30 2 * * *',
    'America/New_York',
    '2026-03-08T00:00:00Z',
    ['03-09T06:00'],
    'an interval in the spring gap waits for the next day',
  ],
  [
    '0 0 * * *',
    'America/Havana',
    '2026-03-07T12:00:00Z',
    ['03-08T05:00'],
    'a midnight that does not exist runs at one',
  ],
  [
    '30 1 * * *',
    'America/New_York',
    '2026-11-01T00:00:00Z',
    ['11-01T05:30', '11-02T06:30'],
    'a fixed time that comes twice runs once, at the first',
  ],
  [
    '*/30 * * * *',
    'America/New_York',
    '2026-11-01T04:59:00Z',
    ['11-01T05:00', '11-01T05:30', '11-01T06:00', '11-01T06:30', '11-01T07:00'],
    'an interval never pauses in autumn',
  ],
  [
    '*/15 1 * * *',
    'America/New_York',
    '2026-11-01T05:29:00Z',
    ['11-01T05:30', '11-01T05:45', '11-01T06:00', '11-01T06:15', '11-01T06:30', '11-01T06:45'],
    'an interval in the repeated hour runs in both',
  ],
  ['45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T12:00:00Z', ['04-04T14:45'], 'half an hour of overlap: the first'],
  ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', ['10-03T15:30'], 'half an hour of gap: right after it'],
  [
    '0 0 13 * FRI',
    'UTC',
    '2026-02-01T00:00:00Z',
    ['02-06T00:00', '02-13T00:00', '02-20T00:00'],
    'day of month and weekday are ORed',
  ],
  ['0 0 13 * +FRI', 'UTC', '2026-02-01T00:00:00Z', ['02-13T00:00', '03-13T00:00'], '+ asks for both'],
  [
    '0 0 29 2 *',
    'UTC',
    '2026-01-01T00:00:00Z',
    [new Date('2028-02-29T00:00:00Z').toISOString().slice(5, 16)],
    'a leap day is waited for',
  ],
])('%s in %s: %s', async (expression, zone, after, expected) => {
  expect(await firings(expression, zone, after, expected.length)).toEqual(expected);
});

test('the next firing is strictly later, even from within the very second of one', async () => {
  const cron = await parseCron('0 9 * * *', 'UTC');
  if (cron.status === 'invalid') throw new Error(cron.reason);
  const nine = Date.parse('2026-01-01T09:00:00Z');
  expect([nine, nine + 1, nine + 999].map((at) => cron.nextAfter(at))).toEqual(Array(3).fill(nine + 86_400_000));
  expect(cron.nextAfter(nine - 1)).toBe(nine);
});

test('for a year the half hours of a zone with summer time are never more than half an hour apart', async () => {
  const cron = await parseCron('*/30 * * * *', 'Europe/Berlin');
  if (cron.status === 'invalid') throw new Error(cron.reason);
  let at = Date.parse('2026-01-01T00:00:00Z');
  let widest = 0;
  for (let count = 0; count < 365 * 48; count++) {
    const next = cron.nextAfter(at) ?? Number.POSITIVE_INFINITY;
    widest = Math.max(widest, next - at);
    at = next;
  }
  expect(widest).toBe(30 * 60_000);
});

test.each(['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually'])(
  '%s is accepted',
  async (nickname) => {
    expect(await reasonAgainst(nickname)).toBeNull();
  },
);

test.each([
  ['', 'has 0 of the 5 fields'],
  ['* * * *', 'has 4 of the 5 fields'],
  ['0 0 12 * * *', 'has 6 fields; seconds and years are not accepted'],
  ['0 0 12 * * * 2026', 'has 7 fields'],
  ['0 0 30 2 *', 'never fires'],
  ['0 0 31 4,6 *', 'never fires'],
  ['60 * * * *', 'is not a cron expression: Invalid value for minute: 60'],
  ['*/90 * * * *', 'is not a cron expression'],
  ['0 0 * * FUN', 'is not a cron expression'],
  ['@every 30m', 'is not cron; write "every: 30m"'],
  ['@reboot', 'is not a nickname; there are @yearly'],
  ['CRON_TZ=UTC 0 0 * * *', 'write it as "timezone:"'],
  ['2026-01-01T00:00:00', 'has 1 of the 5 fields'],
  ['* '.repeat(5_000), 'is too long'],
])('%s is refused with what to write instead', async (expression, reason) => {
  expect(await reasonAgainst(expression)).toContain(reason);
});
