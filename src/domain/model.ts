import type { ModelCallId, RunId } from './id.ts';
import type { Redacted } from './redaction/redacted.ts';

/** `provider/model`: `ollama/gemma4:e4b`, `anthropic/claude-opus-4-6`, `lab/qwen3` of an endpoint named `lab`. */
export type ModelRef = `${string}/${string}`;

/** The two halves of a reference; null when it is none. A model's name may hold further `/`. */
export function parseModelRef(text: string): { readonly provider: string; readonly model: string } | null {
  const match = /^([a-z0-9][a-z0-9-]{0,40})\/([!-~]{1,200})$/.exec(text);
  const [, provider = '', model = ''] = match ?? [];
  return match === null ? null : { provider, model };
}

export function isModelRef(text: string): text is ModelRef {
  return parseModelRef(text) !== null;
}

/**
 * Why a model gave no answer that can be used; each a Failure's code. None of them changes a verdict:
 * what the checks say stands.
 */
export const MODEL_FAILURES = {
  MODEL_NONE: 'no model is configured for this',
  MODEL_NOT_ALLOWED: 'the model is not on this machine, and models elsewhere are forbidden',
  MODEL_NO_KEY: 'the key of a frontier model is neither in the environment nor in the credential helper',
  MODEL_NO_SERVER: 'nothing answers at the address of the model',
  MODEL_UNKNOWN: 'the server has no such model',
  MODEL_NO_TOOLS: 'the model can not call tools',
  MODEL_BUSY: 'the server has no room for another request',
  MODEL_CONTEXT_TOO_LONG: 'what was asked is longer than the model can take in',
  MODEL_CUT_OFF: 'the answer was cut off at its allowed length',
  MODEL_STREAM_ENDED: 'the answer ended without its end',
  MODEL_STREAM_ERROR: 'an error came in the middle of the answer',
  MODEL_SILENT: 'the server fell silent',
  MODEL_TOO_SLOW: 'the answer took longer than it may',
  MODEL_TOO_LARGE: 'the answer is larger than any honest one',
  MODEL_ANSWER_INVALID: 'the answer is empty, or not of the form that was asked for, or speaks of what there is not',
  MODEL_REFUSED: 'the server refused the request',
  MODEL_BUDGET: 'the budget is used up',
  MODEL_WITHHELD: 'what was to be asked could not be redacted, or could not be recorded, so it was not sent',
  MODEL_STEPS: 'the model went on calling tools and never answered',
} as const;
export type ModelFailureCode = keyof typeof MODEL_FAILURES;

/** What a request to a model was for. */
export type CallPurpose = 'triage' | 'ask' | 'prose' | 'draft' | 'research' | 'test';

/** Tokens as the server counted them; null where it did not say. */
export interface ModelUsage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

export const NO_USAGE: ModelUsage = { promptTokens: null, completionTokens: null };

/** One request to a model: that it was made, where to, what it cost, and, when it left this machine, what it said. */
export interface ModelCall {
  readonly id: ModelCallId;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly model: ModelRef;
  readonly purpose: CallPurpose;
  /** Scheme, host and port: `http://127.0.0.1:11434`. */
  readonly endpoint: string;
  /** False for a loopback address. */
  readonly leavesMachine: boolean;
  readonly runbook: string | null;
  readonly run: RunId | null;
  /** Why this was asked of another model than the first: `critical finding`; null when it was not. */
  readonly escalatedBecause: Redacted<string> | null;
  /** The body exactly as it was sent; kept only when it left the machine. */
  readonly request: Redacted<string> | null;
  readonly requestBytes: number;
  /** null while it is under way, and for ever when this process died in between. */
  readonly ended: ModelCallEnd | null;
}

export interface ModelCallEnd {
  readonly outcome: 'answered' | ModelFailureCode;
  readonly usage: ModelUsage;
  /** In US dollars by the operator's own prices; null: not known. */
  readonly usd: number | null;
  readonly durationMs: number;
}
