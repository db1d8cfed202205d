import { describe, expect, test } from 'vitest';
import type { ScheduleState, Timetable } from '../../src/domain/slot.ts';
import { afterSetBack, watchClock, watchStart } from '../../src/scheduler/clock-watch.ts';
import { fingerprintOf } from '../../src/scheduler/fingerprint.ts';
import { loadSlots } from '../../src/scheduler/slots.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
const before = { wall: Date.parse('2026-11-20T10:00:00Z'), monotonic: 5_000 };
const after = (wall: number, monotonic: number) =>
  watchClock(before, { wall: before.wall + wall, monotonic: before.monotonic + monotonic });

describe('between two readings', () => {
  test.each([
    ['thirty quiet seconds', 30_000, 30_000, null],
    ['a busy machine that was late for both', 45_000, 45_000, null],
    ['two seconds more', 32_000, 30_000, null],
    ['two seconds less', 28_000, 30_000, null],
    ['slewing by NTP, at most half a millisecond a second, over an hour', HOUR - 1_800, HOUR, null],
    ['a sleep of eight hours', 8 * HOUR + 10, 10, { kind: 'jumped-forward', byMs: 8 * HOUR }],
    ['a clock set forward by a year', YEAR + 30_000, 30_000, { kind: 'jumped-forward', byMs: YEAR }],
    ['a clock set back by a minute', -30_000, 30_000, { kind: 'set-back', byMs: MINUTE }],
    ['a clock set back while the machine was busy', 0, 2_001, { kind: 'set-back', byMs: 2_001 }],
    ['just more than two seconds', 32_001, 30_000, { kind: 'jumped-forward', byMs: 2_001 }],
  ] as const)('%s', (_what, wall, monotonic, event) => {
    expect(after(wall, monotonic)).toEqual(event);
  });
});

describe('at the start', () => {
  const mark = before.wall;
  test.each([
    ['nothing was kept yet', null, mark, null],
    ['the machine was off for a year', mark, mark + YEAR, null],
    ['the clock is where it was', mark, mark, null],
    ['it lost a second in the battery clock', mark, mark - 1_000, null],
    ['it was set back by an hour', mark, mark - HOUR, { kind: 'set-back', byMs: HOUR }],
  ] as const)('%s', (_what, kept, wall, event) => {
    expect(watchStart(kept, wall)).toEqual(event);
  });
});

describe('after the clock was set back', async () => {
  const slots = await loadSlots();
  const hourly: Timetable = {
    runbook: 'hourly',
    schedule: { kind: 'cron', expression: '0 * * * *' },
    zone: 'UTC',
    activeHours: null,
    overlap: 'skip',
    catchUpMs: 0,
  };
  const ten = Date.parse('2026-11-20T10:00:00Z');
  const stateWith = (
    nextSlot: number | null,
    fingerprint = fingerprintOf(hourly),
  ): ReadonlyMap<string, ScheduleState> =>
    new Map([['hourly', { runbook: 'hourly', fingerprint, nextSlot, paused: false, running: false, waiting: false }]]);

  test('a next slot that lies a year ahead is reckoned from now', () => {
    expect(afterSetBack(stateWith(ten + YEAR), [hourly], ten - 1, slots)).toEqual([
      {
        runbook: 'hourly',
        fingerprint: fingerprintOf(hourly),
        expected: ten + YEAR,
        outcomes: [],
        omitted: null,
        nextSlot: ten,
      },
    ]);
  });

  test('a slot that comes again is met again: its row decides that it does not run twice', () => {
    expect(afterSetBack(stateWith(ten + HOUR), [hourly], ten - MINUTE, slots)[0]?.nextSlot).toBe(ten);
  });

  test('a runbook that had no slot any more has one again', () => {
    expect(afterSetBack(stateWith(null), [hourly], ten, slots)[0]?.nextSlot).toBe(ten + HOUR);
  });

  test('a next slot that is the first one anyway, or is late already, stays', () => {
    expect(afterSetBack(stateWith(ten), [hourly], ten - MINUTE, slots)).toEqual([]);
    expect(afterSetBack(stateWith(ten - HOUR), [hourly], ten - MINUTE, slots)).toEqual([]);
  });

  test('a runbook that is new, or was edited, is left to whatIsDue', () => {
    expect(afterSetBack(new Map(), [hourly], ten, slots)).toEqual([]);
    expect(afterSetBack(stateWith(ten + YEAR, 'another'), [hourly], ten, slots)).toEqual([]);
  });
});
