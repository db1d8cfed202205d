import { newRunId } from '../../src/domain/id.ts';
import type { ClaimedJob } from '../../src/domain/queue.ts';
import type { Run } from '../../src/domain/run.ts';
import type { SlotOutcome } from '../../src/domain/slot.ts';
import type { Database } from '../../src/store/database.ts';
import { jobsTable } from '../../src/store/jobs.ts';
import { runsTable } from '../../src/store/runs.ts';
import { schedulesTable } from '../../src/store/schedules.ts';
import { aRun } from './run.ts';
import type { RowOutcome, YearStore } from './simulated-store.ts';

const FOREVER = Number.MAX_SAFE_INTEGER;

/** The year's store on the real one: schedules, runs and jobs in SQLite, as `up` uses them. */
export function realYearStore(database: Database): YearStore {
  const schedules = schedulesTable(database);
  const runs = runsTable(database);
  const jobs = jobsTable(database);
  const claims = new Map<string, ClaimedJob>();
  let made = 0;
  const runOf = (runbook: string, outcome: SlotOutcome): Run =>
    aRun({
      id: newRunId(() => Buffer.from(`${String(made++).padStart(7, '0')}0`)),
      runbook,
      slot: outcome.slot,
      trigger: outcome.outcome === 'fire' ? outcome.trigger : 'schedule',
      status: outcome.outcome === 'fire' ? 'queued' : 'skipped',
      reason: outcome.outcome === 'fire' ? null : outcome.reason,
    });
  const rowOf = (runbook: string, slot: number): Run => {
    const row = runs.active().find((run) => run.runbook === runbook && run.slot === slot);
    if (row === undefined) throw new Error(`no active row of ${runbook} at ${slot}`);
    return row;
  };
  return {
    states: () => schedules.states(),
    commit: (firing) => {
      const { lost, fired } = schedules.commitFiring(firing, {
        runOf: (outcome) => runOf(firing.runbook, outcome),
        jobOf: (run) => ({
          // A kind for each run, so that the story can claim the one that it wants to start.
          kind: `run:${run.runbook}@${run.slot}`,
          key: `run:${run.runbook}@${run.slot}`,
          payload: { run: run.id },
          runAt: 0,
          maxAttempts: 2,
          backoff: { baseMs: 1, factor: 1, maxMs: 1 },
        }),
      });
      return lost ? null : fired.map((run) => run.slot ?? 0);
    },
    setBack: (now, firings) => void schedules.setBack(firings, now),
    start: (runbook, slot) => {
      const key = `run:${runbook}@${slot}`;
      const job = jobs.claim([key], 'o-story', slot, FOREVER);
      if (job === null) throw new Error(`no job for ${key}`);
      claims.set(key, job);
      runs.write({ ...rowOf(runbook, slot), status: 'running' });
    },
    end: (runbook, slot) => {
      const key = `run:${runbook}@${slot}`;
      runs.write({ ...rowOf(runbook, slot), status: 'done' });
      const job = claims.get(key);
      if (job === undefined || !jobs.end(job, { status: 'done', at: slot }))
        throw new Error(`the claim of ${key} was lost`);
      claims.delete(key);
    },
    setPaused: (runbook, paused) => {
      if (paused) schedules.pause(runbook, null, 0);
      else schedules.resume(runbook);
    },
    mark: () => schedules.highWaterMark(),
    keepMark: (wall) => schedules.raiseHighWaterMark(wall),
    rows: (runbook) => {
      const rows = database.sqlite.prepare('SELECT slot, body FROM runs WHERE runbook = ?').all(runbook);
      return new Map(rows.map((row) => [Number(row['slot']), outcomeOf(JSON.parse(String(row['body'])) as Run)]));
    },
  };
}

function outcomeOf({ status, reason, trigger }: Run): RowOutcome {
  if (status === 'skipped') return reason as RowOutcome;
  return trigger === 'catch-up' ? 'catch-up' : 'schedule';
}
