import { unknown, type Looked } from '../domain/failure.ts';
import type { Clock } from '../domain/clock.ts';
import type {
  Conversed,
  ConverseRequest,
  Models,
  ModelUse,
  StructuredAnswer,
  StructuredRequest,
} from '../domain/models.ts';
import { openDoor, type DoorDeps, type Passage } from './door.ts';
import { endpointOf, type Endpoint, type ModelSettings } from './endpoint.ts';
import { failed } from './failed.ts';
import type { Message, Said } from './models/message.ts';
import type { OllamaModel } from './models/ollama.ts';
import { answerIn, objectSchema } from './object-schema.ts';
import { createToolbox } from './toolbox.ts';
import type { WorkerModel } from './worker/protocol.ts';

export interface ModelsDeps extends Omit<DoorDeps, 'settings' | 'priceOf'> {
  readonly settings: ModelSettings;
}

/** Opens the models: nothing is asked, and nothing large is loaded, before the first request. */
export function openModels(deps: ModelsDeps): Models {
  return {
    structured: (request) => inTime(request, deps, (way) => structured(request, way)),
    converse: (request) => inTime(request, deps, (way) => converse(request, way)),
  };
}

/** The way of one use: its endpoint, its passage through the door, and how long it has. */
interface Way {
  readonly endpoint: Endpoint;
  readonly passage: Passage;
  readonly signal: AbortSignal;
  readonly settings: ModelSettings;
  readonly clock: Clock;
}

async function inTime<Value>(
  use: ModelUse,
  deps: ModelsDeps,
  work: (way: Way) => Promise<Looked<Value>>,
): Promise<Looked<Value>> {
  const { settings } = deps;
  const endpoint = endpointOf(use.model, settings);
  if (endpoint.status === 'unknown') return endpoint;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), use.timeoutMs);
  const signal = AbortSignal.any([use.signal, limit.signal]);
  try {
    const passage = openDoor(endpoint.value, use, signal, {
      ...deps,
      priceOf: ({ model }) => priceOf(model, settings),
    });
    return await work({ endpoint: endpoint.value, passage, signal, settings, clock: deps.clock });
  } finally {
    clearTimeout(timer);
    limit.abort();
  }
}

function priceOf(model: string, { prices }: ModelSettings) {
  return Object.hasOwn(prices, model) ? (prices[model] ?? null) : null;
}

/** How often an answer is asked for: once, and once more when it won't do. */
const TRIES = 2;

async function structured(request: StructuredRequest, way: Way): Promise<Looked<StructuredAnswer>> {
  const schema = objectSchema(request.schema);
  let messages: readonly Message[] = [
    { role: 'system', content: request.system },
    { role: 'user', content: request.prompt },
  ];
  for (let attempt = 1; ; attempt += 1) {
    const said = await ask(messages, request, way);
    if (said.status === 'unknown' && said.failure.code !== 'MODEL_ANSWER_INVALID') return said;
    const text = said.status === 'seen' ? said.value.text : '';
    const read = said.status === 'seen' ? answerIn(text, schema) : { value: null, wrong: said.failure.message };
    const wrong = read.value === null ? read.wrong : (request.reject?.(read.value) ?? null);
    if (read.value !== null && wrong === null)
      return { status: 'seen', value: { value: read.value, usage: way.passage.usage(), calls: way.passage.calls() } };
    if (attempt === TRIES)
      // A refused answer is not quoted to people: it is a stranger's text, and what it named is not there.
      return unknown(
        'MODEL_ANSWER_INVALID',
        `${request.model} gave no answer that will do: ${read.value === null ? wrong : 'it names or counts what it was not shown'}`,
      );
    messages = [...messages, ...again(text, wrong ?? '')];
  }
}

/** Half an answer is not repeated to the model: it would go on with it. */
function again(text: string, wrong: string): readonly Message[] {
  return [
    ...(text.trim() === '' ? [] : [{ role: 'assistant', content: text.slice(0, 2_000) } as const]),
    { role: 'user', content: `That answer will not do: ${wrong}. Answer again, in the form that was asked for.` },
  ];
}

async function ask(messages: readonly Message[], request: StructuredRequest, way: Way): Promise<Looked<Said>> {
  const { endpoint, passage, signal, settings } = way;
  const { schema, maxOutputTokens } = request;
  if (endpoint.kind === 'ollama') {
    const { askOllama, showModel } = await import('./models/ollama.ts');
    const model = await showModel(endpoint, passage);
    if (model.status === 'unknown') return model;
    return askOllama(endpoint, passage, settings, { messages, format: schema, maxOutputTokens, model: model.value });
  }
  const { runTask } = await import('./worker/run-task.ts');
  const task = { model: workerModel(endpoint, null, settings), messages, tools: [], schema, steps: 1, maxOutputTokens };
  return runTask(task, passage, () => Promise.resolve('there are no tools'), signal);
}

async function converse(request: ConverseRequest, way: Way): Promise<Looked<Conversed>> {
  const { endpoint, passage, signal, settings, clock } = way;
  const shown = await capabilitiesOf(way);
  if (shown.status === 'unknown') return shown;
  const { runTask } = await import('./worker/run-task.ts');
  const toolbox = createToolbox(request.tools, {
    timeoutMs: request.toolTimeoutMs,
    signal,
    clock,
    onToolCall: request.onToolCall,
  });
  const said = await runTask(
    {
      model: workerModel(endpoint, shown.value, settings),
      messages: [
        { role: 'system', content: request.system },
        { role: 'user', content: request.question },
      ],
      tools: request.tools.map(({ name, description, input }) => ({ name, description, input })),
      schema: null,
      steps: request.steps,
      maxOutputTokens: request.maxOutputTokens,
    },
    passage,
    toolbox.call,
    signal,
  );
  if (said.status === 'unknown') return said;
  if (said.value.finishReason === 'tool-calls')
    return {
      status: 'unknown',
      failure: failed('MODEL_STEPS', `${request.model} called tools ${request.steps} times and never answered`),
    };
  if (said.value.text.trim() === '') return unknown('MODEL_ANSWER_INVALID', `${request.model} answered nothing`);
  const { text } = said.value;
  return {
    status: 'seen',
    value: { text, toolCalls: toolbox.calls(), usage: passage.usage(), calls: passage.calls() },
  };
}

/** Ollama says beforehand what a model can; elsewhere it shows when it is asked. */
async function capabilitiesOf({ endpoint, passage }: Way): Promise<Looked<OllamaModel | null>> {
  if (endpoint.kind !== 'ollama') return { status: 'seen', value: null };
  const { showModel } = await import('./models/ollama.ts');
  const shown = await showModel(endpoint, passage);
  if (shown.status === 'seen' && !shown.value.capabilities.includes('tools'))
    return unknown('MODEL_NO_TOOLS', `${endpoint.model} can not call tools; \`holdfast models list\` shows which can`);
  return shown;
}

function workerModel(endpoint: Endpoint, model: OllamaModel | null, settings: ModelSettings): WorkerModel {
  switch (endpoint.kind) {
    case 'ollama':
      return {
        kind: 'ollama',
        url: endpoint.url,
        name: endpoint.name,
        contextTokens: Math.min(model?.contextTokens ?? Number.POSITIVE_INFINITY, settings.ollama.contextTokens),
        keepAlive: `${Math.round(settings.ollama.keepAlive / 1000)}s`,
        think: model?.capabilities.includes('thinking') === true ? false : null,
      };
    case 'compatible':
      return { kind: 'compatible', url: endpoint.url, name: endpoint.name };
    case 'frontier':
      return { kind: 'frontier', model: endpoint.model };
    default:
      return endpoint.kind satisfies never;
  }
}
