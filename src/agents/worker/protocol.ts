import type { JsonObject } from '../../domain/json.ts';
import type { ModelRef } from '../../domain/model.ts';
import type { Message } from '../models/message.ts';

/** What the thread is given at its start; it gets nothing else, and asks for the rest. */
export interface Task {
  readonly model: WorkerModel;
  readonly messages: readonly Message[];
  readonly tools: readonly WorkerTool[];
  /** For an answer of a given form, then there are no tools; null: words. */
  readonly schema: JsonObject | null;
  readonly steps: number;
  readonly maxOutputTokens: number;
}

export type WorkerModel =
  | {
      readonly kind: 'ollama';
      readonly url: string;
      readonly name: string;
      readonly contextTokens: number;
      readonly keepAlive: string;
      /** null: the model can't, and must not be told. */
      readonly think: false | null;
    }
  | { readonly kind: 'compatible'; readonly url: string; readonly name: string }
  /** By Mastra's own routes: `anthropic/claude-opus-4-6`. */
  | { readonly kind: 'frontier'; readonly model: ModelRef };

export interface WorkerTool {
  readonly name: string;
  readonly description: string;
  readonly input: JsonObject;
}

/** From the thread. */
export type Asks =
  | {
      readonly type: 'fetch';
      readonly id: number;
      readonly url: string;
      readonly method: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: string | null;
    }
  | { readonly type: 'tool'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly type: 'done'; readonly text: string; readonly finishReason: string | null }
  | { readonly type: 'failed'; readonly message: string };

/** To the thread. */
export type Gets =
  | {
      readonly type: 'response';
      readonly id: number;
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
    }
  | { readonly type: 'no-response'; readonly id: number; readonly message: string }
  | { readonly type: 'tool-answer'; readonly id: number; readonly text: string };
