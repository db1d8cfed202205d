import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClaimedJob } from '../../src/domain/queue.ts';
import type { RunReason, RunStatus } from '../../src/domain/run.ts';
import type { SlotOutcome } from '../../src/domain/slot.ts';
import { openDatabase, pragma } from '../../src/store/database.ts';
import { jobsTable } from '../../src/store/jobs.ts';
import { createQueue } from '../../src/store/queue.ts';
import { runsTable } from '../../src/store/runs.ts';
import { schedulesTable } from '../../src/store/schedules.ts';
import { codeOf } from '../support/errors.ts';
import { aFiring, maker } from '../support/firing.ts';
import { race, SLOTS } from '../support/racers.ts';
import { aRun } from '../support/run.ts';
import { redactor } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

function open() {
  const database = openDatabase(join(tempFolder(), 'holdfast.db'));
  onTestFinished(() => database.close());
  const runs = runsTable(database);
  return {
    database,
    schedules: schedulesTable(database),
    queue: createQueue(database, { clock: { now: () => 10_000, monotonic: () => 0 } }),
    runs,
    rows: (): (readonly [number | null, RunStatus, RunReason | null])[] =>
      runs
        .latest({ limit: 1_000, runbook: null })
        .map(({ slot, status, reason }) => [slot, status, reason] as const)
        .toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0)),
  };
}

const fire = (slot: number): SlotOutcome => ({ slot, outcome: 'fire', trigger: 'schedule', notBefore: slot });
const skip = (slot: number): SlotOutcome => ({ slot, outcome: 'skip', reason: 'overlap' });

describe('a firing', () => {
  it('advances the schedule and writes a row for every slot and a job for every fire', async () => {
    const { schedules, queue, rows, runs } = open();
    const { fired, lost } = schedules.commitFiring(
      aFiring({
        outcomes: [skip(500), { slot: 1_000, outcome: 'fire', trigger: 'catch-up', notBefore: 1_700 }],
      }),
      maker,
    );
    expect(lost).toBe(false);
    expect(fired.map(({ slot }) => slot)).toEqual([1_000]);
    expect(rows()).toEqual([
      [500, 'skipped', 'overlap'],
      [1_000, 'queued', null],
    ]);
    expect(schedules.states().get('heartbeat')).toEqual({
      runbook: 'heartbeat',
      fingerprint: 'sha256:a',
      nextSlot: 2_000,
      paused: false,
      running: false,
      waiting: true,
    });
    expect(await queue.list('waiting', 5)).toMatchObject([
      { key: 'run:heartbeat@1000', runAt: 1_700, payload: { run: fired[0]?.id } },
    ]);
    expect(runs.active()).toEqual(fired);
  });

  it.each([
    ['the schedule moved on', { expected: 1_000 }],
    ['the schedule is new to the other', { expected: null }],
    ['the schedule has moved back', { expected: 3_000 }],
  ])('is lost, and writes nothing, when %s', async (_what, edit) => {
    const { schedules, queue, rows } = open();
    schedules.commitFiring(aFiring({ outcomes: [] }), maker);
    const before = schedules.states();
    const second = aFiring({ ...edit, outcomes: [fire(9_000)], nextSlot: 10_000, fingerprint: 'sha256:b' });
    expect(schedules.commitFiring(second, maker)).toEqual({ fired: [], lost: true });
    expect(schedules.states()).toEqual(before);
    expect(rows()).toEqual([]);
    expect(await queue.list('waiting', 5)).toEqual([]);
  });

  it('is lost when the runbook was paused meanwhile, unless it only skips', () => {
    const { schedules, rows } = open();
    schedules.pause('heartbeat', redactor.text('deploying'), 5);
    expect(schedules.commitFiring(aFiring({ outcomes: [skip(900), fire(1_000)] }), maker).lost).toBe(true);
    expect(rows()).toEqual([]);
    expect(schedules.commitFiring(aFiring({ outcomes: [skip(900)] }), maker).lost).toBe(false);
    expect(schedules.states().get('heartbeat')).toMatchObject({ paused: true, nextSlot: 2_000 });
  });

  it('fires nothing for a slot that has a row already, and leaves that row alone', async () => {
    const { schedules, runs, rows, queue } = open();
    runs.write(aRun({ id: 'r-00000000000A', slot: 1_000, status: 'done', trigger: 'schedule' }));
    const { fired } = schedules.commitFiring(aFiring({ outcomes: [fire(1_000), skip(1_500), fire(1_800)] }), maker);
    expect(fired.map(({ slot }) => slot)).toEqual([1_800]);
    expect(rows()).toEqual([
      [1_000, 'done', null],
      [1_500, 'skipped', 'overlap'],
      [1_800, 'queued', null],
    ]);
    expect((await queue.list('waiting', 5)).map(({ key }) => key)).toEqual(['run:heartbeat@1800']);
  });

  it('tells of slots too many for rows in one row, at the last of them', () => {
    const { schedules, rows } = open();
    const told: unknown[] = [];
    const omitted = { count: 17_520, exact: true, from: 100, to: 900 };
    schedules.commitFiring(aFiring({ omitted }), {
      ...maker,
      runOf: (outcome, range) => {
        told.push([outcome.slot, range]);
        return maker.runOf(outcome, range);
      },
    });
    expect(rows()).toEqual([
      [900, 'skipped', 'too-late'],
      [1_000, 'queued', null],
    ]);
    expect(told).toEqual([
      [900, omitted],
      [1_000, null],
    ]);
  });

  it('keeps nothing of itself when making its rows fails half-way', async () => {
    const { schedules, queue, rows } = open();
    let calls = 0;
    const failing = {
      ...maker,
      jobOf: (...args: Parameters<typeof maker.jobOf>) => {
        if ((calls += 1) === 2) throw new Error('a bug');
        return maker.jobOf(...args);
      },
    };
    expect(() => schedules.commitFiring(aFiring({ outcomes: [fire(1_000), fire(1_500)] }), failing)).toThrow('a bug');
    expect(rows()).toEqual([]);
    expect(schedules.states().size).toBe(0);
    expect(await queue.list('waiting', 5)).toEqual([]);
  });

  it('keeps a schedule that will never come again', () => {
    const { schedules } = open();
    schedules.commitFiring(aFiring({ nextSlot: null }), maker);
    expect(schedules.states().get('heartbeat')?.nextSlot).toBeNull();
    expect(schedules.commitFiring(aFiring({ expected: null, fingerprint: 'sha256:b' }), maker).lost).toBe(false);
    expect(schedules.states().get('heartbeat')).toMatchObject({ nextSlot: 2_000, fingerprint: 'sha256:b' });
  });

  it('wakes the queue of the same database once it is kept', async () => {
    const { schedules, queue } = open();
    let kept: number | null = null;
    queue.onWake(() => (kept = schedules.states().size));
    schedules.commitFiring(aFiring(), maker);
    expect(kept).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(kept).toBe(1);
  });

  it('concerns one runbook: the same slot of another is its own', () => {
    const { schedules, rows } = open();
    schedules.commitFiring(aFiring(), maker);
    const other = {
      ...maker,
      runOf: (outcome: SlotOutcome) => ({ ...maker.runOf(outcome, null), runbook: 'nightly' }),
    };
    expect(schedules.commitFiring(aFiring({ runbook: 'nightly' }), other).fired).toHaveLength(1);
    expect(rows()).toHaveLength(2);
  });
});

describe('many firings at once', () => {
  const others = (runbook: string): typeof maker => ({
    ...maker,
    runOf: (outcome, omitted) => ({ ...maker.runOf(outcome, omitted), runbook }),
  });

  it('are kept or lost each by itself', () => {
    const { schedules, rows } = open();
    schedules.commitFiring(aFiring({ runbook: 'moved', outcomes: [] }), maker);
    const firings = ['a', 'moved', 'b'].map((runbook) => aFiring({ runbook }));
    const committed = schedules.commitFirings(firings, ({ runbook }) => others(runbook));
    expect(committed.map(({ fired, lost }) => [fired.map(({ runbook }) => runbook), lost])).toEqual([
      [['a'], false],
      [[], true],
      [['b'], false],
    ]);
    expect(rows()).toHaveLength(2);
    expect(schedules.commitFirings([], () => maker)).toEqual([]);
  });

  it('are none of them kept when one fails', () => {
    const { schedules, rows } = open();
    const firings = ['a', 'b'].map((runbook) => aFiring({ runbook }));
    expect(() =>
      schedules.commitFirings(firings, ({ runbook }) => {
        if (runbook === 'b') throw new Error('a bug');
        return others(runbook);
      }),
    ).toThrow('a bug');
    expect(rows()).toEqual([]);
    expect(schedules.states().size).toBe(0);
  });
});

describe('two processes that keep the same schedule', () => {
  it('fire every slot once: whoever is second has lost', async () => {
    const { database, queue, rows } = open();
    const won = await race('slots', database.path, 2);
    const slots = Array.from({ length: SLOTS }, (_, index) => index + 1);
    expect(
      won
        .flat()
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual(slots);
    expect(rows().map(([slot]) => slot)).toEqual(slots);
    expect(await queue.list('waiting', 1_000)).toHaveLength(SLOTS);
  });
});

describe('a firing without room', () => {
  it('is not kept at all, and can be done when there is room', async () => {
    const { database, schedules, queue, rows } = open();
    schedules.commitFiring(aFiring({ outcomes: [] }), maker);
    const firing = aFiring({ expected: 2_000, outcomes: [skip(2_000), fire(2_500)], nextSlot: 3_000 });
    const large = {
      ...maker,
      jobOf: (...args: Parameters<typeof maker.jobOf>) => ({
        ...maker.jobOf(...args),
        payload: { text: 'x'.repeat(100_000) },
      }),
    };
    database.sqlite.exec(`PRAGMA max_page_count = ${Number(pragma(database.sqlite, 'page_count')) + 2}`);
    expect(codeOf(() => schedules.commitFiring(firing, large))).toBe('STORE_FULL');
    expect(rows()).toEqual([]);
    expect(schedules.states().get('heartbeat')?.nextSlot).toBe(2_000);
    expect(await queue.list('waiting', 5)).toEqual([]);
    database.sqlite.exec('PRAGMA max_page_count = 1073741823');
    expect(schedules.commitFiring(firing, large).fired).toHaveLength(1);
    expect(pragma(database.sqlite, 'integrity_check')).toBe('ok');
  });
});

describe('the state of a schedule', () => {
  it('says whether a run of the runbook is in progress or waits', () => {
    const { schedules, runs } = open();
    const [run] = schedules.commitFiring(aFiring(), maker).fired;
    const state = () => schedules.states().get('heartbeat');
    if (run === undefined) throw new Error('nothing was fired');
    expect(state()).toMatchObject({ running: false, waiting: true });
    runs.write({ ...run, status: 'running' });
    expect(state()).toMatchObject({ running: true, waiting: false });
    runs.write(aRun({ id: 'r-00000000000B', runbook: 'nightly', status: 'queued' }));
    runs.write({ ...run, status: 'done' });
    expect(state()).toMatchObject({ running: false, waiting: false });
  });
});

describe('a run that is stranded', () => {
  it('is one of a slot whose job died, or ended without it; never one that will be done, nor one by hand', async () => {
    const { schedules, runs, queue } = open();
    const { fired } = schedules.commitFiring(
      aFiring({ outcomes: [fire(1_000), fire(1_100), fire(1_200), fire(1_300), skip(1_400)], nextSlot: 2_000 }),
      maker,
    );
    runs.write(aRun({ id: 'r-00000000000D', status: 'running' }));
    await queue.enqueue({ ...maker.jobOf(aRun({}), 0), kind: 'notify', key: 'n', payload: {} });
    const take = async (): Promise<ClaimedJob> => {
      const job = await queue.claim(['run'], 'w', 60_000);
      if (job === null) throw new Error('there was no job');
      return job;
    };
    await queue.complete(await take());
    expect(await queue.fail({ ...(await take()), maxAttempts: 1 }, redactor.text('x'))).toBe('dead');
    await take();
    expect(runs.stranded()).toEqual(fired.slice(0, 2));
    for (const run of fired) runs.write({ ...run, status: 'done' });
    expect(runs.stranded()).toEqual([]);
  });
});

describe('pausing', () => {
  it('holds for a runbook that has no schedule yet, and ends once', () => {
    const { schedules } = open();
    schedules.pause('new', redactor.text('not yet'), 7);
    expect(schedules.states().get('new')).toMatchObject({ paused: true, nextSlot: null });
    schedules.pause('new', null, 8);
    expect(schedules.pauses()).toEqual([{ runbook: 'new', at: 8, reason: null }]);
    expect(schedules.resume('new')).toBe(true);
    expect(schedules.resume('new')).toBe(false);
    expect(schedules.resume('unknown')).toBe(false);
    expect(schedules.pauses()).toEqual([]);
  });

  it('leaves the next slot and the fingerprint as they are', () => {
    const { schedules } = open();
    schedules.commitFiring(aFiring(), maker);
    schedules.pause('heartbeat', redactor.text('x'), 7);
    schedules.resume('heartbeat');
    expect(schedules.states().get('heartbeat')).toMatchObject({
      nextSlot: 2_000,
      fingerprint: 'sha256:a',
      paused: false,
    });
  });
});

describe('after the clock was set back', () => {
  it('rows of future slots that were only skipped are taken back, those that were fired stay', () => {
    const { schedules, runs, rows } = open();
    schedules.commitFiring(
      aFiring({
        outcomes: [skip(1_000), skip(5_000), skip(5_001), fire(6_000), fire(7_000), fire(8_000)],
        nextSlot: 9_000,
      }),
      maker,
    );
    const [, second, third] = runs.active();
    if (second === undefined || third === undefined) throw new Error('too few were fired');
    runs.write({ ...second, status: 'running' });
    runs.write({ ...third, status: 'failed', reason: 'interrupted' });
    runs.write(aRun({ id: 'r-00000000000C', status: 'done' }));
    const move = aFiring({ expected: 9_000, outcomes: [], nextSlot: 5_000 });
    expect(schedules.setBack([move], 0)).toBe(3);
    expect(schedules.highWaterMark()).toBe(0);
    expect(rows()).toEqual([
      [null, 'done', null],
      [6_000, 'queued', null],
      [7_000, 'running', null],
      [8_000, 'failed', 'interrupted'],
    ]);
    expect(schedules.states().get('heartbeat')?.nextSlot).toBe(5_000);
    const again = aFiring({
      expected: 5_000,
      outcomes: [fire(5_000), fire(6_000), fire(7_000), fire(8_000)],
      nextSlot: 9_000,
    });
    expect(schedules.commitFiring(again, maker).fired.map(({ slot }) => slot)).toEqual([5_000]);
  });

  it('lets a run begin that was to wait until a clock that is no more', () => {
    const { schedules, database } = open();
    schedules.commitFiring(
      aFiring({
        outcomes: [{ slot: 1_000, outcome: 'fire', trigger: 'catch-up', notBefore: 900_000 }],
        nextSlot: 2_000,
      }),
      maker,
    );
    expect(jobsTable(database).nextDue()).toBe(900_000);
    schedules.setBack([], 5_000);
    expect(jobsTable(database).nextDue()).toBe(5_000);
  });

  it('the high-water mark of the clock goes back only when it is told to', () => {
    const { schedules } = open();
    expect(schedules.highWaterMark()).toBeNull();
    schedules.raiseHighWaterMark(1_000);
    schedules.raiseHighWaterMark(999);
    expect(schedules.highWaterMark()).toBe(1_000);
    schedules.raiseHighWaterMark(10_000);
    expect(schedules.highWaterMark()).toBe(10_000);
    schedules.setBack([], 500);
    expect(schedules.highWaterMark()).toBe(500);
  });
});

describe('forgetting a runbook that is gone', () => {
  it('forgets its schedule and keeps its rows', () => {
    const { schedules, rows } = open();
    schedules.commitFiring(aFiring(), maker);
    schedules.forget('heartbeat');
    expect(schedules.states().size).toBe(0);
    expect(rows()).toHaveLength(1);
  });

  it('remembers that it was paused, for the day it is back', () => {
    const { schedules } = open();
    schedules.commitFiring(aFiring(), maker);
    schedules.pause('heartbeat', redactor.text('deploying'), 5);
    schedules.forget('heartbeat');
    expect(schedules.states().get('heartbeat')).toMatchObject({ paused: true, nextSlot: null, fingerprint: '' });
  });
});

describe('tasks of a bare HEARTBEAT.md', () => {
  it('each remember when they last ran', () => {
    const { schedules } = open();
    expect(schedules.taskLastRun('HEARTBEAT', 'inbox')).toBeNull();
    schedules.setTaskLastRun('HEARTBEAT', 'inbox', 5);
    schedules.setTaskLastRun('HEARTBEAT', 'inbox', 9);
    schedules.setTaskLastRun('HEARTBEAT', 'calendar', 7);
    expect(schedules.taskLastRun('HEARTBEAT', 'inbox')).toBe(9);
    expect(schedules.taskLastRun('HEARTBEAT', 'calendar')).toBe(7);
    expect(schedules.taskLastRun('other', 'inbox')).toBeNull();
  });
});
