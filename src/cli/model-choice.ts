import type { ModelChoice } from '../app/ask/model-choice.ts';

/** `--model`, `--no-model` and `--local-only`, as commander gives them. */
export function modelChoice(options: Readonly<Record<string, unknown>>, purpose: ModelChoice['purpose']): ModelChoice {
  const { model } = options;
  return {
    named: typeof model === 'string' ? model : null,
    none: model === false,
    localOnly: options['localOnly'] === true,
    budget: null,
    purpose,
    runbook: null,
  };
}
