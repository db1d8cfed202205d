import * as z from 'zod';
import type { FindingDraft, Seen } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';

/** One condition of a table of rules that holds at an object, with the fields that say so. */
export interface Problem {
  /** Id of the rule. */
  readonly rule: string;
  /** Field paths and what stands there; null: nothing, which is the problem. */
  readonly fields: readonly Field[];
  /** What completes the rule's title: `container app`, `Secret db-credentials`. Sorted and joined, several share a finding. */
  readonly about?: string;
}

export interface Field {
  readonly path: string;
  readonly value: string | number | boolean | null;
}

/** What a rule says when it holds. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** `runs privileged`: after the object's name; `{about}` stands for what it is about. */
  readonly title: string;
  readonly why: string;
  readonly next: string;
}

const problemFacts = z.object({
  problems: z.array(
    z.object({
      rule: z.string(),
      about: z.string().optional(),
      fields: z.array(z.object({ path: z.string(), value: z.union([z.string(), z.number(), z.boolean(), z.null()]) })),
    }),
  ),
});

/** How an observation holds problems. */
export function problemsAsFacts(problems: readonly Problem[]): JsonObject {
  return {
    problems: problems.map(({ rule, about, fields }) => ({
      rule,
      ...(about === undefined ? {} : { about }),
      fields: fields.map(({ path, value }) => ({ path, value })),
    })),
  };
}

/** One finding for each rule that holds at the object, with every field that says so as evidence. */
export function judgeProblems(seen: Seen, rules: readonly Rule[]): readonly FindingDraft[] {
  const parsed = problemFacts.safeParse(seen.facts);
  if (!parsed.success) return [];
  const byRule = Map.groupBy(parsed.data.problems, ({ rule }) => rule);
  return rules.flatMap((rule) => {
    const problems = byRule.get(rule.id);
    return problems === undefined ? [] : [draftOf(seen, rule, problems)];
  });
}

/** More is said in numbers. */
const SHOWN = 5;

function draftOf(
  seen: Seen,
  rule: Rule,
  problems: readonly { readonly about?: string | undefined; readonly fields: readonly Field[] }[],
): FindingDraft {
  const abouts = [...new Set(problems.flatMap(({ about }) => (about === undefined ? [] : [about])))].toSorted();
  const shown = abouts.slice(0, SHOWN).map(printable).join(', ');
  const more = abouts.length > SHOWN ? ` and ${abouts.length - SHOWN} more` : '';
  return {
    discriminator: rule.id,
    severity: rule.severity,
    title: `${seen.name} ${rule.title.replace('{about}', () => `${shown}${more}`)}`,
    why: rule.why,
    next: rule.next,
    evidence: problems.flatMap(({ fields }) =>
      fields.map(({ path, value }) => ({
        label: printable(path),
        value: typeof value === 'string' ? printable(value) : value,
        source: printable(seen.name),
      })),
    ),
  };
}
