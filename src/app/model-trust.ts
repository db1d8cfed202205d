import { SUITE } from '../agents/suite/cases.ts';
import type { ModelRef } from '../domain/model.ts';
import { hasPassed, type ModelScore } from '../domain/model-score.ts';
import type { Runbook } from '../domain/runbook.ts';
import { modelScoresTable } from '../store/model-scores.ts';
import type { StatefulApp } from './app.ts';
import { chosenModel } from './models.ts';

/** What the suite said of a model: an old suite, or other weights, say nothing. */
export type Trust = 'passed' | 'failed' | 'untested';

export function trustOf(score: ModelScore | null, digest: string | null): Trust {
  if (score === null || score.suite !== SUITE) return 'untested';
  if (digest !== null && score.digest !== null && digest !== score.digest) return 'untested';
  return hasPassed(score) ? 'passed' : 'failed';
}

/** What is to be said of a runbook's model before it is asked; null: it passed the suite, or none is asked. */
export function modelWarning(app: StatefulApp, { agent, form, tasks, instructions }: Runbook): string | null {
  const asks =
    agent === null ? form === 'heartbeat' && (tasks.length > 0 || instructions !== '') : agent.when !== 'never';
  const model = asks ? chosenModel(app, agent?.model ?? null) : null;
  return model?.status === 'seen' ? warningOf(app, model.value) : null;
}

export function warningOf(app: StatefulApp, model: ModelRef): string | null {
  switch (trustOf(modelScoresTable(app.database).of(model), null)) {
    case 'passed':
      return null;
    case 'failed':
      return `${model} did not pass the suite: its words are checked, and may be of little use (holdfast models list)`;
    case 'untested':
      return `${model} is untested: holdfast models test ${model}`;
  }
}
