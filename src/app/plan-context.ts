import type { PlanContext } from '../documents/plan.ts';
import type { Plan } from '../domain/plan.ts';
import { targetKey } from '../domain/target.ts';
import { environmentOf } from '../maker/question.ts';
import type { App, StatefulApp } from './app.ts';
import { broughtBy } from './plans.ts';

/** What the operator's configuration calls a plan's target; null when it names it nowhere, or twice. */
function environmentFor({ config }: Pick<App, 'config'>, plan: Pick<Plan, 'sealed'>): string | null {
  return environmentOf(targetKey(plan.sealed.target), config.environments);
}

/** What is known of a plan beside what was sealed: for whoever shows it. */
export function contextOf(app: StatefulApp, plan: Plan): PlanContext {
  return { environment: environmentFor(app, plan), broughtBy: broughtBy(app, plan) };
}
