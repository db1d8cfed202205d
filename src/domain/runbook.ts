import type { CheckId } from './check.ts';
import type { InventoryScope } from './inventory-scope.ts';
import type { JsonObject } from './json.ts';
import type { ModelRef } from './model.ts';
import type { ActiveHours, Schedule } from './schedule.ts';
import type { Severity } from './severity.ts';
import type { Budget } from './spending.ts';

/** A runbook as its file says it, with every default filled in. */
export interface Runbook {
  /** Its identity over time: runs and findings belong to the name, not to the file. */
  readonly name: string;
  readonly form: 'markdown' | 'yaml' | 'heartbeat';
  /** Absolute path of the file. */
  readonly path: string;
  /** `sha256:` and hex of the file's bytes. */
  readonly digest: string;
  /** null: run by hand only. */
  readonly schedule: Schedule | null;
  /** IANA zone; null: the machine's. */
  readonly timezone: string | null;
  readonly activeHours: ActiveHours | null;
  readonly overlap: 'skip' | 'queue-one';
  /** How late a missed slot may still run, milliseconds. */
  readonly catchUpMs: number;
  readonly timeoutMs: number;
  readonly checks: readonly RequestedCheck[];
  readonly baseline: ComparedBaseline | null;
  readonly agent: AgentBrief | null;
  /** Path of a policy file, as written. */
  readonly policy: string | null;
  readonly onFinding: readonly Remediation[];
  readonly notify: readonly NotifyTarget[];
  /** Prose for the model. In a bare HEARTBEAT.md it is the question; elsewhere it is context. */
  readonly instructions: string;
  /** Tasks of a bare HEARTBEAT.md; empty in the other forms. */
  readonly tasks: readonly HeartbeatTask[];
}

/** The accepted inventory that a run compares with, and what it is of. */
export interface ComparedBaseline {
  readonly name: string;
  readonly of: InventoryScope;
}

/** One check to run. `params` is what its schema made of what was written: defaults filled in, durations in milliseconds. */
export interface RequestedCheck {
  readonly id: CheckId;
  readonly params: JsonObject;
}

/** The model that explains and drafts for a runbook; never needed for a verdict. */
export interface AgentBrief {
  /** null: the one of the configuration. */
  readonly model: ModelRef | null;
  readonly escalate: Escalation | null;
  readonly when: 'never' | 'new' | 'always';
  readonly mayPropose: readonly string[];
  /** Calls and tokens of one run; dollars of a day. */
  readonly budget: Budget;
}

/** When one question moves on to a stronger model. */
export interface Escalation {
  /** null: the one of the configuration. */
  readonly model: ModelRef | null;
  /** A new finding as bad as this or worse; null: no severity is a reason. */
  readonly severity: Severity | null;
  /** The first model calls harmless what a check calls high or critical. */
  readonly disagreement: boolean;
  /** The first model gave no answer that could be used. */
  readonly failed: boolean;
}

/** Deterministic remediation: a proposal, held like any other. */
export interface Remediation {
  readonly check: CheckId;
  readonly minSeverity: Severity;
  readonly propose: string;
  readonly with: JsonObject;
}

export type NotifyTarget = string | JsonObject;

/** One entry of the `tasks:` block of a bare HEARTBEAT.md. */
export interface HeartbeatTask {
  readonly name: string;
  /** As written; see parseDuration. */
  readonly interval: string;
  readonly prompt: string;
}
