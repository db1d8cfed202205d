import type { CheckId, ResourceId } from './check.ts';
import { findingKey, type Finding } from './finding.ts';
import { matchesGlob } from './glob.ts';
import { findingId, type RunId } from './id.ts';
import type { Redacted } from './redaction/redacted.ts';
import type { RedactedDraft } from './redaction/border.ts';
import { isAtLeast } from './severity.ts';

/** What one run learnt, as far as findings are concerned. */
export interface Sighting {
  readonly run: RunId;
  readonly runbook: string;
  readonly now: number;
  /** Ids of all the checks that the runbook asks for. */
  readonly asked: ReadonlySet<CheckId>;
  /** Checks of which at least one entry could not be looked at as a whole. */
  readonly unknown: ReadonlySet<CheckId>;
  /** What was hidden, by check: resources, prefixes ending in `/*`, ARNs with `*` in them. */
  readonly hidden: ReadonlyMap<CheckId, readonly Redacted<ResourceId>[]>;
  readonly drafts: readonly Drafted[];
}

export interface Drafted {
  readonly check: CheckId;
  /** The first id that the check ever had (identityOf). */
  readonly identity: CheckId;
  readonly resource: Redacted<ResourceId>;
  readonly name: Redacted<string>;
  readonly draft: RedactedDraft;
}

export interface StandingRules {
  /** Clean full observations until a finding is resolved. */
  readonly resolveAfter: number;
  /** Checks that compare with what was accepted instead of measuring: one clean look is enough. */
  readonly exact?: ReadonlySet<CheckId>;
}

/** A finding flaps when it turned (opened or resolved) this often within FLAP_WINDOW_MS. */
export const FLAP_TURNS = 4;
export const FLAP_WINDOW_MS = 24 * 3_600_000;
/** A flapping finding needs this many times more clean observations, so that it stops being repeated. */
const FLAP_PATIENCE = 3;

export type FindingEventKind = 'opened' | 'reopened' | 'changed' | 'resolved' | 'flapping';

export interface FindingEvent {
  readonly key: Finding['key'];
  readonly at: number;
  readonly run: RunId;
  readonly kind: FindingEventKind;
  readonly detail: string | null;
}

export interface Comparison {
  /** Every finding of the runbook that is open now or was resolved by this run. */
  readonly findings: readonly Finding[];
  readonly events: readonly FindingEvent[];
  /** Keys of open findings that this run could not look at: shown, neither repeated nor resolved. */
  readonly notLookedAt: ReadonlySet<Finding['key']>;
}

/**
 * Compares what a run saw with what is known: new, changed, ongoing, resolved.
 * `known` holds the runbook's findings under the checks' current ids, resolved ones included (for reopening).
 */
export function compare(known: readonly Finding[], sighting: Sighting, rules: StandingRules): Comparison {
  const knownByKey = new Map(known.map((finding) => [finding.key, finding]));
  const seen = worstByKey(sighting);
  const findings: Finding[] = [];
  const events: FindingEvent[] = [];
  const notLookedAt = new Set<Finding['key']>();
  const settle = (step: Step): void => {
    findings.push(step.finding);
    for (const [kind, detail] of step.events) {
      events.push({ key: step.finding.key, at: sighting.now, run: sighting.run, kind, detail });
    }
  };

  for (const [key, drafted] of seen) settle(seenAgain(knownByKey.get(key), key, drafted, sighting));
  for (const finding of known) {
    if (seen.has(finding.key) || finding.standing === 'resolved') continue;
    if (!sighting.asked.has(finding.check)) {
      settle(resolve(finding, sighting.now, 'not-asked'));
    } else if (isHidden(finding, sighting)) {
      notLookedAt.add(finding.key);
      settle({ finding: { ...finding, standing: 'ongoing' }, events: [] });
    } else {
      settle(seenClean(finding, sighting.now, rules));
    }
  }
  return { findings, events, notLookedAt };
}

interface Step {
  readonly finding: Finding;
  readonly events: readonly (readonly [FindingEventKind, string | null])[];
}

/** Two entries of a runbook may ask the same check about the same resource: the worse answer counts. */
function worstByKey(sighting: Sighting): Map<Finding['key'], Drafted> {
  const worst = new Map<Finding['key'], Drafted>();
  for (const drafted of sighting.drafts) {
    const key = findingKey(drafted.identity, sighting.runbook, drafted.resource, drafted.draft.discriminator);
    const other = worst.get(key);
    if (other === undefined || !isAtLeast(other.draft.severity, drafted.draft.severity)) worst.set(key, drafted);
  }
  return worst;
}

function seenAgain(before: Finding | undefined, key: Finding['key'], drafted: Drafted, sighting: Sighting): Step {
  const { now } = sighting;
  if (before === undefined) return { finding: openFinding(key, drafted, sighting), events: [['opened', null]] };
  const fresh = {
    ...before,
    ...wording(drafted),
    lastSeen: now,
    cleanStreak: 0,
    flapping: before.flapping && recentTurns(before.turns, now).length >= FLAP_TURNS,
  };
  if (before.standing === 'resolved') return reopen(before, fresh, now);
  const change = whatChanged(before, fresh);
  if (change === null) return { finding: { ...fresh, standing: 'ongoing' }, events: [] };
  return { finding: { ...fresh, standing: 'changed', acknowledgement: null }, events: [['changed', change]] };
}

function openFinding(key: Finding['key'], drafted: Drafted, sighting: Sighting): Finding {
  return {
    id: findingId(key),
    key,
    runbook: sighting.runbook,
    resource: drafted.resource,
    discriminator: drafted.draft.discriminator,
    ...wording(drafted),
    standing: 'new',
    firstSeen: sighting.now,
    lastSeen: sighting.now,
    resolvedAt: null,
    resolvedBecause: null,
    cleanStreak: 0,
    reopened: 0,
    flapping: false,
    turns: [sighting.now],
    mute: null,
    acknowledgement: null,
  };
}

/** What follows the latest look: the words, the figures and the severity. */
function wording({ check, name, draft }: Drafted) {
  return {
    check,
    name,
    severity: draft.severity,
    title: draft.title,
    why: draft.why,
    next: draft.next,
    evidence: draft.evidence,
    evidenceClass: draft.evidenceClass,
    monthlyCost: draft.monthlyCost,
  };
}

function reopen(before: Finding, fresh: Finding, now: number): Step {
  const turns = recentTurns([...before.turns, now], now);
  const flapping = turns.length >= FLAP_TURNS;
  const saidAlready = before.flapping && flapping;
  const finding: Finding = {
    ...fresh,
    standing: saidAlready ? 'ongoing' : 'new',
    resolvedAt: null,
    resolvedBecause: null,
    reopened: before.reopened + 1,
    turns,
    flapping,
    acknowledgement: null,
  };
  const events: Step['events'] = [['reopened', null]];
  if (flapping && !before.flapping)
    return { finding, events: [...events, ['flapping', `${turns.length} turns in 24 h`]] };
  return { finding, events };
}

function whatChanged(before: Finding, fresh: Finding): string | null {
  if (before.severity !== fresh.severity) return `severity ${before.severity} -> ${fresh.severity}`;
  if (before.evidenceClass !== fresh.evidenceClass)
    return `${before.evidenceClass ?? '-'} -> ${fresh.evidenceClass ?? '-'}`;
  return null;
}

function isHidden(finding: Finding, sighting: Sighting): boolean {
  if (sighting.unknown.has(finding.check)) return true;
  return (sighting.hidden.get(finding.check) ?? []).some((resource) => hides(resource, finding.resource));
}

/** Services of one region have nothing but the middle of their ARNs in common. */
function hides(hidden: ResourceId, resource: ResourceId): boolean {
  if (hidden.startsWith('arn:')) return matchesGlob(hidden, resource);
  return hidden.endsWith('/*') ? resource.startsWith(hidden.slice(0, -1)) : hidden === resource;
}

function seenClean(finding: Finding, now: number, rules: StandingRules): Step {
  const cleanStreak = finding.cleanStreak + 1;
  const resolveAfter = rules.exact?.has(finding.check) === true ? 1 : rules.resolveAfter;
  const needed = finding.flapping ? resolveAfter * FLAP_PATIENCE : resolveAfter;
  if (cleanStreak >= needed) return resolve({ ...finding, cleanStreak }, now, 'clean');
  return { finding: { ...finding, standing: 'ongoing', cleanStreak }, events: [] };
}

function resolve(finding: Finding, now: number, because: 'clean' | 'not-asked'): Step {
  const turns = recentTurns([...finding.turns, now], now);
  return {
    finding: {
      ...finding,
      standing: 'resolved',
      resolvedAt: now,
      resolvedBecause: because,
      turns,
      flapping: finding.flapping && turns.length >= FLAP_TURNS,
      acknowledgement: null,
    },
    events: [['resolved', because]],
  };
}

function recentTurns(turns: readonly number[], now: number): readonly number[] {
  return turns.filter((turn) => now - turn < FLAP_WINDOW_MS);
}
