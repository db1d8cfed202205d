import type { Plan } from '../domain/plan.ts';
import { targetKey } from '../domain/target.ts';
import { environmentOf } from '../maker/question.ts';
import type { App } from './app.ts';

/** What the operator's configuration calls a plan's target; null when it names it nowhere, or twice. */
export function environmentFor({ config }: Pick<App, 'config'>, plan: Pick<Plan, 'sealed'>): string | null {
  return environmentOf(targetKey(plan.sealed.target), config.environments);
}
