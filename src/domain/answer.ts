import type { CheckId, ResourceId } from './check.ts';
import type { ModelCallId } from './id.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { ModelRef } from './model.ts';
import type { MonthlyCost } from './money.ts';
import type { RedactedDraft, RedactedFailure } from './redaction/border.ts';
import type { Redacted } from './redaction/redacted.ts';
import type { Spent } from './spending.ts';

/**
 * What `ask` says. `healthy`, `findings` and `rows` come from checks alone; a model adds statements, each with the
 * exhibits it rests on, and can take nothing away.
 */
export interface Answer {
  readonly question: Redacted<string>;
  /** The answer in words: by a model when one answered, else by the checks. */
  readonly text: Redacted<string>;
  readonly by: 'model' | 'checks';
  /**
   * True: everything that the question is about was looked at, and nothing is wrong with it. False: a finding.
   * null: not known, or not a question about health. True rests only on checks that were chosen without a model.
   */
  readonly healthy: boolean | null;
  readonly findings: readonly AskFinding[];
  /** Rows of a question that asks for a list; empty otherwise. */
  readonly rows: readonly AskRow[];
  readonly exhibits: readonly Exhibit[];
  readonly statements: readonly Statement[];
  /** Every check that was asked, by whom it was chosen, and how it went. */
  readonly checks: readonly AskedCheck[];
  /** Checks whose findings of earlier runs the question is about as well: those that are not asked anew for it. */
  readonly about: readonly CheckId[];
  /** What the reader should know: that no model was asked, that something was not looked at. */
  readonly notes: readonly Redacted<string>[];
  readonly model: ModelRef | null;
  /** Why the model gave no answer; null when it did, or none was asked. */
  readonly failure: RedactedFailure | null;
  readonly calls: readonly ModelCallId[];
  readonly spent: Spent;
}

export interface AskFinding extends RedactedDraft {
  readonly check: CheckId;
  readonly resource: Redacted<ResourceId>;
  readonly name: Redacted<string>;
}

export interface AskRow {
  readonly id: Redacted<ResourceId>;
  readonly name: Redacted<string>;
  /** `pod`, `bucket`, `mount`: what stands in the id. */
  readonly type: Redacted<string>;
  readonly region: Redacted<string> | null;
  readonly monthlyCost: MonthlyCost | null;
  readonly facts: Redacted<JsonObject>;
}

/** Something that was read to answer a question: what a statement can rest on. */
export interface Exhibit {
  /** `e1`, `e2`, ... in the order in which they were read. */
  readonly id: `e${number}`;
  /** The tool or check that read it. */
  readonly source: string;
  readonly input: JsonValue;
  /** What was read, as the model was shown it, without the fence. */
  readonly text: Redacted<string>;
}

/** A sentence of a model. `unsupported`: it names or counts what is in none of its exhibits, or rests on none. */
export interface Statement {
  readonly text: Redacted<string>;
  readonly exhibits: readonly Exhibit['id'][];
  readonly support: 'supported' | 'unsupported';
}

export interface AskedCheck {
  readonly id: CheckId;
  readonly chosenBy: 'route' | 'model';
  readonly outcome: 'ok' | 'findings' | 'unknown';
  readonly failure: RedactedFailure | null;
  readonly looked: number;
  readonly hidden: number;
}
