import type { StatefulApp } from '../app/app.ts';
import { contextOf } from '../app/plan-context.ts';
import type { Gate } from '../app/gate.ts';
import { resumeByOperator, seeThrough, type PlanEnd } from '../app/plan-apply.ts';
import { planDocument } from '../documents/plan.ts';
import type { Plan } from '../domain/plan.ts';
import { EXIT, say, type Door } from './door.ts';
import { planExit } from './plan-exit.ts';
import { present } from './present.ts';
import { planOutcome } from './views/plan-human.ts';

/** Sees a plan through to its end, says how it goes, shows it, and gives its exit code. */
export async function followPlan(
  door: Door,
  app: StatefulApp,
  gate: Gate,
  plan: Plan,
  options: { readonly resume: boolean } = { resume: false },
): Promise<number> {
  const onChange = ({ id, status }: Plan): void => {
    if (UNDER_WAY.includes(status)) say(door, app, `${id} is ${status}.`);
  };
  const end = options.resume
    ? await resumeByOperator(app, gate, plan.id, onChange)
    : await seeThrough(app, gate, plan.id, { onChange });
  const context = contextOf(app, end.plan);
  present(door, app, {
    human: () => planOutcome(end.plan, door.terminal.columns, door.terminal.style),
    json: () => ['plan', planDocument(end.plan, context)],
  });
  return exitOf(door, app, gate, end);
}

/** What it becomes in the end is shown anyhow. */
const UNDER_WAY: readonly Plan['status'][] = ['authorised', 'applying', 'applied'];

function exitOf(door: Door, app: StatefulApp, gate: Gate, { plan, waits }: PlanEnd): number {
  if (waits !== null) say(door, app, `It waits: ${waits}.`);
  if (gate.context.signal.aborted) return EXIT.interrupted;
  return planExit(plan.status, waits !== null && gate.store.hold() !== null);
}
