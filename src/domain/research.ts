import type { AskedCheck, AskFinding } from './answer.ts';
import type { ModelCallId } from './id.ts';
import type { ModelRef } from './model.ts';
import type { RedactedFailure } from './redaction/border.ts';
import type { Redacted } from './redaction/redacted.ts';

export const RESEARCH_CATEGORIES = ['health', 'posture', 'hygiene', 'drift', 'expiry'] as const;
export type ResearchCategory = (typeof RESEARCH_CATEGORIES)[number];

export interface ResearchFinding extends AskFinding {
  /** `1`, `2`, ... worst first: what groups speak of. */
  readonly number: number;
  readonly category: ResearchCategory;
}

/** Findings that share a ground, by a fact that both have. */
export interface FindingGroup {
  /** Numbers, the one nearest to the cause first. */
  readonly findings: readonly number[];
  /** `on node-a`, `about prod/web`: by which facts they are one. */
  readonly because: readonly Redacted<string>[];
}

/** One look at everything that is connected. Nothing of it is kept. */
export interface Research {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly scope: readonly string[];
  readonly providers: readonly string[];
  readonly missing: readonly { readonly provider: string; readonly why: Redacted<string> }[];
  readonly checks: readonly AskedCheck[];
  readonly findings: readonly ResearchFinding[];
  readonly groups: readonly FindingGroup[];
  /** Dollars a month that findings say are at stake, by currency; only where they are known. */
  readonly monthlyCost: readonly { readonly amount: number; readonly currency: string; readonly findings: number }[];
  /** A model's words about it; null: none was asked, or it had none. */
  readonly words: {
    readonly model: ModelRef;
    readonly summary: Redacted<string>;
    readonly calls: readonly ModelCallId[];
  } | null;
  readonly failure: RedactedFailure | null;
}
