import type { ChoosableRule } from './rule-choice.ts';
import type { WorkloadRule } from './workload-rule.ts';

/** A rule that tells in one finding what others tell one by one. */
export interface Together extends ChoosableRule {
  /** Ids of those rules, with what the title says of each. */
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * One finding for what nearly every workload leaves out in a cluster where nobody has looked yet: one for each rule and
 * workload would be read by nobody.
 */
export function togetherRule<Settings>(
  { parts, ...words }: Together,
  rules: readonly WorkloadRule<Settings>[],
): WorkloadRule<Settings> {
  const told = rules.flatMap((rule) => {
    const about = Object.hasOwn(parts, rule.id) ? parts[rule.id] : undefined;
    return about === undefined ? [] : [{ rule, about }];
  });
  return {
    ...words,
    needs: [...new Set(told.flatMap(({ rule }) => rule.needs ?? []))],
    find: (workload, settings) =>
      told.flatMap(({ rule, about }) => rule.find(workload, settings).map(({ fields }) => ({ about, fields }))),
  };
}

/** Who asks for each alone is not told of all together as well. */
export function withoutTwice<Rule extends ChoosableRule>(
  chosen: readonly Rule[],
  { id, parts }: Together,
): readonly Rule[] {
  const ids = new Set(chosen.map((rule) => rule.id));
  return Object.keys(parts).every((part) => ids.has(part)) ? chosen.filter((rule) => rule.id !== id) : chosen;
}
