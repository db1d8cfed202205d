import { CodedError } from '../domain/coded-error.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import type { Runbook } from '../domain/runbook.ts';
import type { Timetable } from '../domain/slot.ts';
import { startLoop } from '../scheduler/loop.ts';
import { loadSlots } from '../scheduler/slots.ts';
import { startWorkers } from '../scheduler/worker.ts';
import { takeOwnership, type Ownership } from '../store/owner.ts';
import { createQueue } from '../store/queue.ts';
import { schedulesTable, type SchedulesTable } from '../store/schedules.ts';
import type { StatefulApp } from './app.ts';
import { giveUpLate, returnRows, statesNow } from './cut-off-runs.ts';
import { fireAll } from './fire.ts';
import { openGate } from './gate.ts';
import { keepClock } from './keep-clock.ts';
import type { Log } from './log-entry.ts';
import { applyJobHandler } from './plan-apply.ts';
import { modelWarning } from './model-trust.ts';
import { openRegistry, type Registry } from './registry.ts';
import { runJobHandler } from './run-job.ts';
import { openTelling } from './telling.ts';
import { machineZone, timetableOf } from './timetable.ts';
import { openUpkeep } from './upkeep.ts';
import { watchPlans } from './watch-plans.ts';

export interface UpOptions {
  /** Runbook files; all that are found when there are none. */
  readonly files: readonly string[];
  /** Aborted by the first SIGTERM or SIGINT. */
  readonly signal: AbortSignal;
  readonly pid: number;
  readonly log: Log;
  /** Where notifications for the terminal go; null when nobody reads it. */
  readonly terminal: ((text: Redacted<string>) => void) | null;
  /** Called after every round, when somebody watches. */
  readonly onStatus: ((status: UpStatus) => void) | null;
  /** Called when what was read into memory for a while is no longer needed. */
  readonly releaseMemory: () => void;
  /** Opens what is served beside the schedules, once this `up` is the only one; resolves to what closes it. */
  readonly serve: () => Promise<() => Promise<void>>;
}

/** What the status line shows. */
export interface UpStatus {
  readonly runbooks: number;
  readonly running: number;
  readonly next: { readonly runbook: string; readonly at: number } | null;
}

/** How many runs, deliveries of notifications, and plans, are under way at once. */
const RUNS_AT_ONCE = 4;
const DELIVERIES_AT_ONCE = 2;
const PLANS_AT_ONCE = 2;
/** After a SIGTERM what is in hand may end by itself for this long; then it is handed back. */
const GRACE_MS = 8_000;

/**
 * Runs the runbooks on their schedules until it is told to stop. One `up` per state directory:
 * throws ALREADY_UP when there is another.
 */
export async function up(app: StatefulApp, options: UpOptions): Promise<void> {
  const owner = becomeOwner(app, options);
  try {
    const stopServing = await options.serve();
    try {
      await runAsOwner(app, owner, options);
    } finally {
      await stopServing();
    }
  } finally {
    owner.release();
  }
}

function becomeOwner(app: StatefulApp, { pid, log }: UpOptions): Ownership {
  const { clock, random } = app.surroundings;
  const owner = takeOwnership(app.database, app.stateDir.ownerLock, {
    clock,
    random,
    pid,
    onRecovered: (jobs) => returnRows(app, jobs),
  });
  if (owner === null) {
    throw new CodedError('ALREADY_UP', 'another `holdfast up` runs the schedules of this state directory', {
      where: app.stateDir.path,
      next: '`holdfast status` shows it; give this one another --state-dir',
    });
  }
  if (owner.recovered.length > 0) {
    log('warning', 'recovered', `${owner.recovered.length} jobs of an earlier \`up\` that died begin anew`, {
      jobs: owner.recovered.length,
    });
  }
  return owner;
}

async function runAsOwner(app: StatefulApp, owner: Ownership, options: UpOptions): Promise<void> {
  const { log } = options;
  const { clock } = app.surroundings;
  const schedules = schedulesTable(app.database);
  const queue = createQueue(app.database, { clock });
  const registry = openRegistry(app, options.files);
  await registry.refresh();
  const telling = openTelling(app, queue, registry, { log, terminal: options.terminal, signal: options.signal });
  await telling.begin();
  const upkeep = openUpkeep(app, registry, telling, options);
  await upkeep.selfCheck();
  giveUpLate(app, registry, log);
  const slots = await loadSlots();
  const timetables = timetablesOf(registry);
  const clockKeeper = keepClock(app, schedules, slots, timetables, telling, log);
  const plans = watchPlans(app, openGate(app, { signal: options.signal }), telling, log);
  const workers = startWorkers({
    queue,
    clock,
    redactor: app.redactor,
    owner: owner.id,
    handlers: {
      run: { atOnce: RUNS_AT_ONCE, handle: runJobHandler(app, registry, telling, log) },
      notify: { atOnce: DELIVERIES_AT_ONCE, handle: telling.deliver },
      apply: { atOnce: PLANS_AT_ONCE, handle: applyJobHandler(app, (plan) => plans.ended(plan)) },
    },
    onTrouble: (error) => logTrouble(log, 'job-trouble', error),
  });
  const stop = new AbortController();
  const loop = startLoop(
    {
      clock,
      slots,
      timetables,
      states: () => statesNow(app, schedules),
      commit: (firings) => fireAll(app, schedules, registry, firings, log),
      nextJob: () => queue.nextDue(),
      pump: () => workers.pump(),
      onClock: clockKeeper.onEvent,
      beforeRound: async (now) => {
        clockKeeper.remember(now);
        await upkeep.reload();
      },
      afterRound: async (now) => {
        await upkeep.afterRound(now);
        plans.tick();
        options.onStatus?.(statusOf(schedules, registry, workers.busy));
      },
      onTrouble: (error) => logTrouble(log, 'round-failed', error),
    },
    stop.signal,
  );
  const unsubscribe = queue.onWake(() => void workers.pump());
  const unwatch = upkeep.watch(() => loop.wake());
  for (const runbook of registry.runbooks().values()) {
    const warning = modelWarning(app, runbook);
    if (warning !== null) log('warning', 'model', `${runbook.name}: ${warning}`, { runbook: runbook.name });
  }
  log('info', 'up', `up: runbooks in force: ${registry.runbooks().size}`, {
    runbooks: registry.runbooks().size,
    pid: options.pid,
  });
  upkeep.releaseMemory();
  await aborted(options.signal);
  log('info', 'stopping', 'stopping: what is in hand may end, the rest is handed back');
  stop.abort();
  await loop.ended;
  unsubscribe();
  unwatch();
  await workers.stop(GRACE_MS);
  log('info', 'stopped', 'stopped');
}

/** The timetables of the registry's runbooks, made anew only when those changed: they are asked for in every round. */
function timetablesOf(registry: Registry): () => readonly Timetable[] {
  let of: ReadonlyMap<string, Runbook> | null = null;
  let timetables: readonly Timetable[] = [];
  return () => {
    const runbooks = registry.runbooks();
    if (runbooks !== of) {
      const zone = machineZone();
      of = runbooks;
      timetables = [...runbooks.values()].flatMap((runbook) => timetableOf(runbook, zone) ?? []);
    }
    return timetables;
  };
}

function statusOf(schedules: SchedulesTable, registry: Registry, running: number): UpStatus {
  const coming = [...schedules.states().values()].flatMap(({ runbook, nextSlot }) =>
    nextSlot === null || !registry.runbooks().has(runbook) ? [] : [{ runbook, at: nextSlot }],
  );
  const next = coming.reduce<UpStatus['next']>(
    (soonest, one) => (soonest === null || one.at < soonest.at ? one : soonest),
    null,
  );
  return { runbooks: registry.runbooks().size, running, next };
}

function logTrouble(log: Log, event: string, error: unknown): void {
  const code = error instanceof CodedError ? error.code : 'INTERNAL';
  log('error', event, `${code}  ${error instanceof Error ? error.message : String(error)}`, { code });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
