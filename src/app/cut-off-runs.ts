import type { RecoveredJob } from '../domain/queue.ts';
import type { ScheduleState } from '../domain/slot.ts';
import { ON_TIME_MS } from '../scheduler/due.ts';
import { takeLock } from '../store/lock.ts';
import { runsTable } from '../store/runs.ts';
import type { SchedulesTable } from '../store/schedules.ts';
import type { StatefulApp } from './app.ts';
import type { Log } from './log-entry.ts';
import type { Registry } from './registry.ts';
import { runbookLock } from './run-runbook.ts';

/** The rows of runs that a dead owner had in hand: they wait again, or have failed. */
export function returnRows(app: StatefulApp, jobs: readonly RecoveredJob[]): void {
  const runs = runsTable(app.database);
  for (const { job, outcome } of jobs) {
    const id = job.payload['run'];
    const [row] = job.kind === 'run' && typeof id === 'string' ? runs.byId(id) : [];
    if (row === undefined || row.status !== 'running') continue;
    runs.write(
      outcome === 'waiting'
        ? { ...row, status: 'queued', reason: 'interrupted' }
        : { ...row, status: 'failed', reason: 'interrupted' },
    );
  }
}

/**
 * Runs that waited when the last `up` ended, and are too late by now: their slots are skipped. Only at the
 * start: while `up` runs, one that waits for its turn (queue-one) may rightly wait long.
 */
export function giveUpLate(app: StatefulApp, registry: Registry, log: Log): void {
  const runs = runsTable(app.database);
  const now = app.surroundings.clock.now();
  const late = runs.active().filter(({ status, slot, runbook }) => {
    const catchUpMs = registry.runbooks().get(runbook)?.catchUpMs ?? 0;
    return status === 'queued' && slot !== null && now - slot > Math.max(catchUpMs, ON_TIME_MS);
  });
  app.database.transaction(() => {
    for (const run of late) runs.write({ ...run, status: 'skipped', reason: 'too-late' });
  });
  for (const { runbook } of late) {
    log('info', 'skipped', `${runbook}: 1 skipped (too-late)`, { runbook, reason: 'too-late', slots: 1 });
  }
}

/**
 * The states, after looking at runs that nobody carries out any more, which would hold up their
 * schedule for ever: marked as running though their runbook's lock is free (whoever runs one holds
 * it: a run by hand that was killed), or without a job that will do them.
 */
export function statesNow(app: StatefulApp, schedules: SchedulesTable): ReadonlyMap<string, ScheduleState> {
  const states = schedules.states();
  const suspects = new Set(
    runsTable(app.database)
      .stranded()
      .map(({ runbook }) => runbook),
  );
  for (const { running, runbook } of states.values()) if (running) suspects.add(runbook);
  const ended = [...suspects].filter((runbook) => endDead(app, runbook));
  return ended.length === 0 ? states : schedules.states();
}

function endDead(app: StatefulApp, runbook: string): boolean {
  const lock = takeLock(runbookLock(app, runbook));
  if (lock === null) return false;
  try {
    const runs = runsTable(app.database);
    return app.database.transaction(() => {
      const dead = [...runs.running(runbook), ...runs.stranded().filter((run) => run.runbook === runbook)];
      for (const run of dead) runs.write({ ...run, status: 'failed', reason: 'interrupted' });
      return dead.length > 0;
    });
  } finally {
    lock.release();
  }
}
