import type { PolicyLimit, PolicyQuestion, PolicyRule, PolicyUse } from '../../domain/policy.ts';
import { pathOf } from './path.ts';
import { nameOf, numberOf, ownAt } from './values.ts';

export interface LimitOf {
  readonly policy: string;
  readonly rule: PolicyRule;
  readonly limit: PolicyLimit;
}

/**
 * What this plan would add to which counters of one limit; null when that can't be known: no steps, a field
 * that is missing or no number, a target or resource without a name. The keys hold neither the digest of the
 * file nor the limit's `max`, so that an edit refills nothing.
 */
export function usageOf(of: LimitOf, question: PolicyQuestion): readonly PolicyUse[] | null {
  return counterOf(of)(question);
}

/** As `usageOf`, with what depends on the limit alone made once. */
export function counterOf({ policy, rule, limit }: LimitOf): (question: PolicyQuestion) => readonly PolicyUse[] | null {
  const { of, per, each } = limit;
  const path = pathOf(of);
  const ofTheRule = keyOf('');
  const isOfThePlan = of === 'applies' || of === 'cost.monthly';

  function keyOf(apart: string): string {
    return JSON.stringify([policy, rule.id, of, per, each, apart]);
  }

  return (question) => {
    const steps: readonly unknown[] = question.steps;
    const totals = new Map<string, number>();
    for (const step of steps) {
      const apart = toldApart(limit, question, step);
      const amount = amountOf(limit, path, question, step);
      if (apart === undefined || amount === undefined) return null;
      totals.set(apart, isOfThePlan ? amount : (totals.get(apart) ?? 0) + amount);
    }
    if (totals.size === 0 || ![...totals.values()].every(Number.isFinite)) return null;
    return [...totals].map(([apart, amount]) => ({ key: apart === '' ? ofTheRule : keyOf(apart), amount, per }));
  };
}

function toldApart({ each }: PolicyLimit, question: PolicyQuestion, step: unknown): string | undefined {
  if (each === 'rule') return '';
  if (each === 'resource') return nameOf(ownAt(step, ['resource']));
  const provider = nameOf(ownAt(question, ['target', 'provider']));
  const id = nameOf(ownAt(question, ['target', 'id']));
  return provider === undefined || id === undefined ? undefined : `${provider}:${id}`;
}

/** Absolute: what is taken away counts as much as what is added. */
function amountOf(
  { of, each }: PolicyLimit,
  path: readonly string[],
  question: PolicyQuestion,
  step: unknown,
): number | undefined {
  if (of === 'applies' || of === 'steps') return 1;
  // A cost is the plan's: how much of it falls to one resource can't be known.
  if (of === 'cost.monthly' && each === 'resource') return undefined;
  const value = numberOf(of === 'cost.monthly' ? ownAt(question, ['costMonthly']) : ownAt(step, path));
  return value === undefined ? undefined : Math.abs(value);
}
