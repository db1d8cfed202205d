import type { Actor } from './actor.ts';
import type { Digest } from './digest.ts';
import type { AuditId } from './id.ts';
import type { JsonObject } from './json.ts';
import type { Redacted } from './redaction/redacted.ts';

export const AUDIT_VERBS = [
  'plan-sealed',
  'plan-refused',
  'plan-authorised',
  'approval-refused',
  'plan-changed',
  'apply-began',
  'step-intent',
  'step-outcome',
  'plan-verified',
  'held',
  'released',
  'policy-trusted',
  'policy-untrusted',
  'finding-muted',
  'finding-unmuted',
  'finding-acknowledged',
  'baseline-accepted',
  'runbook-paused',
  'runbook-resumed',
  'audit-began',
  'checkpoint',
] as const;
export type AuditVerb = (typeof AUDIT_VERBS)[number];

/** What is to be written down; the log adds its number, its time and the chain. */
export interface NewAuditEntry {
  readonly actor: Actor;
  readonly verb: AuditVerb;
  /** What it was done to: `p-…`, `f-…`, a policy's name. Empty for the whole. */
  readonly object: string;
  /** `queued`, `done`, `refused: …`: short. */
  readonly outcome: string;
  /** Redacted by type: an audit entry never holds a secret. */
  readonly detail: Redacted<JsonObject>;
}

/** One line of the log. `digest` covers all the rest, `previous` among it: a chain. Times are milliseconds since the epoch. */
export interface AuditEntry extends NewAuditEntry {
  readonly seq: number;
  readonly id: AuditId;
  readonly at: number;
  /** The digest of the entry before; of the first, of nothing. */
  readonly previous: Digest;
  readonly digest: Digest;
}

/** Where entries are appended. The port of store/audit.ts. */
export interface AuditLog {
  /**
   * Appends within the transaction that is open, or in one of its own; on disk when that is committed.
   * `at` never goes back: a clock that was set back gives the time of the entry before.
   */
  append(entry: NewAuditEntry): AuditEntry;
  /** How many entries with this verb there are of that object. */
  count(verb: AuditVerb, object: string): number;
}
