import { dispositionOf, type Finding } from '../domain/finding.ts';
import { FLAP_WINDOW_MS } from '../domain/standing.ts';
import { isAtLeast } from '../domain/severity.ts';
import type { Told } from '../domain/told.ts';
import type { Line } from './line.ts';
import type { RoutingRules } from './rules.ts';

/** What one finding makes necessary, seen against what was told of it. */
export type Step =
  | { readonly kind: 'quiet' }
  /** Nothing to say, but the row changes. */
  | { readonly kind: 'note'; readonly row: Told }
  /** Nothing to say any more: the row goes. */
  | { readonly kind: 'forget'; readonly key: string }
  | {
      readonly kind: 'news';
      readonly key: string;
      readonly line: Line;
      /** The row once it was told; null: none is needed. */
      readonly told: Told | null;
      /** The row while it is held back; null: it is held back already, just so. */
      readonly held: Told | null;
    };

const QUIET: Step = { kind: 'quiet' };

/**
 * Whether there is news of a finding. `looked` is false when the run could not look at it: then
 * nobody is reminded of what may long be over.
 */
export function newsOf(
  finding: Finding,
  told: Told | undefined,
  looked: boolean,
  rules: RoutingRules,
  now: number,
): Step {
  const disposition = dispositionOf(finding, now);
  if (finding.standing === 'resolved') {
    if (told === undefined) return QUIET;
    if (disposition === 'muted') return { kind: 'forget', key: told.key };
    const { flapping, resolvedAt } = finding;
    return newsOfEnd(
      { ...told, flapping: told.flapping && flapping, turnedAt: resolvedAt ?? told.turnedAt },
      now,
      told,
    );
  }
  if (disposition !== 'none' || !isAtLeast(finding.severity, rules.minSeverity)) return unasked(told);
  const news = newsWhileOpen(finding, told, looked, rules, now);
  if (news === null) return settled(finding, told);
  return {
    kind: 'news',
    key: finding.key,
    line: {
      runbook: finding.runbook,
      finding: finding.id,
      severity: finding.severity,
      news,
      text: finding.title,
    },
    told: { ...rowOf(finding, now), said: 'open', flapping: finding.flapping, heldSince: null },
    held:
      told === undefined
        ? { ...rowOf(finding, now), said: 'nothing', flapping: false, heldSince: now }
        : onHold(told, told.said === 'nothing' ? finding.severity : told.severity, now),
  };
}

/** News of a finding that is gone: resolved, or no longer among the open ones of its runbook. */
export function newsOfEnd(row: Told, now: number, before: Told = row): Step {
  if (row.said === 'nothing') return { kind: 'forget', key: row.key };
  if (row.flapping && Math.abs(now - row.turnedAt) < FLAP_WINDOW_MS)
    return row.turnedAt === before.turnedAt ? QUIET : { kind: 'note', row };
  const { runbook, finding, severity, text } = row;
  return {
    kind: 'news',
    key: row.key,
    line: { runbook, finding, severity, news: 'resolved', text },
    told: null,
    held: onHold(row, severity, now),
  };
}

/** True when it is time to be reminded; a clock that was set back by more than the interval counts as passed. */
export function isDue(at: number, interval: number | null, now: number): boolean {
  return interval !== null && Math.abs(now - at) >= interval;
}

/** The row as it waits; null when it waits just so already. */
export function onHold(row: Told, severity: Told['severity'], now: number): Told | null {
  if (row.heldSince !== null && row.severity === severity) return null;
  return { ...row, severity, heldSince: row.heldSince ?? now };
}

function newsWhileOpen(
  finding: Finding,
  told: Told | undefined,
  looked: boolean,
  rules: RoutingRules,
  now: number,
): Line['news'] | null {
  if (told === undefined || told.said === 'nothing') return finding.flapping ? 'flapping' : 'new';
  if (!isAtLeast(told.severity, finding.severity)) return 'raised';
  if (finding.flapping) return told.flapping ? null : 'flapping';
  return looked && isDue(told.at, rules.repeat[finding.severity], now) ? 'still' : null;
}

/** Muted, acknowledged or below the threshold: nothing waits, and what was told stays known. */
function unasked(told: Told | undefined): Step {
  if (told === undefined) return QUIET;
  if (told.said === 'nothing') return { kind: 'forget', key: told.key };
  return told.heldSince === null ? QUIET : { kind: 'note', row: { ...told, heldSince: null } };
}

/** Open, and everything of it is known. */
function settled(finding: Finding, told: Told | undefined): Step {
  if (told === undefined) return QUIET;
  const turnedAt = finding.turns.at(-1) ?? told.turnedAt;
  const same = told.heldSince === null && told.flapping === finding.flapping && told.turnedAt === turnedAt;
  if (same) return QUIET;
  return { kind: 'note', row: { ...told, heldSince: null, flapping: finding.flapping, turnedAt } };
}

function rowOf(finding: Finding, now: number): Omit<Told, 'said' | 'flapping' | 'heldSince'> {
  return {
    key: finding.key,
    runbook: finding.runbook,
    finding: finding.id,
    text: finding.title,
    severity: finding.severity,
    at: now,
    turnedAt: finding.turns.at(-1) ?? now,
  };
}
