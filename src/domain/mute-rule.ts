import type { Finding } from './finding.ts';
import { matchesGlob } from './glob.ts';
import type { MuteRuleId } from './id.ts';
import type { Redacted } from './redaction/redacted.ts';
import { isAtLeast, type Severity } from './severity.ts';

/** An expired or unused rule is reported; a rule is unused when it matched nothing for so long. */
export const UNUSED_AFTER_MS = 30 * 86_400_000;

/** Up to which severity a rule mutes when nothing is said: what is critical must be muted in so many words. */
export const UP_TO_UNLESS_SAID = 'high' satisfies Severity;

/** Holdfast's findings about itself: no rule mutes them, so that none can hide that its runbook is broken. */
export const OWN_CHECKS = 'holdfast/';

/**
 * The operator's word that findings of a kind, those to come included, are not to be told until an instant.
 * All that it says must fit; at least one thing is said. Times are milliseconds since the epoch.
 */
export interface MuteRule {
  readonly id: MuteRuleId;
  /** Globs over the whole id or name (see matchesGlob); null: any. */
  readonly check: string | null;
  readonly resource: Redacted<string> | null;
  readonly runbook: string | null;
  /** A name of the configuration's `environments`, exactly; null: any, or none. */
  readonly environment: string | null;
  /** What is worse is told all the same. */
  readonly upTo: Severity;
  readonly reason: Redacted<string>;
  readonly at: number;
  readonly until: number;
  /** When a run last saw an open finding that it matches; null: never yet. */
  readonly matchedAt: number | null;
}

/** How a rule stands. `no-environment`: the configuration no longer has its environment, so it matches nothing. */
export const MUTE_RULE_STATES = ['active', 'unused', 'expired', 'no-environment'] as const;
export type MuteRuleState = (typeof MUTE_RULE_STATES)[number];

/** The environment that a target (`host:<machine id>`) bears; null: none, or several. */
export type EnvironmentOf = (target: string) => string | null;

/** Whether the rule is about this finding, whatever its severity and whatever the time. */
export function matchesRule(rule: MuteRule, finding: Finding, environmentOf: EnvironmentOf): boolean {
  if (finding.check.startsWith(OWN_CHECKS)) return false;
  return (
    fits(rule.check, finding.check) &&
    fits(rule.resource, finding.resource) &&
    fits(rule.runbook, finding.runbook) &&
    (rule.environment === null || rule.environment === environmentOf(targetOf(finding.resource)))
  );
}

/**
 * The finding under the rules as they are now, whatever a rule said of it before. Of several that mute it the one
 * that holds longest counts. It is never kept with the finding: so ending a rule brings back what it muted.
 */
export function underRules(
  finding: Finding,
  rules: readonly MuteRule[],
  environmentOf: EnvironmentOf,
  now: number,
): Finding {
  const { mutedBy: _before, ...bare } = finding;
  const [holds] = rules
    .filter(({ until, upTo }) => until > now && isAtLeast(upTo, finding.severity))
    .filter((rule) => matchesRule(rule, finding, environmentOf))
    .toSorted((a, b) => b.until - a.until);
  if (holds === undefined) return bare;
  const { id: rule, reason, until, upTo } = holds;
  return { ...bare, mutedBy: { rule, reason, until, upTo } };
}

export function muteRuleState(rule: MuteRule, environments: ReadonlySet<string>, now: number): MuteRuleState {
  if (rule.until <= now) return 'expired';
  if (rule.environment !== null && !environments.has(rule.environment)) return 'no-environment';
  return now - Math.max(rule.at, rule.matchedAt ?? rule.at) >= UNUSED_AFTER_MS ? 'unused' : 'active';
}

/** True when a rule says something that not every finding fits. */
export function saysSomething(rule: Pick<MuteRule, 'check' | 'resource' | 'runbook' | 'environment'>): boolean {
  return (
    rule.environment !== null ||
    [rule.check, rule.resource, rule.runbook].some((pattern) => pattern !== null && !/^[*/]*$/.test(pattern))
  );
}

/** What a rule is about, in a line: `check host/*, runbook nightly`. */
export function muteRuleWords(rule: Pick<MuteRule, 'check' | 'resource' | 'runbook' | 'environment'>): string {
  const { check, resource, runbook, environment } = rule;
  return Object.entries({ check, resource, runbook, environment })
    .flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]))
    .join(', ');
}

function fits(pattern: string | null, text: string): boolean {
  return pattern === null || matchesGlob(pattern, text);
}

/** `host:<machine id>` of `host:<machine id>/mount//data`: the form in which the configuration names targets. */
function targetOf(resource: string): string {
  const end = resource.indexOf('/');
  return end === -1 ? resource : resource.slice(0, end);
}
