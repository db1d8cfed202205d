import { assert, constantFrom, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { phaseOf } from '../../src/scheduler/phase.ts';
import { loadSlots, type Scheduled } from '../../src/scheduler/slots.ts';

const slots = await loadSlots();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const at = (text: string): number => Date.parse(text);
const cron = (expression: string, zone = 'UTC'): Scheduled => ({
  runbook: 'nightly',
  schedule: { kind: 'cron', expression },
  zone,
});
const every = (everyMs: number, runbook = 'heartbeat'): Scheduled => ({
  runbook,
  schedule: { kind: 'every', everyMs },
  zone: 'UTC',
});

/** The slots of a stretch, asked for one by one. */
function chain(scheduled: Scheduled, after: number, to: number): number[] {
  const found: number[] = [];
  for (let slot = slots.nextAfter(scheduled, after); slot !== null && slot <= to; ) {
    found.push(slot);
    slot = slots.nextAfter(scheduled, slot);
  }
  return found;
}

test('an interval lies on the phase of its name', () => {
  const next = slots.nextAfter(every(30 * MINUTE), at('2026-01-01T00:00:00Z')) ?? 0;
  expect(next % (30 * MINUTE)).toBe(phaseOf('heartbeat', 30 * MINUTE));
});

test('an interval does not notice that the clocks change', () => {
  const night = chain(every(30 * MINUTE), at('2026-10-24T12:00:00Z'), at('2026-10-26T12:00:00Z'));
  expect(new Set(night.slice(1).map((slot, index) => slot - (night[index] ?? 0)))).toEqual(new Set([30 * MINUTE]));
  expect(night).toHaveLength(96);
});

test('cron is evaluated in its zone', () => {
  expect(slots.nextAfter(cron('0 9 * * *', 'Asia/Kolkata'), at('2026-01-01T00:00:00Z'))).toBe(
    at('2026-01-01T03:30:00Z'),
  );
});

test('a day that no calendar has is never', () => {
  expect(slots.nextAfter(cron('0 0 30 2 *'), 0)).toBeNull();
  expect(slots.between(cron('0 0 30 2 *'), 0, DAY, 10)).toEqual({ slots: [], omitted: null, next: null });
});

test('a stretch begins after its beginning and includes its end', () => {
  const nine = at('2026-01-01T09:00:00Z');
  const nightly = cron('0 9 * * *');
  expect(slots.between(nightly, nine, nine + DAY, 10).slots).toEqual([nine + DAY]);
  expect(slots.between(nightly, nine - 1, nine + DAY, 10).slots).toEqual([nine, nine + DAY]);
  expect(slots.between(nightly, nine, nine + DAY - 1, 10)).toEqual({ slots: [], omitted: null, next: nine + DAY });
});

test('a stretch that ends before it begins is empty, and says what comes after its beginning', () => {
  const heartbeat = every(30 * MINUTE);
  const now = at('2026-01-01T00:00:00Z');
  expect(slots.between(heartbeat, now, now - DAY, 10)).toEqual({
    slots: [],
    omitted: null,
    next: slots.nextAfter(heartbeat, now),
  });
});

const ZONES = ['America/New_York', 'Europe/Berlin', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Kolkata'];
const SCHEDULES = [
  '*/30 * * * *',
  '*/15 1 * * *',
  '30 2 * * *',
  '0 0 * * *',
  '15 2 * * *',
  '7 */3 * * 1-5',
  '0 12 1,15 * MON',
];

test('whether slots are listed, or asked for one by one from anywhere, they are the same: DST nights included', () => {
  assert(
    property(
      constantFrom(...ZONES),
      constantFrom(...SCHEDULES),
      // Round the nights on which one of these zones changes its clocks.
      constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'),
      integer({ min: -2 * DAY, max: DAY }),
      integer({ min: 0, max: 3 * DAY }),
      (zone, expression, night, offset, length) => {
        const from = at(`${night}T00:00:00Z`) + offset;
        const whole = chain(cron(expression, zone), at(`${night}T00:00:00Z`) - 3 * DAY, from + length);
        const { slots: listed, next } = slots.between(cron(expression, zone), from, from + length, 1_000);
        expect(listed).toEqual(whole.filter((slot) => slot > from));
        expect(next).toBe(slots.nextAfter(cron(expression, zone), from + length));
      },
    ),
    { numRuns: 150 },
  );
});

test('of too many slots of an interval the latest are listed, and the others are counted', () => {
  const heartbeat = every(MINUTE);
  const from = at('2026-01-01T00:00:00Z');
  const { slots: listed, omitted, next } = slots.between(heartbeat, from, from + 3_650 * DAY, 100);
  expect(listed).toHaveLength(100);
  expect(omitted?.count).toBe(3_650 * 24 * 60 - 100);
  expect(omitted?.exact).toBe(true);
  expect(omitted?.from).toBe(slots.nextAfter(heartbeat, from));
  expect([omitted?.to, ...listed, next]).toEqual(chain(heartbeat, (omitted?.to ?? 0) - 1, next ?? 0));
});

test('of too many cron slots the latest are listed; the others are counted as far as that is cheap', () => {
  const from = at('2026-01-01T00:00:00Z');
  const few = slots.between(cron('*/30 * * * *'), from, from + 3 * DAY, 100);
  expect(few.omitted).toEqual({
    count: 44,
    exact: true,
    from: from + 30 * MINUTE,
    to: from + 44 * 30 * MINUTE,
  });
  expect(few.slots).toEqual(chain(cron('*/30 * * * *'), from, from + 3 * DAY).slice(-100));

  const to = from + 30 * 365 * DAY;
  const many = slots.between(cron('*/30 * * * *'), from, to, 100);
  expect(many.slots).toEqual(chain(cron('*/30 * * * *'), to - 100 * 30 * MINUTE, to));
  expect(many.omitted).toEqual({ count: 100, exact: false, from: from + 30 * MINUTE, to: to - 100 * 30 * MINUTE });
  expect(many.next).toBe(to + 30 * MINUTE);
});

test('rare slots over a thousand years are listed one and all', () => {
  const { slots: leapDays, omitted } = slots.between(
    cron('0 0 29 2 *'),
    at('2026-01-01T00:00:00Z'),
    at('2426-01-01T00:00:00Z'),
    1_000,
  );
  expect(leapDays).toHaveLength(97);
  expect(omitted).toBeNull();
});

test('slots of one month in the year are found across the months without any', () => {
  const from = at('2020-01-01T00:00:00Z');
  const to = at('2026-12-31T00:00:00Z');
  const january = slots.between(cron('0 * * 1 *'), from, to, 1_000);
  expect(january.slots).toHaveLength(1_000);
  expect(january.slots).toEqual(chain(cron('0 * * 1 *'), from, to).slice(-1_000));
});
