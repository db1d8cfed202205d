import type { Mistake } from '../domain/mistake.ts';

/** Nobody reads more than these at once; what is left shows when they are put right. */
const MOST_MISTAKES = 100;

/** The mistakes of a file from top to bottom; of too many the errors are kept. */
export function inOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
  return mistakes.toSorted(errorsFirst).slice(0, MOST_MISTAKES).toSorted(byPlace);
}

function errorsFirst(a: Mistake, b: Mistake): number {
  return Number(b.level === 'error') - Number(a.level === 'error');
}

/** By line, then by column. */
export function byPlace(a: Mistake, b: Mistake): number {
  return a.where.line - b.where.line || a.where.column - b.where.column;
}
