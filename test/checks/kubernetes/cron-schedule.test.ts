import { describe, expect, test } from 'vitest';
import { parseCron } from '../../../src/checks/kubernetes/cron-schedule.ts';
import { slotsBefore } from '../../../src/checks/kubernetes/cron-slots.ts';

const NOW = Date.parse('2026-11-20T16:30:00Z'); // a Friday

function latest(
  text: string,
  { now = NOW, timeZone, count = 2 }: { now?: number; timeZone?: string; count?: number } = {},
) {
  const parsed = parseCron(text);
  if (parsed.status === 'invalid') return parsed.reason;
  if ('everyMs' in parsed.schedule) return parsed.schedule.everyMs;
  return slotsBefore(parsed.schedule, now, count, timeZone).map((slot) => new Date(slot).toISOString().slice(0, 16));
}

describe('the last instants of a schedule', () => {
  test.each([
    ['*/5 * * * *', ['2026-11-20T16:30', '2026-11-20T16:25']],
    ['7/20 * * * *', ['2026-11-20T16:27', '2026-11-20T16:07']],
    ['0 3 * * *', ['2026-11-20T03:00', '2026-11-19T03:00']],
    ['0 17 * * *', ['2026-11-19T17:00', '2026-11-18T17:00']],
    ['30 2,14 * * *', ['2026-11-20T14:30', '2026-11-20T02:30']],
    ['0 9 * * mon-fri', ['2026-11-20T09:00', '2026-11-19T09:00']],
    ['0 9 * * Mon', ['2026-11-16T09:00', '2026-11-09T09:00']],
    ['0 0 1 jan,JUL ?', ['2026-07-01T00:00', '2026-01-01T00:00']],
    ['0 0 29 2 *', ['2024-02-29T00:00', '2020-02-29T00:00']],
    ['0 0 13 * 5', ['2026-11-20T00:00', '2026-11-13T00:00']],
    ['0 0 13 * *', ['2026-11-13T00:00', '2026-10-13T00:00']],
    ['0 0 */13 * 5', ['2026-11-20T00:00', '2026-11-14T00:00']],
    ['@hourly', ['2026-11-20T16:00', '2026-11-20T15:00']],
    ['@daily', ['2026-11-20T00:00', '2026-11-19T00:00']],
    ['@weekly', ['2026-11-15T00:00', '2026-11-08T00:00']],
    ['@monthly', ['2026-11-01T00:00', '2026-10-01T00:00']],
    ['@yearly', ['2026-01-01T00:00', '2025-01-01T00:00']],
    ['0 0 30 2 *', []],
    [', * * * *', []],
  ])('%s', (text, expected) => {
    expect(latest(text)).toEqual(expected);
  });

  test('are those of the zone that is named', () => {
    expect(latest('0 3 * * *', { timeZone: 'Europe/Berlin' })).toEqual(['2026-11-20T02:00', '2026-11-19T02:00']);
    expect(latest('0 20 * * *', { timeZone: 'America/New_York', count: 1 })).toEqual(['2026-11-20T01:00']);
    expect(latest('0 3 * * *', { timeZone: 'Asia/Kolkata', count: 1 })).toEqual(['2026-11-19T21:30']);
  });

  test('are those of UTC where the zone is unknown', () => {
    expect(latest('0 3 * * *', { timeZone: 'Mars/Olympus', count: 1 })).toEqual(['2026-11-20T03:00']);
  });
});

test.each([
  ['@every 1h30m', 5_400_000],
  ['@every 0.5s', 1_000],
])('%s has no instants, only the time between two', (text, everyMs) => {
  expect(latest(text)).toBe(everyMs);
});

test.each([
  ['', 'it has 0 fields, not five'],
  ['invalid-cron', 'it has 1 fields, not five'],
  ['* * * * * *', 'it has 6 fields, not five'],
  ['60 * * * *', '"60" in the field of the minute is not between 0 and 59'],
  ['* 24 * * *', '"24" in the field of the hour is not between 0 and 23'],
  ['* * 0 * *', '"0" in the field of the day of the month is not between 1 and 31'],
  ['* * * * 7', '"7" in the field of the day of the week is not between 0 and 6'],
  ['5-1 * * * *', '"5-1" in the field of the minute ends before it begins'],
  ['*/0 * * * *', '"*/0" in the field of the minute has no step above nought'],
  ['*/x * * * *', '"*/x" in the field of the minute has no step above nought'],
  ['1/2/3 * * * *', '"1/2/3" in the field of the minute is no value, range or step'],
  ['1-2-3 * * * *', '"1-2-3" in the field of the minute is no value, range or step'],
  ['-1 * * * *', '"-1" in the field of the minute is no number or name'],
  ['mon * * * *', '"mon" in the field of the minute is no number or name'],
  ['@reboot', 'there is no "@reboot"'],
  ['@constructor', 'there is no "@constructor"'],
  ['@every soon', 'there is no "@every"'],
  ['TZ=Europe/Berlin 0 3 * * *', 'a time zone belongs in spec.timeZone, not in the schedule'],
  ['CRON_TZ=UTC 0 3 * * *', 'a time zone belongs in spec.timeZone, not in the schedule'],
])('"%s" is refused', (text, reason) => {
  expect(latest(text)).toBe(reason);
});
