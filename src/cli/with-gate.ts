import { openApp, type StatefulApp } from '../app/app.ts';
import { openGate, type Gate } from '../app/gate.ts';
import { contextOf } from '../app/plan-context.ts';
import { planDocument } from '../documents/plan.ts';
import type { Plan } from '../domain/plan.ts';
import type { Door } from './door.ts';
import { onInterrupt } from './interrupt.ts';
import { present } from './present.ts';
import { planCard } from './views/plan-human.ts';

/** Opens the app and its gate for one command; Ctrl-C asks what is under way to stop. */
export async function withGate(
  door: Door,
  work: (app: StatefulApp, gate: Gate) => number | Promise<number>,
  options: { readonly durable?: boolean } = {},
): Promise<number> {
  const app = openApp(door.surroundings, door.options);
  const interrupt = onInterrupt();
  try {
    return await work(app, openGate(app, { signal: interrupt.signal, ...options }));
  } finally {
    interrupt.done();
    app.close();
  }
}

/** Prints a plan: its card, or its document. */
export function presentPlan(door: Door, app: StatefulApp, plan: Plan): void {
  const context = contextOf(app, plan);
  present(door, app, {
    human: () =>
      planCard(plan, {
        now: door.surroundings.clock.now(),
        columns: door.terminal.columns,
        style: door.terminal.style,
        ...context,
      }),
    json: () => ['plan', planDocument(plan, context)],
  });
}
