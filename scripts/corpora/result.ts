/** What a judge of one corpus found, case by case. */
export interface CorpusResult {
  readonly cases: readonly CaseResult[];
  /** Lines to print beside the verdicts: a second figure. */
  readonly notes?: readonly string[];
}

export interface CaseResult {
  /** Stable within its corpus. */
  readonly id: string;
  readonly verdict: 'agree' | 'differ' | 'not-covered';
  /** Why it differs or is not covered on purpose; a difference without one is a failure. */
  readonly reason?: string;
  /** Of a case that is not covered, the rule that no check of ours answers: told together, with how many cases it has. */
  readonly rule?: string;
  /** It agrees, and a list of differences holds a reason why it does not: that is out of date, and a failure. */
  readonly outOfDate?: true;
}
