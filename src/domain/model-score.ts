import type { ModelRef } from './model.ts';

/** How a model did in the suite of `holdfast models test`. */
export interface ModelScore {
  readonly model: ModelRef;
  /** Of the weights, where the server tells it (Ollama); null elsewhere. A model that was pulled anew is untested. */
  readonly digest: string | null;
  /** Grows when the suite asks something else: a score of another suite counts for nothing. */
  readonly suite: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly cases: readonly ScoredCase[];
}

export interface ScoredCase {
  readonly name: string;
  readonly kind: 'summary' | 'tool' | 'refusal';
  readonly passed: boolean;
  /** What was wrong with the answer; null when it passed. */
  readonly why: string | null;
}

/** At least this part of each kind must pass before a runbook may use a model without a warning. */
export const PASS_MARK = 0.75;

export function hasPassed({ cases }: Pick<ModelScore, 'cases'>): boolean {
  return (['summary', 'tool', 'refusal'] as const).every((kind) => {
    const mine = cases.filter((one) => one.kind === kind);
    return mine.length > 0 && mine.filter((one) => one.passed).length / mine.length >= PASS_MARK;
  });
}
