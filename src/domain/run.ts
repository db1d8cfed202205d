import type { CheckId, ResourceId, Sample } from './check.ts';
import type { Finding } from './finding.ts';
import type { RunId } from './id.ts';
import type { JsonObject } from './json.ts';
import type { RedactedFailure } from './redaction/border.ts';
import type { Redacted } from './redaction/redacted.ts';
import type { OmittedSlots, SkipReason } from './slot.ts';
import type { Comparison } from './standing.ts';
import type { Triage } from './triage.ts';

/** `queued`: fired for its slot, waiting for a worker. */
export type RunStatus = 'queued' | 'running' | 'done' | 'failed' | 'skipped';
export type RunTrigger = 'manual' | 'schedule' | 'catch-up';
/** Why a run failed or was skipped. */
export type RunReason = 'interrupted' | 'timeout' | 'internal-error' | 'nothing-due' | 'runbook-gone' | SkipReason;

/** One execution of a runbook for one slot. Times are milliseconds since the epoch. */
export interface Run {
  readonly id: RunId;
  readonly runbook: string;
  readonly runbookPath: Redacted<string>;
  readonly runbookDigest: string;
  /** The instant it was meant for; null for a run by hand, which never uses up a slot. */
  readonly slot: number | null;
  readonly trigger: RunTrigger;
  readonly status: RunStatus;
  readonly reason: RunReason | null;
  /** When it started; of a run that never did, when its row was written. */
  readonly startedAt: number;
  /** Which attempt this is: 2 after a worker died in the middle of the first. */
  readonly attempt: number;
  /** null while it runs, and when it was interrupted. */
  readonly durationMs: number | null;
  /** One entry for each check that the runbook asks for, in its order. */
  readonly checks: readonly RunCheck[];
  /** In a row that stands for slots without rows of their own, because there were too many: which. */
  readonly omitted?: OmittedSlots;
  /** How the findings stood at its end; their full story is with the finding. */
  readonly findings: readonly RunFinding[];
  /** What a model said of its news, added after its end; absent: none was asked. */
  readonly triage?: Triage;
}

export interface RunFinding {
  readonly key: Finding['key'];
  readonly standing: Finding['standing'];
  readonly severity: Finding['severity'];
  readonly title: Finding['title'];
  /** False when this run could not look at it. */
  readonly looked: boolean;
}

export interface RunCheck {
  readonly id: CheckId;
  readonly outcome: 'ok' | 'findings' | 'unknown';
  /** Why the check as a whole, or the first hidden resource, could not be looked at. */
  readonly failure: RedactedFailure | null;
  readonly durationMs: number;
  /** How many resources were looked at. */
  readonly looked: number;
  /** Resources that could not be looked at, though the check as a whole could. */
  readonly hidden: readonly HiddenResource[];
  /** What the check says of its look as a whole, where it says anything. */
  readonly note?: Redacted<string>;
}

export interface HiddenResource {
  readonly resource: Redacted<ResourceId>;
  readonly name: Redacted<string>;
  readonly failure: RedactedFailure;
}

/** A run together with what it found, as it is reported. */
export interface RunReport {
  readonly run: Run;
  /** Open findings and those that this run resolved. */
  readonly findings: readonly Finding[];
  /** Runs of the same runbook that died since the last report. */
  readonly interrupted: readonly RunId[];
}

/** How far a run has come. */
export interface RunProgress {
  readonly runbook: string;
  readonly total: number;
  readonly done: number;
  /** Checks that are looking right now. */
  readonly looking: readonly CheckId[];
}

/** A sample to be remembered, of one resource, for one runbook. */
export interface NewSample {
  readonly check: CheckId;
  readonly resource: Redacted<ResourceId>;
  readonly at: number;
  readonly values: Redacted<JsonObject>;
}

/** What a run leaves behind, all or nothing. */
export interface Settlement {
  readonly run: Run;
  readonly comparison: Comparison;
  readonly samples: readonly NewSample[];
}

/**
 * Where runs are kept. `settle` decides and writes inside one transaction, so that two runs never
 * compare with the same past.
 */
export interface RunLedger {
  /** Writes the run as running, and marks runs of the same runbook whose worker is gone as interrupted. */
  begin(run: Run): readonly RunId[];
  findingsOf(runbook: string): readonly Finding[];
  samplesOf(runbook: string, check: CheckId, resource: Redacted<ResourceId>, limit: number): readonly Sample[];
  /** Gives `decide` the findings as they are at that moment, and writes what it returns. */
  settle(runbook: string, decide: (known: readonly Finding[]) => Settlement): void;
}
