import type { CaseResult } from '../result.ts';
import { reasonOf } from './all-rules.ts';
import type { Said } from './ask.ts';
import type { KubernetesCorpus } from './rule-map.ts';

/** A case that no check of ours answers. */
export function notCovered(id: string, rule: string): CaseResult {
  return { id, verdict: 'not-covered', reason: 'no check of ours answers this rule', rule };
}

/** Agreement, or a difference with its reason where one is known. */
export function verdictOf(corpus: KubernetesCorpus, id: string, agrees: boolean): CaseResult {
  if (agrees) return { id, verdict: 'agree' };
  const reason = reasonOf(corpus, id);
  return reason === null ? { id, verdict: 'differ' } : { id, verdict: 'differ', reason };
}

/** The cases whose ids hold this text are run, and what was said is printed: `--only <text>`. */
export const only: string | null = optionOf('--only');

function optionOf(name: string): string | null {
  const at = process.argv.indexOf(name);
  return at === -1 ? null : (process.argv[at + 1] ?? null);
}

export function isWanted(id: string): boolean {
  return only === null || id.includes(only);
}

/** What was said of a case, for whoever asked for it with --only. */
export function explain(id: string, expected: string, said: readonly Said[]): void {
  if (only === null) return;
  console.log(`${id}\n  expected: ${expected}`);
  for (const { check, discriminator, kind, namespace, name, title } of said)
    console.log(`  said: ${check} ${discriminator} ${kind}/${namespace ?? ''}/${name}: ${title}`);
}
