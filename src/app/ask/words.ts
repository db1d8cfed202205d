import type { AskFinding, AskRow } from '../../domain/answer.ts';
import type { AskedLook } from './looks.ts';
import type { Question } from './question.ts';

/** The answer without a model: what the checks said, in a sentence or two. */
export function wordsOf(
  question: Question,
  looks: readonly AskedLook[],
  findings: readonly AskFinding[],
  rows: readonly AskRow[],
  { healthy, there }: { readonly healthy: boolean | null; readonly there: number },
): string {
  if (looks.length === 0) return 'Nothing was looked at, so there is no answer.';
  const basis = `${count(looks.length, 'check')} looked at ${count(there, 'resource')}`;
  const worst = findings[0];
  const found =
    worst === undefined
      ? 'found nothing wrong'
      : `found ${count(findings.length, 'finding')}; the worst: ${worst.title}`;
  if (question.asksList && !question.asksHealth)
    return `${count(rows.length, 'row')}: ${basis} and ${found}.${unknownWords(looks)}`;
  // Never yes or no: `is anything broken?` and `is everything ok?` ask the same.
  if (healthy === true)
    return `Nothing is wrong: ${basis}${worst === undefined ? '' : ` and ${found} (${worst.severity})`}.`;
  if (healthy === false) return `Something is wrong: ${basis} and ${found}.${unknownWords(looks)}`;
  return `Not known: ${basis} and ${found}.${unknownWords(looks)}`;
}

function unknownWords(looks: readonly AskedLook[]): string {
  const unknown = looks.filter(({ look }) => look.outcome === 'unknown' || look.hidden.length > 0);
  const [first] = unknown;
  if (first === undefined) return '';
  const why = first.look.failure?.message ?? first.look.hidden[0]?.failure.message ?? '';
  const others = unknown.length === 1 ? '' : `, and ${count(unknown.length - 1, 'more check')} like it`;
  return ` Could not look: ${first.look.check}${others} (${why})`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
