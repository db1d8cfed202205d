import type { Finding } from './finding.ts';
import type { ModelCallId } from './id.ts';
import type { ModelRef, ModelUsage } from './model.ts';
import type { RedactedFailure } from './redaction/border.ts';
import type { Redacted } from './redaction/redacted.ts';

/**
 * What a model said of a run's news: words beside the findings, never in their place. Every name in it was found in
 * the findings it was shown.
 */
export interface Triage {
  /** Whose words these are; the last model that was asked. */
  readonly model: ModelRef;
  readonly words: TriageWords | null;
  /** Why there are no words; null when there are. */
  readonly failure: RedactedFailure | null;
  /** Why the second model was asked; null when it was not. */
  readonly escalatedBecause: Redacted<string> | null;
  readonly usage: ModelUsage;
  readonly calls: readonly ModelCallId[];
}

export interface TriageWords {
  readonly summary: Redacted<string>;
  /** A likely common cause and the findings it rests on; null when the model saw none. */
  readonly cause: { readonly text: Redacted<string>; readonly findings: readonly Finding['id'][] } | null;
  /** What to look at next; null when the model had nothing to add. */
  readonly nextLook: Redacted<string> | null;
}
