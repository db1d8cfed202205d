import { CodedError } from '../domain/coded-error.ts';
import { shortHash } from '../domain/id.ts';
import type { RunLedger, RunProgress } from '../domain/run.ts';
import type { Runbook } from '../domain/runbook.ts';
import { carryOut, type CarriedOut, type Occasion } from '../scheduler/run.ts';
import { createLedger } from '../store/ledger.ts';
import { takeLock, type Lock } from '../store/lock.ts';
import type { StatefulApp } from './app.ts';
import { watchDrift } from './drift.ts';
import { DRIFT_CHECK, DRIFT_PROVIDER } from './drift-check.ts';
import { proposeByModel } from './model-drafts.ts';
import { notingMatches, openMuting } from './muting.ts';
import { proseAnswers } from './prose-run.ts';
import { NO_REMEDIES, proposeRemedies, type Remedies } from './remedies.ts';
import { triageRun } from './triage-run.ts';

export interface RunOptions {
  readonly signal: AbortSignal;
  onProgress(progress: RunProgress): void;
  /** Another run of this runbook is in progress: this one waits for it. */
  onWait(runbook: string): void;
}

const EXACT = new Set([DRIFT_CHECK]);

const LOCK_POLL_MS = 200;
/** Beyond the other run's own limit, how long to wait for it to write its report. */
const LOCK_GRACE_MS = 30_000;

/** Runs a runbook by hand, now, and proposes what it says for what was found. It uses up no slot. */
export async function runRunbook(
  app: StatefulApp,
  runbook: Runbook,
  options: RunOptions,
): Promise<CarriedOut & { readonly remedies: Remedies }> {
  const occasion = { trigger: 'manual', slot: null } as const;
  return underLock(app, runbook, options, async () => {
    const done = await carryOutNow(app, runbook, { ...options, occasion, ledger: createLedger(app.database) });
    if (done.unrecorded !== null) return { ...done, remedies: NO_REMEDIES };
    const own = await proposeRemedies(app, runbook, done.report, options.signal);
    const triage = await triageRun(app, runbook, done.report, options.signal);
    const byModel = await proposeByModel(app, runbook, done.report, options.signal);
    const remedies = { plans: [...own.plans, ...byModel.plans], troubles: [...own.troubles, ...byModel.troubles] };
    if (triage === null) return { ...done, remedies };
    return { ...done, report: { ...done.report, run: { ...done.report.run, triage } }, remedies };
  });
}

/**
 * Does `work` under the runbook's lock. One run of a runbook at a time, over all processes: a second
 * one waits for the first, because a report that was left out could be taken for an all-clear.
 * Throws RUN_BUSY when the first does not end.
 */
export async function underLock<T>(
  app: StatefulApp,
  runbook: Runbook,
  options: Pick<RunOptions, 'signal' | 'onWait'>,
  work: () => Promise<T>,
): Promise<T> {
  // What is not kept disturbs nobody, and on a full disk there may be no room for a lock.
  const lock = app.unkept === null ? await waitForLock(app, runbook, options) : null;
  try {
    return await work();
  } finally {
    lock?.release();
  }
}

/**
 * Carries out a run with this app's checks and readers; its report is under the mute rules. Whoever calls holds the
 * runbook's lock.
 */
export async function carryOutNow(
  app: StatefulApp,
  runbook: Runbook,
  options: Pick<RunOptions, 'signal' | 'onProgress'> & { readonly occasion: Occasion; readonly ledger: RunLedger },
): Promise<CarriedOut> {
  const watched = watchDrift(app, runbook, notingMatches(app, options.ledger));
  const done = await carryOut(watched.runbook, options.occasion, {
    catalog: watched.catalog,
    readerOf: async (provider) => (provider === DRIFT_PROVIDER ? null : app.readers.of(provider)),
    ledger: watched.ledger,
    redactor: app.redactor,
    clock: app.surroundings.clock,
    random: app.surroundings.random,
    answerQuestion: proseAnswers(app, runbook),
    rules: { resolveAfter: app.config.findings.resolveAfter, exact: EXACT },
    signal: options.signal,
    onProgress: options.onProgress,
  });
  return { ...done, report: { ...done.report, findings: done.report.findings.map(openMuting(app)) } };
}

async function waitForLock(
  app: StatefulApp,
  runbook: Runbook,
  options: Pick<RunOptions, 'signal' | 'onWait'>,
): Promise<Lock> {
  const { clock } = app.surroundings;
  const path = runbookLock(app, runbook.name);
  const deadline = clock.monotonic() + runbook.timeoutMs + LOCK_GRACE_MS;
  for (let said = false; ; said = true) {
    const lock = takeLock(path);
    if (lock !== null) return lock;
    if (!said) options.onWait(runbook.name);
    if (options.signal.aborted || clock.monotonic() > deadline) {
      throw new CodedError('RUN_BUSY', `another run of "${runbook.name}" is in progress`, {
        where: path,
        next: '`holdfast runs` shows it; try again when it has ended',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

/** The lock that whoever runs a runbook holds. */
export function runbookLock(app: StatefulApp, runbook: string): string {
  return app.stateDir.lockPath(`runbook-${shortHash(runbook)}`);
}
