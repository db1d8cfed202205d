import type { CaseResult } from '../result.ts';
import { reasonOf } from './all-rules.ts';
import type { Said } from './ask.ts';
import type { KubernetesCorpus } from './rule-map.ts';

/** A case that no check of ours answers. */
export function notCovered(id: string, rule: string): CaseResult {
  return { id, verdict: 'not-covered', reason: 'no check of ours answers this rule', rule };
}

/** How much of a corpus is covered, and how much of that agrees. */
export function shareOf(cases: readonly CaseResult[]): string {
  const covered = cases.filter(({ verdict }) => verdict !== 'not-covered');
  const agreeing = covered.filter(({ verdict }) => verdict === 'agree');
  return `${percent(covered.length, cases.length)} covered; of those ${percent(agreeing.length, covered.length)} agree`;
}

function percent(some: number, all: number): string {
  // Rounded down: a target is reached when it is.
  return all === 0 ? 'none' : `${Math.floor((some / all) * 1_000) / 10} %`;
}

/** Judges a case; one that can't be read is a difference, and not the end of the others. */
export async function judgeOne(
  corpus: KubernetesCorpus,
  id: string,
  agrees: () => Promise<boolean>,
): Promise<CaseResult> {
  try {
    return verdictOf(corpus, id, await agrees());
  } catch (error) {
    console.log(`${corpus}/${id} could not be judged: ${error instanceof Error ? error.message : String(error)}`);
    return { id, verdict: 'differ' };
  }
}

/** Agreement, or a difference with its reason where one is known. */
function verdictOf(corpus: KubernetesCorpus, id: string, agrees: boolean): CaseResult {
  const reason = reasonOf(corpus, id);
  if (agrees) return { id, verdict: 'agree', ...(reason === null ? {} : { outOfDate: true }) };
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
