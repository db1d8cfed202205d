import type {
  ClauseVerdict,
  Decision,
  Explanation,
  Policy,
  PolicyEffect,
  PolicyQuestion,
  PolicyRule,
  PolicyUse,
  RuleVerdict,
} from '../../domain/policy.ts';
import { type Clause, clausesOf, type Judged } from './clauses.ts';
import { instantWords } from './instant.ts';
import { usageOf } from './usage.ts';

/**
 * What a policy says of a plan: deny before allow before queue, and what no rule speaks of is queued, as is
 * everything without a policy. Every clause of every rule is judged. What can't be known (missing, NaN, of another
 * type) holds in a deny and does not hold in an allow or a queue. One rule must allow every step; a deny of one step
 * denies all. Reads nothing but its arguments, and never throws for what a plan holds.
 */
export function decide(policy: Policy | null, question: PolicyQuestion): Explanation {
  return decideWith(policy, question, () => true);
}

/** A counter, as the store names it, and how far back it counts. */
export type UsageKey = Pick<PolicyUse, 'key' | 'per'>;

/**
 * Every counter that `decide` may want for this question, whichever rule holds, each once: the caller fetches
 * them in the transaction that it decides in, and hands them over as `question.used`.
 */
export function usageKeysOf(policy: Policy | null, question: PolicyQuestion): readonly UsageKey[] {
  if (policy === null) return [];
  const keys = policy.rules.flatMap((rule) => usesOf(policy, rule, question));
  return [...new Map(keys.map(({ key, per }) => [key, { key, per }])).values()];
}

/** Which clauses count: all of them, but for who wants to know what one of them does. `index` as in the rule's verdict. */
export type Counts = (rule: PolicyRule, index: number) => boolean;

/** As `decide`, with clauses left out. */
export function decideWith(policy: Policy | null, question: PolicyQuestion, counts: Counts): Explanation {
  if (policy === null) {
    return {
      decision: { effect: 'queue', policy: null, rule: null, why: 'no policy is in force' },
      rules: [],
      uses: [],
    };
  }
  // A plan without steps is judged as one step of which nothing is known: it can be denied, and is never allowed.
  const steps: readonly unknown[] = question.steps.length === 0 ? [undefined] : question.steps;
  const judged = policy.rules.map((rule) => ({ rule, verdict: verdictOf(policy, rule, { question, steps, counts }) }));
  const holding = judged.filter(({ verdict }) => verdict.holds);
  const decided = ORDER.flatMap((effect) => holding.filter(({ rule }) => rule.effect === effect))[0]?.rule;
  return {
    decision: {
      effect: decided?.effect ?? 'queue',
      policy: { name: policy.name, digest: policy.digest },
      rule: decided?.id ?? null,
      why: why(policy, decided, question.at),
    },
    rules: judged.map(({ verdict }) => verdict),
    uses: decided === undefined ? [] : usesOf(policy, decided, question),
  };
}

const ORDER: readonly PolicyEffect[] = ['deny', 'allow', 'queue'];

interface Asked {
  readonly question: PolicyQuestion;
  readonly steps: readonly unknown[];
  readonly counts: Counts;
}

function verdictOf(policy: Policy, rule: PolicyRule, { question, steps, counts }: Asked): RuleVerdict {
  const judged = compiled(policy, rule)
    .filter((_, index) => counts(rule, index))
    .map((clause) => ({
      clause,
      answers:
        clause.scope === 'plan'
          ? [clause.judge(question, undefined)]
          : steps.map((step) => clause.judge(question, step)),
    }));
  const clauses = rule.effect === 'deny' ? heldAgainstOne(judged, steps.length) : heldAgainstAll(judged, steps.length);
  // Whatever its clauses say of nothing, an allow of nothing is none.
  if (rule.effect !== 'deny' && question.steps.length === 0)
    clauses.push({ clause: 'at least one step', holds: false, was: '0' });
  return { id: rule.id, effect: rule.effect, holds: clauses.every(({ holds }) => holds), clauses };
}

interface JudgedClause {
  readonly clause: Clause;
  /** One for the plan, or one for each step. */
  readonly answers: readonly Judged[];
}

/** For an allow or a queue: a clause holds when it is known to hold for every step. */
function heldAgainstAll(judged: readonly JudgedClause[], steps: number): ClauseVerdict[] {
  return judged.map(({ clause, answers }) => {
    const failing = answers.findIndex(({ truth }) => truth !== true);
    return clauseVerdict(clause, failing < 0, answers, { step: Math.max(0, failing), of: steps });
  });
}

/** For a deny: the clauses as they are for one and the same step, the one for which the most of them may hold. */
function heldAgainstOne(judged: readonly JudgedClause[], steps: number): ClauseVerdict[] {
  let nearest = 0;
  let most = -1;
  for (let step = 0; step < steps; step++) {
    const holding = judged.filter(({ answers }) => answerFor(answers, step)?.truth !== false).length;
    if (holding <= most) continue;
    most = holding;
    nearest = step;
  }
  return judged.map(({ clause, answers }) =>
    clauseVerdict(clause, answerFor(answers, nearest)?.truth !== false, answers, { step: nearest, of: steps }),
  );
}

function answerFor(answers: readonly Judged[], step: number): Judged | undefined {
  return answers.length === 1 ? answers[0] : answers[step];
}

function clauseVerdict(
  { text, scope }: Clause,
  holds: boolean,
  answers: readonly Judged[],
  { step, of }: { step: number; of: number },
): ClauseVerdict {
  const was = answerFor(answers, step)?.was() ?? 'missing';
  return { clause: text, holds, was: scope === 'step' && of > 1 ? `${was} (step ${step + 1})` : was };
}

/** Rules are asked again and again, and stay as they are. */
const known = new WeakMap<Policy, Map<PolicyRule, readonly Clause[]>>();

function compiled(policy: Policy, rule: PolicyRule): readonly Clause[] {
  const rules = known.get(policy) ?? new Map<PolicyRule, readonly Clause[]>();
  known.set(policy, rules);
  const clauses = rules.get(rule) ?? clausesOf(policy, rule);
  rules.set(rule, clauses);
  return clauses;
}

function why(policy: Policy, decided: PolicyRule | undefined, at: number): string {
  const whole = `of policy "${policy.name}"`;
  if (decided !== undefined) return `rule "${decided.id}" ${whole} ${VERBS[decided.effect]} it`;
  const { expiresAt } = policy;
  return expiresAt !== null && !(at <= expiresAt)
    ? `no rule ${whole} allows it: it ended at ${instantWords(expiresAt)}`
    : `no rule ${whole} allows it`;
}

const VERBS: Readonly<Record<Decision['effect'], string>> = { deny: 'denies', allow: 'allows', queue: 'queues' };

function usesOf(policy: Policy, rule: PolicyRule, question: PolicyQuestion): readonly PolicyUse[] {
  if (rule.effect !== 'allow') return [];
  return rule.limits.flatMap((limit) => usageOf({ policy: policy.name, rule, limit }, question) ?? []);
}
