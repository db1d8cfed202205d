import { endpointOf, FRONTIER, type ModelSettings } from '../agents/endpoint.ts';
import { unknown, type Looked } from '../domain/failure.ts';
import type { RunId } from '../domain/id.ts';
import { isModelRef, type ModelRef } from '../domain/model.ts';
import type { Models } from '../domain/models.ts';
import { createSpending, type Budget, type Spending } from '../domain/spending.ts';
import { modelCallsTable } from '../store/model-calls.ts';
import type { StatefulApp } from './app.ts';
import { modelKey } from './model-keys.ts';

const DAY_MS = 86_400_000;

/** What a command may use when nobody says otherwise. */
export const USUAL_BUDGET: Budget = { calls: 20, tokens: 60_000, usdPerDay: null };

export interface ModelOptions {
  /** `--local-only`: stricter than the configuration, never laxer. */
  readonly localOnly?: boolean;
}

/** The models of this app. Nothing is asked, and nothing large is loaded, before the first request. */
export function openModels(app: StatefulApp, options: ModelOptions = {}): Models {
  const open = async (): Promise<Models> => (await import('../agents/models.ts')).openModels(modelsDeps(app, options));
  return {
    structured: async (request) => (await open()).structured(request),
    converse: async (request) => (await open()).converse(request),
  };
}

/** What models are opened with. */
export function modelsDeps(app: StatefulApp, { localOnly = false }: ModelOptions = {}) {
  const calls = modelCallsTable(app.database);
  const { clock, random } = app.surroundings;
  return {
    settings: modelSettings(app, localOnly),
    clock,
    random,
    redactor: app.redactor,
    keyOf: (provider: string): Promise<Looked<string | null>> => keyOf(app, provider),
    record: { begin: calls.begin, end: calls.end },
  };
}

export function modelSettings({ config: { models }, surroundings }: StatefulApp, localOnly = false): ModelSettings {
  return {
    localOnly: localOnly || models.localOnly,
    ollama: { ...models.ollama, url: models.ollama.url ?? null },
    ollamaHost: surroundings.env['OLLAMA_HOST'] ?? null,
    endpoints: Object.fromEntries(
      Object.entries(models.endpoints).map(([name, { url, contextTokens }]) => [
        name,
        { url, contextTokens: contextTokens ?? null },
      ]),
    ),
    prices: models.prices,
    silenceMs: models.silence,
  };
}

/** How much a model takes in by the configuration; null: not known. */
export function contextTokensOf(app: StatefulApp, model: ModelRef): number | null {
  const endpoint = endpointOf(model, modelSettings(app));
  return endpoint.status === 'seen' ? endpoint.value.contextTokens : null;
}

/** The model that is meant: the one that was named, else the one of the configuration. */
export function chosenModel(app: StatefulApp, named: string | null): Looked<ModelRef> {
  const model = named ?? app.config.models.default ?? null;
  if (model === null)
    return unknown('MODEL_NONE', 'no model is configured: name one with --model, or `holdfast models use <model>`');
  return isModelRef(model)
    ? { status: 'seen', value: model }
    : unknown('MODEL_NONE', `"${model}" is not a model; write provider/model, such as ollama/gemma4:e4b`);
}

/**
 * What may be used by one run of a runbook, less what it used already, or by one command (null). The configuration's own limit of a day holds over
 * all of them; what was spent today at a price that nobody knows uses it up.
 */
export function spendingOf(
  app: StatefulApp,
  budget: Budget,
  runbook: string | null,
  run: RunId | null = null,
): Spending {
  const calls = modelCallsTable(app.database);
  const dayBegan = startOfDay(app.surroundings.clock.now());
  const own = createSpending(
    budget,
    budget.usdPerDay === null ? 0 : calls.usdSince(dayBegan, runbook),
    run === null ? undefined : calls.usedBy(run),
  );
  const { usdPerDay } = app.config.models;
  if (usdPerDay === undefined) return own;
  const all = createSpending({ calls: null, tokens: null, usdPerDay }, calls.usdSince(dayBegan, null));
  return {
    refuse: (next) => own.refuse(next) ?? all.refuse(next),
    add: (usage, usd) => {
      own.add(usage, usd);
      all.add(usage, usd);
    },
    spent: () => own.spent(),
  };
}

/** A day of UTC: the same for every time zone that this machine is carried through. */
function startOfDay(now: number): number {
  return now - (now % DAY_MS);
}

/** A frontier model needs a key; a server of one's own may have none. */
async function keyOf(app: StatefulApp, provider: string): Promise<Looked<string | null>> {
  const isFrontier = Object.hasOwn(FRONTIER, provider);
  const endpoint = Object.hasOwn(app.config.models.endpoints, provider)
    ? app.config.models.endpoints[provider]
    : undefined;
  if (!isFrontier && endpoint?.keyEnv === undefined) return { status: 'seen', value: null };
  return modelKey(app, provider);
}
