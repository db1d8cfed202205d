/** What a judge of one corpus found, case by case. */
export interface CorpusResult {
  readonly cases: readonly CaseResult[];
}

export interface CaseResult {
  /** Stable within its corpus. */
  readonly id: string;
  readonly verdict: 'agree' | 'differ' | 'not-covered';
  /** Why it differs or is not covered on purpose; a difference without one is a failure. */
  readonly reason?: string;
}
