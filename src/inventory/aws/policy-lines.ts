import { covers, type PolicyCondition, type PolicyStatement } from '../../providers/aws/reader.ts';
import { sortedSet } from './scan.ts';

/**
 * What statements say, in one line for each resource: `allow s3:getobject,s3:listbucket on arn:aws:s3:::logs/* if …`. However
 * policies put it: statements are taken apart by effect, resource and conditions, and what is said of the same is put together;
 * an action that another one there covers goes without saying.
 */
export function policyLines(statements: Iterable<PolicyStatement>): string[] {
  const actions = new Map<string, { readonly words: readonly [string, string]; readonly said: Set<string> }>();
  const whole: string[] = [];
  for (const statement of statements) {
    const { effect, resources, notResources, notActions } = statement;
    const conditions = conditionWords(statement.conditions);
    const things = notResources.length > 0 ? [`all but ${notResources.join(', ')}`] : resources;
    for (const thing of things) {
      const words = [effect.toLowerCase(), ` on ${thing}${conditions}`] as const;
      if (notActions.length > 0) {
        whole.push(`${words[0]} all but ${actionWords(notActions)}${words[1]}`);
        continue;
      }
      const key = words.join(' ');
      const known = actions.get(key) ?? { words, said: new Set() };
      actions.set(key, known);
      for (const action of statement.actions) known.said.add(action.toLowerCase());
    }
  }
  const lines = [...actions.values()].map(({ words: [effect, rest], said }) => `${effect} ${actionWords(said)}${rest}`);
  return sortedSet([...lines, ...whole]);
}

function actionWords(actions: Iterable<string>): string {
  const all = sortedSet([...actions].map((action) => action.toLowerCase()));
  return all.filter((action) => !all.some((other) => other !== action && covers(other, action))).join(',');
}

/** ` if StringEquals aws:sourceaccount [123456789012]`; empty without conditions. */
export function conditionWords(conditions: readonly PolicyCondition[]): string {
  if (conditions.length === 0) return '';
  const words = conditions.map(({ operator, key, values }) => `${operator} ${key} [${values.join(', ')}]`);
  return ` if ${words.join(' and ')}`;
}
