import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Firing, ScheduleState, Timetable } from '../../src/domain/slot.ts';
import { fingerprintOf } from '../../src/scheduler/fingerprint.ts';
import {
  ON_TIME_MS,
  ROWS_PER_RUNBOOK,
  ROWS_PER_ROUND,
  SPREAD_MAX_MS,
  SPREAD_PER_RUNBOOK_MS,
  whatIsDue,
  type Due,
} from '../../src/scheduler/due.ts';
import { loadSlots, type Slots } from '../../src/scheduler/slots.ts';

const slots = await loadSlots();
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Friday. */
const TEN = Date.parse('2026-11-20T10:00:00Z');

const hourly: Timetable = {
  runbook: 'hourly',
  schedule: { kind: 'cron', expression: '0 * * * *' },
  zone: 'UTC',
  activeHours: null,
  overlap: 'skip',
  catchUpMs: 15 * MINUTE,
};

function stateOf(timetable: Timetable, nextSlot: number | null, more: Partial<ScheduleState> = {}): ScheduleState {
  return {
    runbook: timetable.runbook,
    fingerprint: fingerprintOf(timetable),
    nextSlot,
    paused: false,
    running: false,
    waiting: false,
    ...more,
  };
}

/** What is due of one runbook. */
function due(timetable: Timetable, nextSlot: number | null, now: number, more: Partial<ScheduleState> = {}) {
  const states = new Map([[timetable.runbook, stateOf(timetable, nextSlot, more)]]);
  return whatIsDue({ timetables: [timetable], states, now, slots });
}

/** Its outcomes in short: `10:00 schedule`, `09:00 too-late`. */
function told(firing: Firing | undefined): readonly string[] {
  return (firing?.outcomes ?? []).map((outcome) => {
    const time = new Date(outcome.slot).toISOString().slice(11, 16);
    return `${time} ${outcome.outcome === 'fire' ? outcome.trigger : outcome.reason}`;
  });
}

describe('a runbook that is met for the first time', () => {
  test('gets the first slot strictly after now, and nothing runs because it was only just written', () => {
    const { firings, wakeAt } = whatIsDue({ timetables: [hourly], states: new Map(), now: TEN, slots });
    expect(firings).toEqual([
      {
        runbook: 'hourly',
        fingerprint: fingerprintOf(hourly),
        expected: null,
        outcomes: [],
        omitted: null,
        nextSlot: TEN + HOUR,
      },
    ]);
    expect(wakeAt).toBe(TEN + HOUR);
  });

  test('with an edited schedule, is reckoned anew from now; what it missed under the old one is not made up', () => {
    const { firings } = due(hourly, TEN - 5 * HOUR, TEN + 1, { fingerprint: 'as it was' });
    expect(firings).toMatchObject([{ expected: TEN - 5 * HOUR, outcomes: [], nextSlot: TEN + HOUR }]);
  });

  test('with other hours or another catch-up, keeps its slots', () => {
    const edited: Timetable = {
      ...hourly,
      catchUpMs: 0,
      overlap: 'queue-one',
      activeHours: { from: '00:00', to: '24:00' },
    };
    const states = new Map([['hourly', stateOf(hourly, TEN)]]);
    expect(told(whatIsDue({ timetables: [edited], states, now: TEN, slots }).firings[0])).toEqual(['10:00 schedule']);
  });

  test('whose schedule never comes is not asked about again', () => {
    const never: Timetable = { ...hourly, schedule: { kind: 'cron', expression: '0 0 30 2 *' } };
    expect(whatIsDue({ timetables: [never], states: new Map(), now: TEN, slots })).toMatchObject({
      firings: [{ nextSlot: null }],
      wakeAt: null,
    });
    expect(due(never, null, TEN)).toEqual({ firings: [], wakeAt: null });
  });
});

describe('a slot', () => {
  test('that has not come yet is waited for', () => {
    expect(due(hourly, TEN, TEN - 1)).toEqual({ firings: [], wakeAt: TEN });
  });

  test('that has come fires, undelayed, and the next one is the first after now', () => {
    expect(due(hourly, TEN, TEN)).toEqual({
      firings: [
        {
          runbook: 'hourly',
          fingerprint: fingerprintOf(hourly),
          expected: TEN,
          outcomes: [{ slot: TEN, outcome: 'fire', trigger: 'schedule', notBefore: TEN }],
          omitted: null,
          nextSlot: TEN + HOUR,
        },
      ],
      wakeAt: TEN + HOUR,
    });
  });

  test.each([0, 3 * SECOND, 30 * SECOND, ON_TIME_MS])('is on time %i ms late, even without any catch-up', (late) => {
    expect(told(due({ ...hourly, catchUpMs: 0 }, TEN, TEN + late).firings[0])).toEqual(['10:00 schedule']);
  });

  test.each([
    [0, ON_TIME_MS + 1, 'too-late'],
    [15 * MINUTE, ON_TIME_MS + 1, 'catch-up'],
    [15 * MINUTE, 15 * MINUTE, 'catch-up'],
    [15 * MINUTE, 15 * MINUTE + 1, 'too-late'],
  ])('with a catch-up of %i ms, %i ms late: %s', (catchUpMs, late, expected) => {
    expect(told(due({ ...hourly, catchUpMs }, TEN, TEN + late).firings[0])).toEqual([`10:00 ${expected}`]);
  });

  test('that its zone has moved since it was reckoned is no slot any more, and the next one is right', () => {
    expect(due(hourly, TEN - 30 * MINUTE, TEN - 10 * MINUTE).firings).toMatchObject([{ outcomes: [], nextSlot: TEN }]);
  });
});

describe('missed slots', () => {
  test('within catch-up collapse to one run of the latest; older ones are told as too late', () => {
    expect(told(due({ ...hourly, catchUpMs: 6 * HOUR }, TEN - 8 * HOUR, TEN + 5 * MINUTE).firings[0])).toEqual([
      '02:00 too-late',
      '03:00 too-late',
      '04:00 too-late',
      '05:00 collapsed',
      '06:00 collapsed',
      '07:00 collapsed',
      '08:00 collapsed',
      '09:00 collapsed',
      '10:00 catch-up',
    ]);
  });

  test('before one that is on time collapse into it', () => {
    expect(told(due({ ...hourly, catchUpMs: 6 * HOUR }, TEN - HOUR, TEN).firings[0])).toEqual([
      '09:00 collapsed',
      '10:00 schedule',
    ]);
  });

  test('outside the active hours never run; the latest one inside does', () => {
    const office: Timetable = { ...hourly, catchUpMs: DAY, activeHours: { from: '08:00', to: '09:30' } };
    expect(told(due(office, TEN - 4 * HOUR, TEN).firings[0])).toEqual([
      '06:00 outside-hours',
      '07:00 outside-hours',
      '08:00 collapsed',
      '09:00 catch-up',
      '10:00 outside-hours',
    ]);
  });

  test('of a paused runbook are told as paused, whatever else is true of them', () => {
    const office: Timetable = { ...hourly, activeHours: { from: '08:00', to: '09:30' } };
    expect(told(due(office, TEN - HOUR, TEN, { paused: true }).firings[0])).toEqual(['09:00 paused', '10:00 paused']);
  });

  test('of an hour that the clocks repeat are two, of one that they skip none', () => {
    const berlin: Timetable = { ...hourly, zone: 'Europe/Berlin', catchUpMs: 0 };
    const autumn = Date.parse('2026-10-25T00:00:00+02:00');
    expect(due(berlin, autumn, autumn + DAY).firings[0]?.outcomes).toHaveLength(25);
    const spring = Date.parse('2026-03-29T00:00:00+01:00');
    expect(due(berlin, spring, spring + DAY - 2 * HOUR).firings[0]?.outcomes).toHaveLength(23);
  });

  test('too many for a row each are told together, the latest ones each', () => {
    const minutely: Timetable = { ...hourly, runbook: 'minutely', schedule: { kind: 'every', everyMs: MINUTE } };
    const first = slots.nextAfter(minutely, TEN) ?? 0;
    const { firings } = due(minutely, first, TEN + 365 * DAY);
    expect(firings[0]?.outcomes).toHaveLength(ROWS_PER_RUNBOOK);
    expect(firings[0]?.omitted).toEqual({
      count: 365 * 24 * 60 - ROWS_PER_RUNBOOK,
      exact: true,
      from: first,
      to: (firings[0]?.outcomes[0]?.slot ?? 0) - MINUTE,
    });
    expect(firings[0]?.nextSlot).toBeGreaterThan(TEN + 365 * DAY);
  });
});

describe('while a run of it', () => {
  const queueOne: Timetable = { ...hourly, overlap: 'queue-one' };

  test('is in progress, the slot is skipped as overlap', () => {
    expect(told(due(hourly, TEN, TEN, { running: true }).firings[0])).toEqual(['10:00 overlap']);
  });

  test('waits for its turn, the slot is skipped as overlap', () => {
    expect(told(due(hourly, TEN, TEN, { waiting: true }).firings[0])).toEqual(['10:00 overlap']);
  });

  test('is in progress, one may wait with queue-one, and no second one', () => {
    expect(told(due(queueOne, TEN, TEN, { running: true }).firings[0])).toEqual(['10:00 schedule']);
    expect(told(due(queueOne, TEN, TEN, { running: true, waiting: true }).firings[0])).toEqual(['10:00 overlap']);
    expect(told(due(queueOne, TEN, TEN, { waiting: true }).firings[0])).toEqual(['10:00 overlap']);
  });

  test('is in progress, only the slot that would have run is an overlap', () => {
    expect(told(due({ ...hourly, catchUpMs: HOUR }, TEN - 2 * HOUR, TEN, { running: true }).firings[0])).toEqual([
      '08:00 too-late',
      '09:00 collapsed',
      '10:00 overlap',
    ]);
  });
});

describe('many runbooks', () => {
  const fleet = (count: number): readonly Timetable[] =>
    Array.from({ length: count }, (_, index) => ({ ...hourly, runbook: `runbook-${index}` }));
  const statesOf = (timetables: readonly Timetable[], nextSlot: number): ReadonlyMap<string, ScheduleState> =>
    new Map(timetables.map((timetable) => [timetable.runbook, stateOf(timetable, nextSlot)]));
  const startsOf = (firings: readonly Firing[]): readonly number[] =>
    firings.flatMap(({ outcomes }) => outcomes.map((outcome) => (outcome.outcome === 'fire' ? outcome.notBefore : -1)));

  test('that catch up after a start are spread over half a minute, each always at its place', () => {
    const timetables = fleet(1_000);
    const moment = { timetables, states: statesOf(timetables, TEN), now: TEN + 5 * MINUTE, slots };
    const starts = startsOf(whatIsDue(moment).firings).map((start) => start - moment.now);
    expect(starts).toHaveLength(1_000);
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...starts)).toBeLessThan(SPREAD_MAX_MS);
    const perSecond = Map.groupBy(starts, (start) => Math.floor(start / SECOND));
    expect(perSecond.size).toBe(30);
    expect(Math.max(...[...perSecond.values()].map((group) => group.length))).toBeLessThan(80);
    expect(startsOf(whatIsDue(moment).firings).map((start) => start - moment.now)).toEqual(starts);
  });

  test('a single one that catches up hardly waits', () => {
    const [start = 0] = startsOf(due(hourly, TEN, TEN + 5 * MINUTE).firings);
    expect(start - (TEN + 5 * MINUTE)).toBeLessThan(250);
  });

  test('that are on time are not spread', () => {
    const timetables = fleet(1_000);
    const { firings } = whatIsDue({ timetables, states: statesOf(timetables, TEN), now: TEN + SECOND, slots });
    expect(new Set(startsOf(firings))).toEqual(new Set([TEN]));
  });

  test('none of them due, cron is not evaluated at all', () => {
    const untouchable: Slots = {
      nextAfter: () => expect.unreachable(),
      between: () => expect.unreachable(),
    };
    const timetables = fleet(1_000);
    const states = statesOf(timetables, TEN);
    expect(whatIsDue({ timetables, states, now: TEN - 1, slots: untouchable })).toEqual({ firings: [], wakeAt: TEN });
  });

  test('wake at the earliest next slot of them all, those that have just fired included', () => {
    const daily: Timetable = { ...hourly, runbook: 'daily', schedule: { kind: 'cron', expression: '30 10 * * *' } };
    const states = new Map([
      ['hourly', stateOf(hourly, TEN)],
      ['daily', stateOf(daily, TEN + 30 * MINUTE)],
    ]);
    expect(whatIsDue({ timetables: [hourly, daily], states, now: TEN, slots }).wakeAt).toBe(TEN + 30 * MINUTE);
    states.set('daily', stateOf(daily, TEN + 30 * HOUR));
    expect(whatIsDue({ timetables: [hourly, daily], states, now: TEN, slots }).wakeAt).toBe(TEN + HOUR);
  });

  test('with a backlog of a year take several rounds, and who is on time does not wait for them', () => {
    const backlog: readonly Timetable[] = Array.from({ length: 10 }, (_, index) => ({
      ...hourly,
      runbook: `runbook-${index}`,
      schedule: { kind: 'every', everyMs: 30 * MINUTE },
    }));
    const timetables = [...backlog, hourly];
    const states = new Map(statesOf(backlog, TEN - 365 * DAY));
    states.set('hourly', stateOf(hourly, TEN));
    const rounds: Due[] = [];
    do {
      const round = whatIsDue({ timetables, states, now: TEN, slots });
      rounds.push(round);
      for (const { runbook, fingerprint, nextSlot } of round.firings) {
        states.set(runbook, { ...stateOf(hourly, nextSlot), runbook, fingerprint });
      }
    } while (rounds.at(-1)?.wakeAt === TEN && rounds.length < 20);

    expect(told(rounds[0]?.firings[0])).toEqual(['10:00 schedule']);
    const rows = rounds.map(({ firings }) => firings.reduce((sum, { outcomes }) => sum + outcomes.length, 0));
    expect(Math.max(...rows)).toBeLessThan(ROWS_PER_ROUND + ROWS_PER_RUNBOOK);
    expect(rows.reduce((sum, count) => sum + count)).toBe(1 + 10 * 365 * 48);
    expect(rounds).toHaveLength(10);
    expect([...states.values()].every(({ nextSlot }) => (nextSlot ?? 0) > TEN)).toBe(true);
  });

  test('of a runbook that is gone nothing is due', () => {
    expect(whatIsDue({ timetables: [], states: new Map([['hourly', stateOf(hourly, TEN)]]), now: TEN, slots })).toEqual(
      {
        firings: [],
        wakeAt: null,
      },
    );
  });
});

test('docs/schedules.md says these very figures', () => {
  const page = readFileSync(new URL('../../docs/schedules.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');
  expect(page).toContain(`noticed at most ${ON_TIME_MS / SECOND} s after its time`);
  expect(page).toContain(`More than ${ROWS_PER_RUNBOOK.toLocaleString('en')} missed slots of one runbook`);
  expect(page).toContain(
    `${SPREAD_PER_RUNBOOK_MS} ms for each runbook there is and at most over ${SPREAD_MAX_MS / SECOND} s`,
  );
});
