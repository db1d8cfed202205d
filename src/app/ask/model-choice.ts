import type { Looked } from '../../domain/failure.ts';
import type { ModelRef } from '../../domain/model.ts';
import type { Budget } from '../../domain/spending.ts';
import type { StatefulApp } from '../app.ts';
import { chosenModel } from '../models.ts';

/** Which model is to be asked, if any. */
export interface ModelChoice {
  /** null: the one of the configuration. */
  readonly named: string | null;
  /** True: none is asked. */
  readonly none: boolean;
  readonly localOnly: boolean;
  /** null: the usual one of a command. */
  readonly budget: Budget | null;
  readonly purpose: 'ask' | 'prose';
  readonly runbook: string | null;
}

/** null: none was named and none is configured, or none is wanted. */
export function asksModel(app: StatefulApp, choice: ModelChoice): Looked<ModelRef> | null {
  if (choice.none) return null;
  const chosen = chosenModel(app, choice.named);
  return chosen.status === 'unknown' && choice.named === null ? null : chosen;
}
