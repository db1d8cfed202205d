import type { JsonValue } from '../../domain/json.ts';
import type {
  Policy,
  PolicyBound,
  PolicyLimit,
  PolicyMatch,
  PolicyQuestion,
  PolicyRule,
  PolicyWindow,
} from '../../domain/policy.ts';
import { printableStart } from '../../domain/printable.ts';
import { instantWords, isInstant } from './instant.ts';
import { isPlanPath, pathOf } from './path.ts';
import { isAction, isResource } from './pattern.ts';
import { anyOf, negate, type Truth } from './truth.ts';
import { counterOf, type LimitOf } from './usage.ts';
import { isExactly, isNamed, listWords, numberOf, ownAt, shown } from './values.ts';
import { wallClock } from './wall-clock.ts';
import { clockWords, isAlways, isInHours, windowWords } from './window.ts';

/** One condition of a rule. All of them are judged, always. */
export interface Clause {
  /** `after.replicas max 10`. */
  readonly text: string;
  /** `implied`: not written in the rule, such as the policy's end. */
  readonly part: 'match' | 'bounds' | 'window' | 'limits' | 'implied';
  /** Judged once, or for each step. */
  readonly scope: 'plan' | 'step';
  /** `step` is undefined for a clause of the plan, and for a plan without steps. */
  judge(question: PolicyQuestion, step: unknown): Judged;
}

export interface Judged {
  readonly truth: Truth;
  /** What was seen; in words only when they are asked for, as of many steps one is shown. */
  was(): string;
}

/**
 * A rule's conditions, in the order they are written in docs/policy.md. Only what is allowed ends and is
 * counted: a deny, and a queue, has neither the policy's end nor limits.
 */
export function clausesOf(policy: Policy, rule: PolicyRule): readonly Clause[] {
  return [
    ...matchClauses(rule.match),
    ...matchClauses(rule.match.not ?? {}).map(negated),
    ...Object.entries(rule.bounds).flatMap(([path, bound]) => boundClauses(path, bound)),
    ...(rule.window === null ? [] : windowClauses(rule.window)),
    ...(rule.effect === 'allow'
      ? [
          ...rule.limits.map((limit) => limitClause({ policy: policy.name, rule, limit })),
          ...(rule.limits.length > 0 ? [LASTING_COUNTERS] : []),
          ...(policy.expiresAt === null ? [] : [endClause(policy.expiresAt)]),
        ]
      : []),
  ];
}

function matchClauses(match: Omit<PolicyMatch, 'not'>): Clause[] {
  const { actor, target, destructive } = match;
  return [
    ...listed('actor.kind', actor?.kind, isNamed, ofPlan('actor', 'kind')),
    ...listed('actor.name', actor?.name, isNamed, ofPlan('actor', 'name')),
    ...Object.entries(actor?.claims ?? {}).flatMap(([claim, values]) =>
      listed(`actor.claims.${printableStart(claim, 100)}`, values, isExactly, ofPlan('actor', 'claims', claim)),
    ),
    ...listed('action', match.action, isAction, ofStep('action')),
    ...listed('target.provider', target?.provider, isNamed, ofPlan('target', 'provider')),
    ...listed('target.id', target?.id, isNamed, ofPlan('target', 'id')),
    ...listed('environment', match.environment, isNamed, ofPlan('environment')),
    ...listed('resource', match.resource, isResource, ofStep('resource')),
    ...Object.entries(match.params ?? {}).flatMap(([name, values]) =>
      listed(`params.${printableStart(name, 100)}`, values, isExactly, ofStep('params', name)),
    ),
    ...listed('runbook', match.runbook, isNamed, ofPlan('runbook')),
    ...listed('destructive', destructive === undefined ? undefined : [destructive], isExactly, ofPlan('destructive')),
    ...listed('risk', match.risk, isNamed, ofPlan('risk')),
  ];
}

/** Where a clause looks. */
interface Place {
  readonly scope: Clause['scope'];
  seen(question: PolicyQuestion, step: unknown): unknown;
}

function ofPlan(...path: readonly string[]): Place {
  return { scope: 'plan', seen: (question) => ownAt(question, path) };
}

function ofStep(...path: readonly string[]): Place {
  return { scope: 'step', seen: (_question, step) => ownAt(step, path) };
}

function placeOf(path: string): Place {
  if (path === 'steps') return { scope: 'plan', seen: ({ steps }) => steps.length };
  return isPlanPath(path) ? ofPlan('costMonthly') : ofStep(...pathOf(path));
}

type Fits = (seen: unknown, wanted: JsonValue) => Truth;

/** Holds when one of the values fits; no clause where nothing is listed. */
function listed(name: string, values: readonly JsonValue[] | undefined, fits: Fits, place: Place): Clause[] {
  if (values === undefined) return [];
  return [
    clause(`${name} ${listWords(values)}`, 'match', place, (seen) => anyOf(values.map((value) => fits(seen, value)))),
  ];
}

function clause(text: string, part: Clause['part'], place: Place, truthOf: (seen: unknown) => Truth): Clause {
  return {
    text,
    part,
    scope: place.scope,
    judge(question, step) {
      const seen = place.seen(question, step);
      return { truth: truthOf(seen), was: () => shown(seen) };
    },
  };
}

function negated({ text, part, scope, judge }: Clause): Clause {
  return {
    text: `not ${text}`,
    part,
    scope,
    judge(question, step) {
      const { truth, was } = judge(question, step);
      return { truth: negate(truth), was };
    },
  };
}

function boundClauses(path: string, { min, max, oneOf }: PolicyBound): Clause[] {
  const place = placeOf(path);
  const compared = (word: 'min' | 'max', limit: number | undefined, holds: (value: number) => boolean): Clause[] => {
    if (limit === undefined) return [];
    return [
      clause(`${path} ${word} ${limit}`, 'bounds', place, (seen) => {
        const value = numberOf(seen);
        return value === undefined ? null : holds(value);
      }),
    ];
  };
  return [
    ...compared('min', min, (value) => min !== undefined && value >= min),
    ...compared('max', max, (value) => max !== undefined && value <= max),
    ...(oneOf === undefined
      ? []
      : [
          clause(`${path} ${listWords(oneOf)}`, 'bounds', place, (seen) =>
            anyOf(oneOf.map((value) => isExactly(seen, value))),
          ),
        ]),
  ];
}

function windowClauses(window: PolicyWindow): Clause[] {
  const { notBefore, notAfter } = window;
  const hours: Clause = {
    text: `window ${windowWords(window)}`,
    part: 'window',
    scope: 'plan',
    judge({ at }) {
      const clock = wallClock(window.timezone, at);
      return { truth: isInHours(window, clock), was: () => clockWords(clock) };
    },
  };
  return [
    ...(isAlways(window) && (notBefore !== null || notAfter !== null) ? [] : [hours]),
    ...(notBefore === null ? [] : [instantClause(`not before ${instantWords(notBefore)}`, (at) => at >= notBefore)]),
    ...(notAfter === null ? [] : [instantClause(`not after ${instantWords(notAfter)}`, (at) => at <= notAfter)]),
  ];
}

function instantClause(text: string, holds: (at: number) => boolean, part: Clause['part'] = 'window'): Clause {
  return {
    text,
    part,
    scope: 'plan',
    judge: ({ at }) => ({ truth: isInstant(at) ? holds(at) : null, was: () => instantWords(at) }),
  };
}

function endClause(expiresAt: number): Clause {
  return instantClause(`policy in force until ${instantWords(expiresAt)}`, (at) => at <= expiresAt, 'implied');
}

/** Counters that begin at nought with every run would allow everything, a little at a time. */
const LASTING_COUNTERS: Clause = clause('counters that last', 'implied', ofPlan('durable'), (seen) =>
  isExactly(seen, true),
);

function limitClause(of: LimitOf): Clause {
  const usage = counterOf(of);
  const { max } = of.limit;
  return {
    text: limitWords(of.limit),
    part: 'limits',
    scope: 'plan',
    judge(question) {
      const uses = usage(question);
      if (uses === null) return { truth: null, was: () => 'missing' };
      const counts = uses.map(({ key, amount }) => ({ used: question.used.get(key) ?? 0, amount }));
      if (!counts.every(({ used }) => Number.isFinite(used) && used >= 0))
        return { truth: null, was: () => 'no count' };
      const most = counts.reduce((a, b) => (b.used + b.amount > a.used + a.amount ? b : a));
      return { truth: most.used + most.amount <= max, was: () => `${most.used} and ${most.amount} more` };
    },
  };
}

/** `at most 3 applies per day for each target`. */
function limitWords({ of, max, per, each }: PolicyLimit): string {
  return `at most ${max} ${of} per ${per}${each === 'rule' ? '' : ` for each ${each}`}`;
}
