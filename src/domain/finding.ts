import type { CheckId, ResourceId } from './check.ts';
import { digestOf, type Digest } from './digest.ts';
import type { FindingId, MuteRuleId } from './id.ts';
import type { JsonValue } from './json.ts';
import type { MonthlyCost } from './money.ts';
import type { Redacted } from './redaction/redacted.ts';
import { isAtLeast, type Severity } from './severity.ts';

export const STANDINGS = ['new', 'ongoing', 'changed', 'resolved'] as const;
export type Standing = (typeof STANDINGS)[number];

export const DISPOSITIONS = ['none', 'acknowledged', 'muted'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/**
 * A judgement that needs attention, with its identity over time. Times are milliseconds since the
 * epoch. Its words are redacted by type: there is no other way to make one.
 */
export interface Finding {
  readonly id: FindingId;
  readonly key: Digest;
  readonly check: CheckId;
  /** The runbook that asks; a finding belongs to it (docs/decisions/0004). */
  readonly runbook: string;
  readonly resource: Redacted<ResourceId>;
  /** What a person calls the resource. */
  readonly name: Redacted<string>;
  readonly discriminator: Redacted<string>;
  readonly severity: Severity;
  readonly standing: Standing;
  readonly title: Redacted<string>;
  readonly why: Redacted<string>;
  readonly next: Redacted<string>;
  readonly evidence: readonly RedactedEvidence[];
  readonly evidenceClass: Redacted<string> | null;
  readonly monthlyCost: MonthlyCost | null;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly resolvedAt: number | null;
  /** `clean`: looked at and fine; `not-asked`: its runbook no longer runs the check. */
  readonly resolvedBecause: 'clean' | 'not-asked' | null;
  /** Clean full observations since it was last seen. */
  readonly cleanStreak: number;
  /** How often it came back after being resolved. */
  readonly reopened: number;
  readonly flapping: boolean;
  /** When it opened and resolved lately: what flapping is told by. */
  readonly turns: readonly number[];
  readonly mute: Mute | null;
  /** The mute rule that holds for it now; found when it is read (mute-rule.ts), never kept. Absent: none. */
  readonly mutedBy?: RuleMute;
  readonly acknowledgement: Acknowledgement | null;
}

export interface RedactedEvidence {
  readonly label: Redacted<string>;
  readonly value: Redacted<JsonValue>;
  readonly source: Redacted<string>;
}

export interface Mute {
  readonly reason: Redacted<string>;
  readonly until: number;
  readonly at: number;
}

/** What a mute rule says of a finding. */
export interface RuleMute {
  readonly rule: MuteRuleId;
  readonly reason: Redacted<string>;
  readonly until: number;
  /** What is worse is not muted by it. */
  readonly upTo: Severity;
}

export interface Acknowledgement {
  readonly at: number;
  readonly reason: Redacted<string> | null;
}

/**
 * A finding's identity: no prose and no counts in it, so that it holds while the figures move.
 * `check` is the first id that the check ever had (see identityOf in check.ts).
 */
export function findingKey(
  check: CheckId,
  scope: string,
  resource: Redacted<ResourceId>,
  discriminator: Redacted<string>,
): Digest {
  return digestOf('finding', [check, scope, resource, discriminator]);
}

/** A mute ends by itself; an acknowledgement ends when the finding changes or is resolved. */
export function dispositionOf(finding: Finding, now: number): Disposition {
  if (muteThatHolds(finding, now) !== null) return 'muted';
  return finding.acknowledgement === null ? 'none' : 'acknowledged';
}

/** What mutes a finding: its own mute (`rule` is null), else a mute rule; null: nothing does. */
export function muteThatHolds(
  { mute, mutedBy, severity }: Pick<Finding, 'mute' | 'mutedBy' | 'severity'>,
  now: number,
): { readonly reason: Redacted<string>; readonly until: number; readonly rule: MuteRuleId | null } | null {
  if (mute !== null && mute.until > now) return { reason: mute.reason, until: mute.until, rule: null };
  if (mutedBy === undefined || mutedBy.until <= now || !isAtLeast(mutedBy.upTo, severity)) return null;
  const { rule, reason, until } = mutedBy;
  return { reason, until, rule };
}
