import type { Failure } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import { isModelRef, type ModelRef } from '../domain/model.ts';
import type { ModelScore, ScoredCase } from '../domain/model-score.ts';
import type { Budget } from '../domain/spending.ts';
import { modelScoresTable } from '../store/model-scores.ts';
import type { StatefulApp } from './app.ts';
import { digestOfModel } from './model-list.ts';
import { openModels, spendingOf, type ModelOptions } from './models.ts';

/** How one model did; `score` is null when it could not be asked, and then nothing is recorded. */
export interface ModelTested {
  readonly model: ModelRef;
  readonly score: ModelScore | null;
  readonly failure: Failure | null;
}

/** Twice what a model that answers at once uses. */
const BUDGET: Budget = { calls: 60, tokens: 60_000, usdPerDay: null };

/** The models that were named, or those of the configuration. USAGE when there is none. */
export function modelsToTest({ config }: StatefulApp, named: readonly string[]): readonly ModelRef[] {
  const { default: usual, escalate } = config.models;
  const wanted = named.length > 0 ? named : [usual, escalate].flatMap((model) => model ?? []);
  const [wrong] = wanted.filter((model) => !isModelRef(model));
  if (wrong !== undefined)
    throw new CodedError('USAGE', `"${wrong}" is not a model`, {
      next: 'write provider/model, such as ollama/gemma4:e4b',
    });
  if (wanted.length === 0)
    throw new CodedError('USAGE', 'no model is named, and none is configured', {
      next: 'holdfast models test ollama/gemma4:e4b',
    });
  return wanted.filter(isModelRef);
}

export async function testModel(
  app: StatefulApp,
  model: ModelRef,
  options: ModelOptions & { readonly signal: AbortSignal; onCase(one: ScoredCase): void },
): Promise<ModelTested> {
  const { runSuite } = await import('../agents/suite/run-suite.ts');
  const end = await runSuite(
    {
      use: {
        model,
        purpose: 'test',
        runbook: null,
        run: null,
        escalatedBecause: null,
        spending: spendingOf(app, BUDGET, null),
        signal: options.signal,
        timeoutMs: app.config.models.timeout,
      },
      digest: await digestOfModel(app, model, options.signal),
      at: app.surroundings.clock.now(),
      redactor: app.redactor,
      onCase: options.onCase,
    },
    openModels(app, options),
  );
  if ('failure' in end) return { model, score: null, failure: end.failure };
  modelScoresTable(app.database).write(end.score);
  return { model, score: end.score, failure: null };
}
