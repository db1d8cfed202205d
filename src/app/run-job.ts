import type { JsonObject } from '../domain/json.ts';
import type { ClaimedJob } from '../domain/queue.ts';
import type { Run, RunLedger } from '../domain/run.ts';
import type { HeartbeatTask, Runbook } from '../domain/runbook.ts';
import { isTaskDue } from '../domain/task-due.ts';
import type { Triage } from '../domain/triage.ts';
import type { JobEnd, JobHandler } from '../scheduler/worker.ts';
import { createLedger } from '../store/ledger.ts';
import { runsTable } from '../store/runs.ts';
import { schedulesTable } from '../store/schedules.ts';
import type { StatefulApp } from './app.ts';
import type { Log } from './log-entry.ts';
import type { Registry } from './registry.ts';
import { proposeByModel } from './model-drafts.ts';
import { proposeRemedies, type Remedies } from './remedies.ts';
import { carryOutNow, underLock } from './run-runbook.ts';
import type { Telling } from './telling.ts';
import { triageRun } from './triage-run.ts';

/** Carries out the run that a job stands for. Checks only read, so a run that was cut off may begin anew. */
export function runJobHandler(app: StatefulApp, registry: Registry, telling: Telling, log: Log): JobHandler {
  const runs = runsTable(app.database);
  const skip = (row: Run, reason: 'runbook-gone' | 'nothing-due'): JobEnd => {
    app.database.transaction(() => runs.write({ ...row, status: 'skipped', reason }));
    log('info', 'skipped', `${row.runbook}: 1 skipped (${reason})`, { runbook: row.runbook, reason, slots: 1 });
    return 'done';
  };
  return async (job, signal) => {
    const before = waitingRow(app, job);
    if (before === null) return 'done';
    const runbook = registry.runbooks().get(before.runbook);
    if (runbook === undefined) return skip(before, 'runbook-gone');
    const onWait = (name: string): void =>
      log('info', 'waiting', `${name}: a run by hand is in progress, waiting for it`, { runbook: name });
    return underLock(app, runbook, { signal, onWait }, async () => {
      // Read again: while this one waited for the lock, the run may have been ended elsewhere.
      const row = waitingRow(app, job);
      if (row === null) return 'done';
      if (job.attempts > 1 && !mayBeginAnew(row, runbook, app.surroundings.clock.now())) {
        app.database.transaction(() => runs.write({ ...row, status: 'failed', reason: 'interrupted' }));
        telling.trouble(
          'RUN_INTERRUPTED',
          row.runbook,
          `A run of ${row.runbook} was interrupted and is too late to begin anew`,
        );
        return 'done';
      }
      const asked = withDueTasks(app, runbook);
      if (asked === null) return skip(row, 'nothing-due');
      return carryOutRun(app, asked, { ...row, attempt: job.attempts }, signal, telling, log);
    });
  };
}

async function carryOutRun(
  app: StatefulApp,
  runbook: Runbook,
  row: Run,
  signal: AbortSignal,
  telling: Telling,
  log: Log,
): Promise<JobEnd> {
  const { report, unrecorded } = await carryOutNow(app, runbook, {
    occasion: { trigger: row.trigger, slot: row.slot, id: row.id, attempt: row.attempt },
    ledger: handingBack(app, row, signal),
    signal,
    onProgress: () => undefined,
  });
  if (signal.aborted) return 'handed-back';
  if (unrecorded !== null) {
    const text = `The report of ${runbook.name} could not be kept: ${unrecorded.message}`;
    telling.trouble(unrecorded.code, runbook.name, text);
    return { failed: app.redactor.text(text) };
  }
  rememberTasks(app, runbook);
  logReport(log, report.run);
  telling.report(report, runbook);
  tellAnswers(telling, runbook, report.run);
  tellRemedies(telling, runbook, await proposeRemedies(app, runbook, report, signal));
  logTriage(log, runbook.name, await triageRun(app, runbook, report, signal));
  tellRemedies(telling, runbook, await proposeByModel(app, runbook, report, signal));
  return 'done';
}

/** The row of a job's run while it still has to be carried out; null when it has ended: then only its job was left. */
function waitingRow(app: StatefulApp, { payload }: ClaimedJob): Run | null {
  const { run } = payload satisfies JsonObject;
  const row = typeof run === 'string' ? runsTable(app.database).byId(run)[0] : undefined;
  return row !== undefined && (row.status === 'queued' || row.status === 'running') ? row : null;
}

/** A ledger that, once the job is to be handed back, puts the slot's row back as it waited instead of ending it. */
function handingBack(app: StatefulApp, row: Run, signal: AbortSignal): RunLedger {
  const ledger = createLedger(app.database);
  const runs = runsTable(app.database);
  return {
    ...ledger,
    settle: (runbook, decide) => {
      if (signal.aborted) app.database.transaction(() => runs.write({ ...row, status: 'queued' }));
      else ledger.settle(runbook, decide);
    },
  };
}

/** A restart right after the slot is not "too late", whatever the catch-up. */
const RESTART_GRACE_MS = 60_000;

function mayBeginAnew({ slot }: Run, { catchUpMs }: Runbook, now: number): boolean {
  return slot !== null && now - slot <= Math.max(catchUpMs, RESTART_GRACE_MS);
}

/** The runbook with those tasks of a bare HEARTBEAT.md that are due; null when it has tasks and none is. */
function withDueTasks(app: StatefulApp, runbook: Runbook): Runbook | null {
  if (runbook.tasks.length === 0) return runbook;
  const schedules = schedulesTable(app.database);
  const now = app.surroundings.clock.now();
  const due = (task: HeartbeatTask): boolean =>
    isTaskDue(schedules.taskLastRun(runbook.name, task.name), task.interval, now);
  const tasks = runbook.tasks.filter(due);
  return tasks.length === 0 ? null : { ...runbook, tasks };
}

function rememberTasks(app: StatefulApp, runbook: Runbook): void {
  const schedules = schedulesTable(app.database);
  for (const task of runbook.tasks) schedules.setTaskLastRun(runbook.name, task.name, app.surroundings.clock.now());
}

function tellRemedies(telling: Telling, { name }: Runbook, { plans, troubles }: Remedies): void {
  for (const plan of plans) if (plan.status === 'queued') telling.planWaits(plan);
  for (const text of troubles) telling.trouble('REMEDY_REFUSED', name, text, 'medium');
}

/** What a model answered that the operator is to hear; what it acknowledged ends what was told before. */
function tellAnswers(telling: Telling, { name }: Runbook, { checks }: Run): void {
  const answers = checks.filter(({ id, outcome }) => id.startsWith('agent/') && outcome === 'ok');
  if (answers.length === 0) return;
  const said = answers.flatMap(({ note }) => note ?? []);
  telling.modelSpoke(name, said.length === 0 ? null : said.join(' '));
}

function logTriage(log: Log, runbook: string, triage: Triage | null): void {
  if (triage === null) return;
  const { model, words, failure } = triage;
  if (words !== null) log('info', 'triage', `${runbook}: ${model}: ${words.summary}`, { runbook, model });
  if (failure !== null)
    log('warning', 'triage', `${runbook}: no words of ${model} (${failure.message})`, {
      runbook,
      model,
      code: failure.code,
    });
}

function logReport(log: Log, run: Run): void {
  for (const { id, note } of run.checks)
    if (note !== undefined) log('info', 'note', `${run.runbook}: ${note}`, { runbook: run.runbook, check: id });
  const tally = (standing: string): number => run.findings.filter((finding) => finding.standing === standing).length;
  const unknown = run.checks.filter((check) => check.outcome === 'unknown' || check.hidden.length > 0).length;
  const counts = {
    new: tally('new'),
    changed: tally('changed'),
    ongoing: tally('ongoing'),
    resolved: tally('resolved'),
    unknown,
  };
  const said = Object.entries(counts)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} ${name}`);
  const level = run.status === 'failed' ? 'error' : counts.new + counts.changed > 0 ? 'warning' : 'info';
  const outcome =
    run.status === 'failed' ? `failed: ${run.reason ?? ''}` : said.length === 0 ? 'all clear' : said.join(', ');
  log(level, 'run', `${run.runbook}: ${outcome}`, {
    runbook: run.runbook,
    run: run.id,
    status: run.status,
    trigger: run.trigger,
    durationMs: run.durationMs,
    ...counts,
  });
}
