import * as z from 'zod';
import type { Rule } from './problems.ts';

/** A rule of a posture check; one that is `optional` is a matter of opinion, and only asked by name or with `all`. */
export interface ChoosableRule extends Rule {
  readonly optional?: true;
}

/** What every posture check takes: which of its rules are asked, and whether the cluster's own parts are looked at. */
export function ruleChoiceShape(rules: readonly ChoosableRule[]) {
  const ids = rules.map(({ id }) => id);
  return {
    rules: z
      .array(z.enum(['default', 'all', ...ids, ...ids.map((id) => `-${id}`)]))
      .default(['default'])
      .describe(
        'Which rules: `default` (all that are no matter of opinion), `all`, names, and names with a `-` before them to leave one out: `[default, -some-rule]`.',
      ),
    system: z
      .boolean()
      .default(false)
      .describe('Look at what belongs to the cluster itself, too: kube-system and its like, and what Kubernetes made.'),
  };
}

/** In the order of the table. Only names that leave out, and nothing else, leave out of the default. */
export function chosenRules<Chosen extends ChoosableRule>(
  rules: readonly Chosen[],
  wanted: readonly string[],
): readonly Chosen[] {
  const isLess = wanted.every((word) => word.startsWith('-'));
  const named = new Set(isLess ? ['default', ...wanted] : wanted);
  return rules.filter(
    ({ id, optional }) =>
      !named.has(`-${id}`) && (named.has('all') || named.has(id) || (named.has('default') && optional !== true)),
  );
}

const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** What holds the cluster itself, as Kubernetes sets it up. */
export function isSystemNamespace(namespace: string | undefined): boolean {
  return namespace !== undefined && SYSTEM_NAMESPACES.has(namespace);
}

/** One line each for a check's description: the ids of its rules, with severity; those that are optional marked. */
export function rulesInWords(rules: readonly ChoosableRule[]): string {
  return rules
    .map(({ id, severity, title, optional }) => {
      const words = title.replaceAll('{about}', '…');
      return `- **${id}** (${severity}${optional === true ? ', optional' : ''}) ${words}`;
    })
    .join('\n');
}
