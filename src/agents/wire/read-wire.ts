import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { NO_USAGE, type ModelUsage } from '../../domain/model.ts';
import { failed } from '../failed.ts';
import { errorIn, refusalOf } from './refusal.ts';
import { at, countAt, json, textAt } from './fields.ts';
import type { Wire } from './wire-of.ts';

/** What the bytes of a whole answer say of it. */
export interface WireEnd {
  readonly usage: ModelUsage;
  /** It stopped at its allowed length. */
  readonly cutOff: boolean;
}

/**
 * Whether an answer is whole, from its bytes alone: what a client library makes of half an answer differs from one to
 * the next. Ollama's API and OpenAI's chat are judged by recordings of Ollama 0.32 and llama.cpp 0.7; Anthropic's and
 * OpenAI's responses by what those two emulate; Google's by its documentation.
 */
export function readWire(wire: Wire, status: number, contentType: string, body: string): Looked<WireEnd> {
  if (status < 200 || status > 299) return { status: 'unknown', failure: refusalOf(status, body) };
  const parts = partsOf(wire, contentType, body);
  if (parts.length === 0) return unknown('MODEL_ANSWER_INVALID', 'the server answered nothing');
  if (parts.includes(undefined)) return unknown('MODEL_STREAM_ENDED', 'the answer ends in the middle of its JSON');
  const wrong = parts.map(errorIn).find((error) => error !== null);
  if (wrong !== undefined)
    return unknown('MODEL_STREAM_ERROR', `the server broke off in the middle of its answer: ${wrong.slice(0, 200)}`);
  const ends = parts.flatMap((part) => endOf(wire, part) ?? []);
  const last = ends.at(-1);
  if (last === undefined)
    return { status: 'unknown', failure: failed('MODEL_STREAM_ENDED', 'the answer ended without its end') };
  const usages = parts.map((part) => usageOf(wire, part));
  return seen({ usage: usages.reduce(latest, NO_USAGE), cutOff: last === 'length' });
}

/** The JSON documents that an answer consists of: one, or one a line, or one an event. undefined is half a document. */
function partsOf(wire: Wire, contentType: string, body: string): readonly unknown[] {
  if (contentType.startsWith('text/event-stream')) return events(body);
  if (contentType.startsWith('application/x-ndjson')) return lines(body).map(json);
  const whole = json(body);
  if (whole !== undefined || body.trim() === '') return whole === undefined ? [] : [whole];
  return wire === 'ollama' ? lines(body).map(json) : [undefined];
}

function lines(body: string): readonly string[] {
  return body.split('\n').filter((line) => line.trim() !== '');
}

/** `[DONE]` is no document: an answer is whole by its own end. */
function events(body: string): readonly unknown[] {
  return lines(body).flatMap((line) => {
    const data = /^data:\s*(.*)$/.exec(line)?.[1];
    return data === undefined || data === '[DONE]' ? [] : [json(data)];
  });
}

/** How a part says that the answer has ended; null when it does not. */
function endOf(wire: Wire, part: unknown): 'stop' | 'length' | null {
  switch (wire) {
    case 'ollama':
      if (at(part, 'done') !== true) return null;
      return textAt(part, 'done_reason') === 'length' ? 'length' : 'stop';
    case 'chat':
      return reason(textAt(part, 'choices', 0, 'finish_reason'), 'length');
    case 'responses':
      return responsesEnd(at(part, 'response') ?? part);
    case 'messages':
      return reason(textAt(part, 'stop_reason') ?? textAt(part, 'delta', 'stop_reason'), 'max_tokens');
    case 'google':
      return reason(textAt(part, 'candidates', 0, 'finishReason'), 'MAX_TOKENS');
    default:
      return wire satisfies never;
  }
}

function reason(word: string | null, cutOff: string): 'stop' | 'length' | null {
  if (word === null) return null;
  return word === cutOff ? 'length' : 'stop';
}

function responsesEnd(response: unknown): 'stop' | 'length' | null {
  const status = textAt(response, 'status');
  if (status === 'incomplete') return 'length';
  return status === 'completed' ? 'stop' : null;
}

function usageOf(wire: Wire, part: unknown): ModelUsage {
  switch (wire) {
    case 'ollama':
      return { promptTokens: countAt(part, 'prompt_eval_count'), completionTokens: countAt(part, 'eval_count') };
    case 'chat':
      return {
        promptTokens: countAt(part, 'usage', 'prompt_tokens'),
        completionTokens: countAt(part, 'usage', 'completion_tokens'),
      };
    case 'responses':
    case 'messages': {
      const usage = at(part, 'usage') ?? at(part, 'response', 'usage') ?? at(part, 'message', 'usage');
      return { promptTokens: inputOf(usage), completionTokens: countAt(usage, 'output_tokens') };
    }
    case 'google':
      return {
        promptTokens: countAt(part, 'usageMetadata', 'promptTokenCount'),
        completionTokens: countAt(part, 'usageMetadata', 'candidatesTokenCount'),
      };
    default:
      return wire satisfies never;
  }
}

/** Anthropic counts apart what it read from its cache, and what it put there. */
function inputOf(usage: unknown): number | null {
  const input = countAt(usage, 'input_tokens');
  if (input === null) return null;
  return (
    input + (countAt(usage, 'cache_read_input_tokens') ?? 0) + (countAt(usage, 'cache_creation_input_tokens') ?? 0)
  );
}

/** Of a stream each part may bring a piece of it; what came last holds. */
function latest(before: ModelUsage, part: ModelUsage): ModelUsage {
  return {
    promptTokens: part.promptTokens ?? before.promptTokens,
    completionTokens: part.completionTokens ?? before.completionTokens,
  };
}
