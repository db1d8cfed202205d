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
  'mute-rule-added',
  'mute-rule-removed',
  'baseline-accepted',
  'runbook-paused',
  'runbook-resumed',
  'mcp-called',
  'mcp-token-rotated',
  'mcp-tool-trusted',
  'mcp-tool-untrusted',
  'database-restored',
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

/** An entry as it is kept, or as a file holds it: nothing of it is believed yet. */
export interface AuditRow {
  readonly seq: unknown;
  readonly id: unknown;
  readonly at: unknown;
  readonly verb: unknown;
  readonly object: unknown;
  /** The canonical JSON of the entry without its digest. */
  readonly body: string;
  readonly digest: unknown;
}

/** An entry as the one after it knows it. */
export interface AuditLink {
  readonly seq: number;
  readonly at: number;
  readonly digest: Digest;
}

/** The first thing that is wrong with a log. */
export interface AuditFlaw {
  /** Number of the entry; nought: no entry, but the log as a whole. */
  readonly seq: number;
  /** As it says itself; null when it can not be read. */
  readonly id: string | null;
  readonly what: string;
}

/** What reading a whole log found. */
export type AuditVerdict =
  | { readonly status: 'broken'; readonly flaw: AuditFlaw }
  | ({ readonly status: 'sound' } & SoundAudit);

export interface SoundAudit {
  readonly entries: number;
  readonly checkpoints: number;
  /** Digest of the last entry; of an empty log, of nothing. */
  readonly digest: Digest;
  /** Up to this entry a signature vouches for the log; those after it only chain. */
  readonly sealedTo: number;
  /** Fingerprint of the key that signs now; null: nothing was ever signed. */
  readonly key: Digest | null;
  readonly instance: string | null;
}

/** Where entries are appended. The port of store/audit.ts. */
export interface AuditLog {
  /**
   * Appends within the transaction that is open, or in one of its own; on disk when that is committed.
   * `at` never goes back: a clock that was set back gives the time of the entry before.
   */
  append(entry: NewAuditEntry): AuditEntry;
  /** The time of the latest entry; null when there is none. */
  latestAt(): number | null;
  /** How many entries with this verb there are of that object. */
  count(verb: AuditVerb, object: string): number;
}
