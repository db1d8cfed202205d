import { CodedError } from '../domain/coded-error.ts';
import type { JobRequest } from '../domain/queue.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import type { Run } from '../domain/run.ts';
import type { Firing, ScheduleState, SlotOutcome } from '../domain/slot.ts';
import type { Database } from './database.ts';
import { jobsTable } from './jobs.ts';
import { metaTable } from './meta.ts';
import { ownJson } from './own-json.ts';
import { runsTable } from './runs.ts';

/** What becomes rows and jobs of a firing. */
export interface FiringMaker {
  /** The row of an outcome: `queued` when it fires, `skipped` otherwise. `omitted` is given with the row that tells of slots without rows. */
  runOf(outcome: SlotOutcome, omitted: Firing['omitted']): Run;
  /** Its kind is `run`, and its payload names the run: `{ run: id }`. */
  jobOf(run: Run, notBefore: number): JobRequest;
}

export interface Committed {
  readonly fired: readonly Run[];
  /** Somebody was first, or it was paused meanwhile: nothing was written; look at the states again. */
  readonly lost: boolean;
}

export interface Pause {
  readonly runbook: string;
  readonly at: number;
  readonly reason: Redacted<string> | null;
}

/** The schedules of runbooks. Times are milliseconds since the epoch. */
export interface SchedulesTable {
  /** Every schedule that is known, by runbook, as it stands now. */
  states(): ReadonlyMap<string, ScheduleState>;
  /**
   * One transaction: advances the schedule if it still stands where the firing found it, writes a row
   * for each slot that has none, and a job for each that fires. A slot that has a row keeps it and fires nothing.
   */
  commitFiring(firing: Firing, make: FiringMaker): Committed;
  /**
   * Many firings in one transaction, each kept or lost by itself, in their order: a thousand runbooks of
   * the same minute wait for the disk once.
   */
  commitFirings(firings: readonly Firing[], makerOf: (firing: Firing) => FiringMaker): readonly Committed[];
  /** Pauses a runbook, known or not; one that is paused gets the new reason. */
  pause(runbook: string, reason: Redacted<string> | null, at: number): void;
  /** False when it was not paused. */
  resume(runbook: string): boolean;
  pauses(): readonly Pause[];
  /**
   * What follows from a clock that was set back, in one transaction: rows of slots later than `now` that were
   * only skipped go, so that those slots can run (a slot that was fired keeps its row); the schedules move as
   * `firings` say, which must hold no outcomes; runs that were to wait until later may begin; and the
   * high-water mark is `now`. Returns how many rows went.
   */
  setBack(firings: readonly Firing[], now: number): number;
  /** Forgets the schedule of a runbook that is gone. Its rows stay, and so does a pause, for the day it is back. */
  forget(runbook: string): void;
  taskLastRun(runbook: string, task: string): number | null;
  setTaskLastRun(runbook: string, task: string, at: number): void;
  /** The latest wall clock that was ever written; null at the very first start. */
  highWaterMark(): number | null;
  /** Does nothing when `at` is no later. */
  raiseHighWaterMark(at: number): void;
}

const HIGH_WATER_MARK = 'highWaterMark';

/** No row and no next slot are the same to a firing: nothing was written of this schedule yet. */
const ADVANCE = `INSERT INTO schedules (runbook, fingerprint, next_slot) VALUES (:runbook, :fingerprint, :nextSlot)
  ON CONFLICT (runbook) DO UPDATE SET fingerprint = excluded.fingerprint, next_slot = excluded.next_slot`;

const PAUSE = `INSERT INTO schedules (runbook, fingerprint, paused_at, paused_reason) VALUES (?, '', ?, ?)
  ON CONFLICT (runbook) DO UPDATE SET paused_at = excluded.paused_at, paused_reason = excluded.paused_reason`;

const TAKE_BACK = `DELETE FROM runs WHERE slot > :now AND status = 'skipped'`;

/** `status IN` is said for the index of active runs, which holds only these. */
const hasRun = (status: 'running' | 'queued'): string =>
  `EXISTS (SELECT 1 FROM runs WHERE runs.runbook = schedules.runbook AND status = '${status}' AND status IN ('queued', 'running'))`;

const STATES = `SELECT runbook, fingerprint, next_slot, paused_at, ${hasRun('running')} AS running, ${hasRun('queued')} AS waiting
  FROM schedules ORDER BY runbook`;

export function schedulesTable(database: Database): SchedulesTable {
  const { sqlite, attempt, transaction } = database;
  const runs = runsTable(database);
  const jobs = jobsTable(database);
  const meta = metaTable(database);
  const states = sqlite.prepare(STATES);
  const stand = sqlite.prepare('SELECT next_slot, paused_at FROM schedules WHERE runbook = ?');
  const advance = sqlite.prepare(ADVANCE);
  const pause = sqlite.prepare(PAUSE);
  const resume = sqlite.prepare(
    'UPDATE schedules SET paused_at = NULL, paused_reason = NULL WHERE runbook = ? AND paused_at IS NOT NULL',
  );
  const pauses = sqlite.prepare(
    'SELECT runbook, paused_at, paused_reason FROM schedules WHERE paused_at IS NOT NULL ORDER BY runbook',
  );
  const takeBack = sqlite.prepare(TAKE_BACK);
  const drop = sqlite.prepare('DELETE FROM schedules WHERE runbook = ? AND paused_at IS NULL');
  const strip = sqlite.prepare("UPDATE schedules SET fingerprint = '', next_slot = NULL WHERE runbook = ?");
  const lastRun = sqlite.prepare('SELECT last_run FROM tasks WHERE runbook = ? AND task = ?');
  const setLastRun = sqlite.prepare(
    'INSERT INTO tasks (runbook, task, last_run) VALUES (?, ?, ?) ON CONFLICT (runbook, task) DO UPDATE SET last_run = excluded.last_run',
  );

  const isLost = (firing: Firing): boolean => {
    const row = stand.get(firing.runbook);
    if (numberOrNull(row?.['next_slot']) !== firing.expected) return true;
    const paused = numberOrNull(row?.['paused_at']) !== null;
    return paused && firing.outcomes.some(({ outcome }) => outcome === 'fire');
  };
  const commit = (firing: Firing, make: FiringMaker): Committed => {
    if (isLost(firing)) return { fired: [], lost: true };
    const { runbook, fingerprint, nextSlot, omitted } = firing;
    advance.run({ runbook, fingerprint, nextSlot });
    if (omitted !== null) {
      runs.insertForSlot(make.runOf({ slot: omitted.to, outcome: 'skip', reason: 'too-late' }, omitted));
    }
    const fired: Run[] = [];
    for (const outcome of firing.outcomes) {
      const run = make.runOf(outcome, null);
      if (!runs.insertForSlot(run) || outcome.outcome === 'skip') continue;
      jobs.insert(make.jobOf(run, outcome.notBefore));
      fired.push(run);
    }
    return { fired, lost: false };
  };
  const highWaterMark = (): number | null => numberOrNull(meta.get(HIGH_WATER_MARK));

  return {
    states: () => attempt(() => new Map(states.all().map((row) => [String(row['runbook']), stateOf(row)]))),
    commitFiring: (firing, make) => transaction(() => commit(firing, make)),
    commitFirings: (firings, makerOf) => transaction(() => firings.map((firing) => commit(firing, makerOf(firing)))),
    pause: (runbook, reason, at) => {
      attempt(() => pause.run(runbook, at, JSON.stringify(reason)));
    },
    resume: (runbook) => attempt(() => resume.run(runbook).changes === 1),
    pauses: () => attempt(() => pauses.all().map(pauseOf)),
    setBack: (firings, now) =>
      transaction(() => {
        const gone = Number(takeBack.run({ now }).changes);
        for (const firing of firings) commit(firing, NO_ROWS);
        jobs.hasten('run', now);
        meta.set(HIGH_WATER_MARK, String(now));
        return gone;
      }),
    forget: (runbook) => {
      transaction(() => {
        drop.run(runbook);
        strip.run(runbook);
      });
    },
    taskLastRun: (runbook, task) => attempt(() => numberOrNull(lastRun.get(runbook, task)?.['last_run'])),
    setTaskLastRun: (runbook, task, at) => {
      attempt(() => setLastRun.run(runbook, task, at));
    },
    highWaterMark,
    raiseHighWaterMark: (at) => {
      const mark = highWaterMark();
      if (mark === null || at > mark) meta.set(HIGH_WATER_MARK, String(at));
    },
  };
}

/** For firings that only move a schedule. */
const NO_ROWS: FiringMaker = { runOf: refuse, jobOf: refuse };

function refuse(): never {
  throw new CodedError('INTERNAL', 'a firing that only moves a schedule asked for a row');
}

type Row = Record<string, unknown>;

function stateOf(row: Row): ScheduleState {
  return {
    runbook: String(row['runbook']),
    fingerprint: String(row['fingerprint']),
    nextSlot: numberOrNull(row['next_slot']),
    paused: row['paused_at'] !== null,
    running: row['running'] === 1,
    waiting: row['waiting'] === 1,
  };
}

function pauseOf(row: Row): Pause {
  return {
    runbook: String(row['runbook']),
    at: Number(row['paused_at']),
    reason: ownJson<Redacted<string> | null>(row['paused_reason']),
  };
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
