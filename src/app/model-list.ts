import { endpointOf, FRONTIER } from '../agents/endpoint.ts';
import type { OllamaModel } from '../agents/models/ollama.ts';
import { createSpending } from '../domain/spending.ts';
import type { Looked } from '../domain/failure.ts';
import type { ModelRef } from '../domain/model.ts';
import { isModelRef } from '../domain/model.ts';
import { redactFailure, type RedactedFailure } from '../domain/redaction/border.ts';
import { modelScoresTable } from '../store/model-scores.ts';
import type { StatefulApp } from './app.ts';
import { modelKey } from './model-keys.ts';
import { modelsDeps } from './models.ts';
import { trustOf, type Trust } from './model-trust.ts';

/** A model that could be asked, or a provider of whose models nothing is known. */
export interface ListedModel {
  /** `ollama/gemma4:e4b`; of a frontier provider `anthropic/…`, as nobody lists its models here. */
  readonly model: string;
  readonly leavesMachine: boolean;
  /** null: not known before it is asked. */
  readonly capabilities: readonly string[] | null;
  readonly contextTokens: number | null;
  /** Bytes; null: not known. */
  readonly size: number | null;
  readonly trust: Trust | null;
  readonly role: 'default' | 'escalate' | null;
  /** Why it can't be asked now; null when it can. */
  readonly failure: RedactedFailure | null;
}

/** How long a server may take to say what it has, milliseconds. */
const PATIENCE_MS = 5_000;

/** Everything that could be asked: a server that is away is a row with the reason. */
export async function listModels(app: StatefulApp, signal: AbortSignal): Promise<readonly ListedModel[]> {
  const providers = [
    'ollama',
    ...Object.keys(app.config.models.endpoints).filter((name) => !Object.hasOwn(FRONTIER, name)),
  ];
  const served = await Promise.all(providers.map((provider) => modelsOf(app, provider, signal)));
  const frontier = await Promise.all(Object.keys(FRONTIER).map((provider) => frontierOf(app, provider)));
  return [...served.flat(), ...frontier];
}

async function modelsOf(app: StatefulApp, provider: string, signal: AbortSignal): Promise<readonly ListedModel[]> {
  const listed = await ask(app, provider, signal);
  const endpoint = endpointFor(app, provider);
  if (listed.status === 'unknown')
    return [
      {
        ...row(app, `${provider}/…`, endpoint?.leavesMachine ?? false),
        failure: redactFailure(app.redactor, listed.failure),
      },
    ];
  // What is no name of a model could not be asked for, and would only spoil the list.
  const named = listed.value.filter(({ name }) => isModelRef(`${provider}/${name}`));
  if (named.length === 0)
    return [
      {
        ...row(app, `${provider}/…`, endpoint?.leavesMachine ?? false),
        failure: redactFailure(app.redactor, { code: 'MODEL_UNKNOWN', message: 'the server has no models' }),
      },
    ];
  return named.map(({ name, capabilities, contextTokens, size, digest }) => {
    const ref = `${provider}/${name}`;
    return {
      ...row(app, ref, endpoint?.leavesMachine ?? false),
      capabilities: provider === 'ollama' ? capabilities : null,
      contextTokens,
      size,
      trust: isModelRef(ref) ? trustOf(modelScoresTable(app.database).of(ref), digest) : null,
    };
  });
}

async function ask(app: StatefulApp, provider: string, signal: AbortSignal): Promise<Looked<readonly OllamaModel[]>> {
  const endpoint = endpointFor(app, provider);
  if (endpoint === null) return { status: 'seen', value: [] };
  const [{ openDoor }, { listModels: listOllama }, { listServed }] = await Promise.all([
    import('../agents/door.ts'),
    import('../agents/models/ollama.ts'),
    import('../agents/models/served.ts'),
  ]);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const use = {
    model: endpoint.model,
    purpose: 'test',
    runbook: null,
    run: null,
    escalatedBecause: null,
    spending: createSpending({ calls: 0, tokens: 0, usdPerDay: 0 }),
    signal: limit,
    timeoutMs: PATIENCE_MS,
  } as const;
  const passage = openDoor(endpoint, use, limit, { ...modelsDeps(app), priceOf: () => null });
  return provider === 'ollama' ? listOllama(endpoint, passage) : listServed(endpoint, passage);
}

function endpointFor(app: StatefulApp, provider: string) {
  const any: ModelRef = `${provider}/any`;
  const endpoint = endpointOf(any, modelsDeps(app).settings);
  return endpoint.status === 'seen' ? endpoint.value : null;
}

async function frontierOf(app: StatefulApp, provider: string): Promise<ListedModel> {
  const key = await modelKey(app, provider);
  const endpoint = endpointFor(app, provider);
  const { localOnly } = app.config.models;
  const away = endpoint?.leavesMachine ?? true;
  const failure =
    localOnly && away
      ? { code: 'MODEL_NOT_ALLOWED', message: 'models elsewhere than on this machine are forbidden (models.localOnly)' }
      : key.status === 'unknown'
        ? key.failure
        : null;
  return {
    ...row(app, `${provider}/…`, away),
    failure: failure === null ? null : redactFailure(app.redactor, failure),
  };
}

function row(app: StatefulApp, model: string, leavesMachine: boolean): ListedModel {
  const { default: usual, escalate } = app.config.models;
  const role = model === usual ? 'default' : model === escalate ? 'escalate' : null;
  return {
    model,
    leavesMachine,
    capabilities: null,
    contextTokens: null,
    size: null,
    trust: null,
    role,
    failure: null,
  };
}

/** The digest of a model's weights, where its server tells it. */
export async function digestOfModel(app: StatefulApp, model: ModelRef, signal: AbortSignal): Promise<string | null> {
  if (!model.startsWith('ollama/')) return null;
  const listed = await ask(app, 'ollama', signal);
  const found = listed.status === 'seen' ? listed.value.find(({ name }) => `ollama/${name}` === model) : undefined;
  return found?.digest ?? null;
}
