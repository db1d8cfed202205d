import { Ollama } from 'ollama';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import type { Endpoint, ModelSettings } from '../endpoint.ts';
import type { Passage } from '../door.ts';
import type { Message, Said } from './message.ts';

/** What a server says of one of its models. */
export interface OllamaModel {
  /** `gemma4:e4b`. */
  readonly name: string;
  /** Of the weights; null where it was not said. */
  readonly digest: string | null;
  /** Bytes; null where it was not said. */
  readonly size: number | null;
  /** `completion`, `tools`, `thinking`, `vision`, ... */
  readonly capabilities: readonly string[];
  /** How much the model can take in at most; null where it was not said. */
  readonly contextTokens: number | null;
}

/** How a model is asked for an answer of a given form. */
export interface OllamaAsk {
  readonly messages: readonly Message[];
  /** A JSON Schema: the server lets the model write nothing else. */
  readonly format: object;
  readonly maxOutputTokens: number;
  readonly model: OllamaModel;
}

/** What one model can do. A server that does not say what it can is told as it is: capabilities are then empty. */
export async function showModel(endpoint: Endpoint, passage: Passage): Promise<Looked<OllamaModel>> {
  return attempt(passage, async () => {
    const shown: unknown = await client(endpoint, passage).show({ model: endpoint.name });
    return {
      name: endpoint.name,
      digest: null,
      size: null,
      capabilities: textsAt(shown, 'capabilities'),
      contextTokens: contextOf(at(shown, 'model_info')),
    };
  });
}

/** All models of a server. */
export async function listModels(endpoint: Endpoint, passage: Passage): Promise<Looked<readonly OllamaModel[]>> {
  return attempt(passage, async () => {
    const listed: unknown = await client(endpoint, passage).list();
    const models = at(listed, 'models');
    return (Array.isArray(models) ? models : []).map((model: unknown) => ({
      name: textAt(model, 'name') ?? '',
      digest: textAt(model, 'digest'),
      size: numberAt(model, 'size'),
      capabilities: textsAt(model, 'capabilities'),
      contextTokens: numberAt(at(model, 'details'), 'context_length') ?? numberAt(model, 'context_length'),
    }));
  });
}

/** One answer by the native API, streamed, so that a server that fell silent is told from one that thinks. */
export async function askOllama(
  endpoint: Endpoint,
  passage: Passage,
  settings: ModelSettings,
  ask: OllamaAsk,
): Promise<Looked<Said>> {
  return attempt(passage, async () => {
    const stream = await client(endpoint, passage).chat({
      model: endpoint.name,
      messages: ask.messages.map(({ role, content }) => ({ role, content })),
      format: ask.format,
      stream: true,
      keep_alive: keepAliveText(settings.ollama.keepAlive),
      options: { num_ctx: contextFor(ask.model, settings), num_predict: ask.maxOutputTokens, temperature: 0, seed: 7 },
      ...(canThink(ask.model) ? { think: false } : {}),
    });
    let text = '';
    for await (const part of stream) text += part.message.content;
    return { text };
  });
}

/** As much as was configured, and no more than the model takes in. */
export function contextFor({ contextTokens }: OllamaModel, { ollama }: ModelSettings): number {
  return contextTokens === null ? ollama.contextTokens : Math.min(contextTokens, ollama.contextTokens);
}

/** A model that can think does so unless it is told not to, and a model that can't refuses the word. */
export function canThink({ capabilities }: OllamaModel): boolean {
  return capabilities.includes('thinking');
}

/** Go's form of a duration. */
export function keepAliveText(ms: number): string {
  return `${Math.round(ms / 1000)}s`;
}

function client({ url }: Endpoint, passage: Passage): Ollama {
  return new Ollama({ host: url, fetch: passage.send });
}

/** What the door said goes before what the library made of it. */
async function attempt<Value>(passage: Passage, work: () => Promise<Value>): Promise<Looked<Value>> {
  try {
    return seen(await work());
  } catch (error) {
    const failure = passage.failure();
    if (failure !== null) return { status: 'unknown', failure };
    return unknown('MODEL_ANSWER_INVALID', `the answer can't be read: ${error instanceof Error ? error.name : 'junk'}`);
  }
}

/** `gemma4.context_length`, whatever the family is called. */
function contextOf(info: unknown): number | null {
  if (typeof info !== 'object' || info === null) return null;
  const lengths = Object.entries(info).flatMap(([key, value]) =>
    key.endsWith('.context_length') && typeof value === 'number' ? [value] : [],
  );
  return lengths[0] ?? null;
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function textAt(value: unknown, key: string): string | null {
  const found = at(value, key);
  return typeof found === 'string' ? found : null;
}

function numberAt(value: unknown, key: string): number | null {
  const found = at(value, key);
  return typeof found === 'number' ? found : null;
}

function textsAt(value: unknown, key: string): readonly string[] {
  const found = at(value, key);
  return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
}
