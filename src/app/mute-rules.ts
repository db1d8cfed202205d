import { CodedError } from '../domain/coded-error.ts';
import type { Finding } from '../domain/finding.ts';
import { newMuteRuleId } from '../domain/id.ts';
import {
  matchesRule,
  muteRuleState,
  muteRuleWords,
  OWN_CHECKS,
  saysSomething,
  type MuteRule,
  type MuteRuleState,
} from '../domain/mute-rule.ts';
import { redactResource } from '../domain/redaction/border.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import { isAtLeast, type Severity } from '../domain/severity.ts';
import { suggest } from '../domain/suggest.ts';
import { findingsTable } from '../store/findings.ts';
import { muteRulesTable } from '../store/mute-rules.ts';
import type { StatefulApp } from './app.ts';
import { DRIFT_CHECK } from './drift-check.ts';
import { environmentsOf, readMuteRules } from './muting.ts';
import { muteEnd, muteReason, type MuteEnd } from './mute-terms.ts';
import { operator } from './plans.ts';
import { theOne } from './the-one.ts';

/** A rule, how it stands, and how many findings are open now that it matches and mutes. */
export interface MuteRuleNow {
  readonly rule: MuteRule;
  readonly state: MuteRuleState;
  readonly matches: number;
  readonly mutes: number;
}

/** What the operator asks for: patterns and names as they were typed. */
export interface MuteRuleDraft extends MuteEnd {
  readonly check?: string | undefined;
  readonly resource?: string | undefined;
  readonly runbook?: string | undefined;
  readonly environment?: string | undefined;
  readonly upTo: Severity;
  readonly reason: string;
}

/** More than any pattern needs; it bounds the work of matching. */
const LONGEST_PATTERN = 500;

/** The rules, oldest first, as they stand now. */
export function listMuteRules(app: StatefulApp): readonly MuteRuleNow[] {
  const open = findingsTable(app.database).all({ resolved: false });
  return readMuteRules(app).map((rule) => asItStands(app, rule, open));
}

/** How many rules there are, and how many of them do nothing any more. */
export interface MuteRulesInShort {
  readonly rules: number;
  readonly expired: number;
  readonly unused: number;
  readonly noEnvironment: number;
}

export function muteRulesInShort(
  app: Pick<StatefulApp, 'database' | 'catalog' | 'config' | 'surroundings'>,
): MuteRulesInShort {
  const { names } = environmentsOf(app.config);
  const states = readMuteRules(app).map((rule) => muteRuleState(rule, names, app.surroundings.clock.now()));
  const tally = (state: MuteRuleState): number => states.filter((one) => one === state).length;
  return {
    rules: states.length,
    expired: tally('expired'),
    unused: tally('unused'),
    noEnvironment: tally('no-environment'),
  };
}

/** What is to be said of rules that do nothing any more; null: there are none. */
export function idleWords({ expired, unused, noEnvironment }: Omit<MuteRulesInShort, 'rules'>): string | null {
  const words = [
    ...(expired > 0 ? [`${expired} expired`] : []),
    ...(unused > 0 ? [`${unused} matched nothing for 30 days`] : []),
    ...(noEnvironment > 0 ? [`${noEnvironment} of an environment that there is no more`] : []),
  ];
  return words.length === 0 ? null : words.join(', ');
}

/**
 * Adds a rule. `doubt` says what looks like a slip, when something does. Throws MUTE_RULE_INVALID when it says
 * nothing, or speaks of what there is not; MUTE_INVALID when its reason or its end is missing or impossible.
 */
export function addMuteRule(
  app: StatefulApp,
  draft: MuteRuleDraft,
): { readonly added: MuteRuleNow; readonly doubt: string | null } {
  const now = app.surroundings.clock.now();
  const rule: MuteRule = {
    id: newMuteRuleId(app.surroundings.random),
    check: pattern(app, 'check', draft.check),
    resource: pattern(app, 'resource', draft.resource),
    runbook: pattern(app, 'runbook', draft.runbook),
    environment: environment(app, draft.environment),
    upTo: draft.upTo,
    reason: app.redactor.text(muteReason(draft.reason)),
    at: now,
    until: muteEnd(draft, now),
    matchedAt: null,
  };
  if (!saysSomething(rule)) {
    throw new CodedError('MUTE_RULE_INVALID', 'a mute rule that every finding fits would hide everything', {
      next: 'say what it is about with --check, --resource, --runbook or --environment',
    });
  }
  if (rule.check?.startsWith(OWN_CHECKS) === true) {
    throw new CodedError('MUTE_RULE_INVALID', `"${rule.check}": no rule mutes what Holdfast finds about itself`, {
      next: 'mute the one finding: holdfast findings mute <id>',
    });
  }
  app.database.transaction(() => {
    muteRulesTable(app.database).insert(rule);
    note(app, 'mute-rule-added', rule);
  });
  app.audit.sealHead();
  const open = findingsTable(app.database).all({ resolved: false });
  const added = asItStands(app, rule, open);
  return { added, doubt: added.matches > 0 ? null : doubtOf(app, rule) };
}

/** Ends a rule: what it muted is told again at the next look. */
export function removeMuteRule(app: StatefulApp, id: string): MuteRuleNow {
  const table = muteRulesTable(app.database);
  const removed = app.database.transaction(() => {
    const rule = theOne('mute rule', id, table.byId(`m-${id.replace(/^m-/i, '').toUpperCase()}`));
    table.remove(rule.id);
    note(app, 'mute-rule-removed', rule);
    return rule;
  });
  app.audit.sealHead();
  return asItStands(app, removed, findingsTable(app.database).all({ resolved: false }));
}

function asItStands(app: StatefulApp, rule: MuteRule, open: readonly Finding[]): MuteRuleNow {
  const { of, names } = environmentsOf(app.config);
  const state = muteRuleState(rule, names, app.surroundings.clock.now());
  const fitting = open.filter((finding) => matchesRule(rule, finding, of));
  const mutes = state === 'expired' ? [] : fitting.filter(({ severity }) => isAtLeast(rule.upTo, severity));
  return { rule, state, matches: fitting.length, mutes: mutes.length };
}

/** As a resource is kept with its findings, so that what is masked there fits what is masked here. */
function pattern(app: StatefulApp, name: string, written: string | undefined): Redacted<string> | null {
  if (written === undefined) return null;
  const text = written.trim();
  if (text === '')
    throw new CodedError('MUTE_RULE_INVALID', `--${name} is empty`, {
      next: `leave --${name} out, or write a pattern`,
    });
  if (text.length > LONGEST_PATTERN)
    throw new CodedError('MUTE_RULE_INVALID', `--${name} has ${text.length} characters`, {
      next: `write at most ${LONGEST_PATTERN}; a * stands for any characters`,
    });
  return redactResource(app.redactor, text);
}

function environment(app: StatefulApp, written: string | undefined): string | null {
  if (written === undefined) return null;
  const { names } = environmentsOf(app.config);
  if (names.has(written)) return written;
  const near = suggest(written, names);
  throw new CodedError('MUTE_RULE_INVALID', `the configuration has no environment "${written}"`, {
    next:
      near !== null
        ? `did you mean "${near}"?`
        : names.size === 0
          ? 'name environments in the configuration: see docs/configuration.md'
          : `it has ${[...names].join(', ')}`,
  });
}

/** A rule that matches nothing yet may be meant so; one with an id that there is not is more likely a slip. */
function doubtOf(app: StatefulApp, { check }: MuteRule): string | null {
  const known: readonly string[] = [...app.catalog.ids, DRIFT_CHECK];
  if (check === null || check.includes('*') || known.includes(check)) return null;
  const near = suggest(check, known);
  return `There is no check "${check}"${near === null ? '' : `; did you mean "${near}"?`}`;
}

function note(app: StatefulApp, verb: 'mute-rule-added' | 'mute-rule-removed', rule: MuteRule): void {
  app.audit.append({
    actor: operator(app),
    verb,
    object: rule.id,
    outcome: 'done',
    detail: app.redactor.data({
      about: muteRuleWords(rule),
      upTo: rule.upTo,
      until: new Date(rule.until).toISOString(),
      reason: rule.reason,
    }),
  });
}
