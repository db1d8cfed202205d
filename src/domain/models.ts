import type { Looked } from './failure.ts';
import type { ModelCallId, RunId } from './id.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { CallPurpose, ModelRef, ModelUsage } from './model.ts';
import type { Redacted } from './redaction/redacted.ts';
import type { Spending } from './spending.ts';

/**
 * The models, as everybody else sees them. Trouble is a value with a code of MODEL_FAILURES; nothing here is ever
 * needed for a verdict. What goes in is redacted by type, and once more at the door; what comes out is plain text of a
 * stranger: check it, redact it, and make it printable before it is shown.
 */
export interface Models {
  /** One answer of a given form, without tools. An answer that does not fit the schema is asked for once more. */
  structured(request: StructuredRequest): Promise<Looked<StructuredAnswer>>;
  /** Lets the model call tools until it has said what it has to say. */
  converse(request: ConverseRequest): Promise<Looked<Conversed>>;
}

/** What every request says of itself. */
export interface ModelUse {
  readonly model: ModelRef;
  readonly purpose: CallPurpose;
  readonly runbook: string | null;
  readonly run: RunId | null;
  readonly escalatedBecause: string | null;
  readonly spending: Spending;
  readonly signal: AbortSignal;
  /** Told of every request that is made, whatever comes of it. */
  readonly onCall?: (id: ModelCallId) => void;
  /** Of the whole, milliseconds; it holds whatever the server, the model or a tool does. */
  readonly timeoutMs: number;
}

export interface StructuredRequest extends ModelUse {
  readonly system: Redacted<string>;
  readonly prompt: Redacted<string>;
  /** A closed JSON Schema of an object. */
  readonly schema: JsonObject;
  readonly maxOutputTokens: number;
  /** Why an answer of the right form won't do, said to the model at the second try; null: it will. */
  reject?(answer: JsonObject): string | null;
}

export interface StructuredAnswer {
  readonly value: JsonObject;
  readonly usage: ModelUsage;
  readonly calls: readonly ModelCallId[];
}

export interface ConverseRequest extends ModelUse {
  readonly system: Redacted<string>;
  readonly question: Redacted<string>;
  readonly tools: readonly AgentTool[];
  /** How many times the model may be asked. */
  readonly steps: number;
  /** Of one tool call, milliseconds: then the model is told that it took too long, whatever the tool does. */
  readonly toolTimeoutMs: number;
  /** Told of every tool call, whatever comes of the conversation. */
  readonly onToolCall?: (call: ToolCall) => void;
  readonly maxOutputTokens: number;
}

export interface Conversed {
  /** What it said at last. */
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage: ModelUsage;
  readonly calls: readonly ModelCallId[];
}

/** `refused`: no such tool, or arguments that its schema does not allow; the tool did not run. */
export interface ToolCall {
  readonly tool: string;
  readonly input: JsonValue;
  readonly outcome: 'answered' | 'refused' | 'failed' | 'timeout';
  readonly durationMs: number;
}

/** A read that a model may ask for. There is no tool that writes. */
export interface AgentTool {
  /** Lower-case letters, digits and `_`. */
  readonly name: string;
  readonly description: string;
  /** A closed JSON Schema of an object: input that it does not allow never reaches `run`. */
  readonly input: JsonObject;
  /** What it brings is redacted, bounded and fenced by the tool. What is thrown is told as "failed", and no more. */
  run(input: JsonObject, signal: AbortSignal): Promise<Redacted<string>>;
}
