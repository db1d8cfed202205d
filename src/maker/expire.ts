import type { Actor } from '../domain/actor.ts';
import type { Plan } from '../domain/plan.ts';
import { writeEvent } from './change-plan.ts';
import type { GateDeps } from './gate-deps.ts';

const CLOCK: Actor = { kind: 'holdfast', name: 'clock' };

/** Ends plans that waited too long for a decision, and grants that were not used in time; returns them. */
export function expireDue(deps: GateDeps): readonly Plan[] {
  const at = deps.clock.now();
  const due = deps.store.list({ statuses: ['queued', 'authorised'], limit: 10_000 }).filter((plan) => isOver(plan, at));
  if (due.length === 0) return [];
  return deps.store.transaction(() =>
    due.flatMap(({ id }) => {
      const current = deps.store.byId(id).find((plan) => plan.id === id);
      return current !== undefined && isOver(current, at)
        ? [writeEvent(deps, current, CLOCK, { event: 'expire' }, at)]
        : [];
    }),
  );
}

function isOver(plan: Plan, at: number): boolean {
  if (plan.status !== 'queued' && plan.status !== 'authorised') return false;
  return at >= plan.sealed.expiresAt || (plan.status === 'authorised' && at >= plan.grant.expiresAt);
}
