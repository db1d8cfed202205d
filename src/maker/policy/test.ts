import type { Explanation, Policy, PolicyEffect, PolicyQuestion, PolicyRule, PolicyTest } from '../../domain/policy.ts';
import { clausesOf } from './clauses.ts';
import { type Counts, decide, decideWith } from './decide.ts';
import { questionOf } from './given.ts';

export interface PolicyTestReport {
  readonly results: readonly PolicyTestResult[];
  /** What could be taken out of the policy without any test's noticing, from top to bottom. */
  readonly uncovered: readonly Uncovered[];
}

export interface PolicyTestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: { readonly effect: PolicyEffect; readonly rule: string | null };
  /** null when what is given is not what the loader accepts. */
  readonly got: Explanation | null;
}

export interface Uncovered {
  readonly rule: string;
  /** A clause of an allow that may be missing; null: all of a deny or queue may be. */
  readonly clause: string | null;
}

/** Plays the tests that a policy's file holds, and looks for what they leave untested. */
export function runPolicyTests(policy: Policy): PolicyTestReport {
  const results = policy.tests.map((test) => play(policy, test));
  const questions = policy.tests.map((test) => questionOf(policy, test)).filter((question) => question !== null);
  return { results, uncovered: policy.rules.flatMap((rule) => uncoveredOf(policy, rule, questions)) };
}

function play(policy: Policy, test: PolicyTest): PolicyTestResult {
  const question = questionOf(policy, test);
  const got = question === null ? null : decide(policy, question);
  const passed = got?.decision.effect === test.expect && (test.rule === null || got.decision.rule === test.rule);
  return { name: test.name, passed, expected: { effect: test.expect, rule: test.rule }, got };
}

/**
 * A clause of an allow is tested when, without it, some test would be decided otherwise: it alone keeps a plan from
 * being allowed there. A deny, or a queue, is tested when some test would be decided otherwise without all of it.
 */
function uncoveredOf(policy: Policy, rule: PolicyRule, questions: readonly PolicyQuestion[]): readonly Uncovered[] {
  const withAll = questions.map((question) => outcome(decide(policy, question)));
  const isNoticed = (mutant: Policy, counts: Counts): boolean =>
    questions.some((question, index) => outcome(decideWith(mutant, question, counts)) !== withAll[index]);
  if (rule.effect !== 'allow') {
    const without = { ...policy, rules: policy.rules.filter((each) => each !== rule) };
    return isNoticed(without, () => true) ? [] : [{ rule: rule.id, clause: null }];
  }
  return clausesOf(policy, rule).flatMap(({ text, part }, left) =>
    part === 'implied' || isNoticed(policy, (each, index) => each !== rule || index !== left)
      ? []
      : [{ rule: rule.id, clause: text }],
  );
}

function outcome({ decision }: Explanation): string {
  return `${decision.effect} ${decision.rule ?? ''}`;
}
