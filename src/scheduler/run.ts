import type { CheckId } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { Finding } from '../domain/finding.ts';
import { newRunId, type Random, type RunId } from '../domain/id.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import type { Run, RunLedger, RunProgress, RunReason, RunReport, RunTrigger, Settlement } from '../domain/run.ts';
import type { Runbook } from '../domain/runbook.ts';
import { compare, type Comparison, type Sighting, type StandingRules } from '../domain/standing.ts';
import { lookAtEntry, type Entry, type EntryDeps } from './entry.ts';
import { answered, type AnswerQuestion } from './question.ts';

/** How many checks look at the world at the same time. */
const PARALLEL_CHECKS = 8;

/** What a run is for. A run of a slot has its row already, with its id. */
export interface Occasion {
  readonly trigger: RunTrigger;
  readonly slot: number | null;
  readonly id?: RunId;
  /** 2 and more after a worker died in the middle. */
  readonly attempt?: number;
}

export interface RunDeps extends Omit<EntryDeps, 'together'> {
  readonly ledger: RunLedger;
  readonly random: Random;
  readonly rules: StandingRules;
  readonly answerQuestion: AnswerQuestion;
  onProgress(progress: RunProgress): void;
}

/** The report, and why it could not be kept when it could not. */
export interface CarriedOut {
  readonly report: RunReport;
  readonly unrecorded: CodedError | null;
}

/**
 * Carries out one run: checks in parallel, judge, redact, compare with the last run, keep.
 * A store that is full does not stop it: whoever has a full disk needs this report most; the
 * report then says that it was not kept.
 */
export async function carryOut(runbook: Runbook, occasion: Occasion, deps: RunDeps): Promise<CarriedOut> {
  const run = startedRun(runbook, occasion, deps);
  const unrecorded: CodedError[] = [];
  const interrupted = tryToKeep(unrecorded, () => deps.ledger.begin(run)) ?? [];
  const started = deps.clock.monotonic();

  const looked = await lookAtEverything(runbook, deps);

  const end = (known: readonly Finding[]): Settlement => endedRun(run, started, known, looked, deps);
  let settlement: Settlement | null = null;
  if (unrecorded.length === 0) {
    tryToKeep(unrecorded, () => deps.ledger.settle(runbook.name, (known) => (settlement = end(known))));
  }
  const { run: ended, comparison } = settlement ?? end(deps.ledger.findingsOf(runbook.name));
  return {
    report: { run: ended, findings: comparison.findings, interrupted },
    unrecorded: unrecorded[0] ?? null,
  };
}

function endedRun(
  run: Run,
  started: number,
  known: readonly Finding[],
  { entries, reason }: Looked,
  deps: RunDeps,
): Settlement {
  const comparison = compareRun(known, run, entries, deps);
  const ended: Run = {
    ...run,
    status: reason === null ? 'done' : 'failed',
    reason,
    durationMs: Math.round(deps.clock.monotonic() - started),
    checks: entries.map((entry) => entry.check),
    findings: comparison.findings.map(({ key, standing, severity, title }) => ({
      key,
      standing,
      severity,
      title,
      looked: !comparison.notLookedAt.has(key),
    })),
  };
  return { run: ended, comparison, samples: entries.flatMap((entry) => entry.samples) };
}

function startedRun(runbook: Runbook, occasion: Occasion, deps: RunDeps): Run {
  return {
    id: occasion.id ?? newRunId(deps.random),
    runbook: runbook.name,
    runbookPath: deps.redactor.text(runbook.path),
    runbookDigest: runbook.digest,
    slot: occasion.slot,
    trigger: occasion.trigger,
    status: 'running',
    reason: null,
    startedAt: deps.clock.now(),
    attempt: occasion.attempt ?? 1,
    durationMs: null,
    checks: [],
    findings: [],
  };
}

/** Only trouble with the disk's room or rights may be outlived; a corrupt store must stop everything. */
function tryToKeep<T>(unrecorded: CodedError[], keep: () => T): T | null {
  try {
    return keep();
  } catch (error) {
    if (!(error instanceof CodedError) || (error.code !== 'STORE_FULL' && error.code !== 'STORE_READ_ONLY'))
      throw error;
    unrecorded.push(error);
    return null;
  }
}

interface Looked {
  readonly entries: readonly Entry[];
  /** Why not everything was looked at; null when it was. */
  readonly reason: RunReason | null;
}

async function lookAtEverything(runbook: Runbook, deps: RunDeps): Promise<Looked> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), runbook.timeoutMs);
  const signal = AbortSignal.any([deps.signal, limit.signal]);
  const known = deps.ledger.findingsOf(runbook.name);
  const together = { signal };
  const entries: Entry[] = [];
  const looking: CheckId[] = [];
  let done = 0;
  let next = 0;
  const say = (): void =>
    deps.onProgress({ runbook: runbook.name, total: runbook.checks.length, done, looking: [...looking] });
  const worker = async (): Promise<void> => {
    for (let index = next++; index < runbook.checks.length; index = next++) {
      const requested = runbook.checks[index];
      if (requested === undefined) return;
      looking.push(requested.id);
      say();
      entries[index] = await lookAtEntry(runbook.name, requested, known, { ...deps, signal, together });
      looking.splice(looking.indexOf(requested.id), 1);
      done += 1;
      say();
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL_CHECKS }, worker));
    const answers = await answered(runbook, signal, deps);
    const reason = deps.signal.aborted ? 'interrupted' : limit.signal.aborted ? 'timeout' : null;
    return { entries: [...entries, ...answers], reason };
  } finally {
    clearTimeout(timer);
  }
}

function compareRun(known: readonly Finding[], run: Run, entries: readonly Entry[], deps: RunDeps): Comparison {
  const { aliases } = deps.catalog;
  const hidden = new Map<CheckId, Redacted<string>[]>();
  for (const entry of entries) hidden.set(entry.check.id, [...(hidden.get(entry.check.id) ?? []), ...entry.hidden]);
  const sighting: Sighting = {
    run: run.id,
    runbook: run.runbook,
    now: deps.clock.now(),
    asked: new Set(entries.map((entry) => entry.check.id)),
    unknown: new Set(entries.filter(wasNotLookedAt).map((entry) => entry.check.id)),
    hidden,
    drafts: entries.flatMap((entry) => entry.drafted),
  };
  const current = known.map((finding) => ({ ...finding, check: aliases[finding.check] ?? finding.check }));
  return compare(current, sighting, deps.rules);
}

function wasNotLookedAt(entry: Entry): boolean {
  return entry.check.outcome === 'unknown' && entry.hidden.length === 0;
}
