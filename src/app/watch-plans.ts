import type { Plan, PlanStatus } from '../domain/plan.ts';
import { targetKey } from '../domain/target.ts';
import { expireDue } from '../maker/expire.ts';
import type { StatefulApp } from './app.ts';
import type { Gate } from './gate.ts';
import type { Log } from './log-entry.ts';
import type { Telling } from './telling.ts';

/** What `up` does about plans beside applying them. */
export interface PlanWatch {
  /**
   * After every round: what waited too long expires, what waits no longer is not told any more, and what a process
   * that died left in the middle is taken up.
   */
  tick(): void;
  /** When the applier is done with one. */
  ended(plan: Plan): void;
}

/** Ends that the operator should know of though they did not ask. */
const BAD: readonly PlanStatus[] = ['stale', 'failed', 'partial', 'unknown', 'unverified', 'revoked'];
const LOOK_MS = 10_000;
/** Statuses that a plan does not stay in while somebody is at it. */
const IN_THE_MIDDLE: readonly PlanStatus[] = ['applying', 'applied', 'unknown'];

export function watchPlans(app: StatefulApp, gate: Gate, telling: Telling, log: Log): PlanWatch {
  const { clock } = app.surroundings;
  let looked = Number.NEGATIVE_INFINITY;
  return {
    tick: () => {
      if (clock.monotonic() - looked < LOOK_MS) return;
      looked = clock.monotonic();
      for (const { id, sealed } of expireDue(gate))
        log('info', 'plan-expired', `${id} expired: ${sealed.title}`, { plan: id });
      for (const id of telling.toldPlans()) {
        const waits = gate.store.byId(id).some((plan) => plan.id === id && plan.status === 'queued');
        if (!waits) telling.planWaitsNoLonger(id);
      }
      takeUp(gate, log);
      app.audit.sealHead();
    },
    ended: (plan) => {
      const why = plan.reason === null ? '' : ` (${plan.reason})`;
      const text = `Plan ${plan.id} is ${plan.status}${why}: ${plan.sealed.title}`;
      if (BAD.includes(plan.status)) telling.trouble('PLAN_ENDED_BADLY', plan.id, text, 'high');
      else log('info', 'plan', text, { plan: plan.id, status: plan.status });
    },
  };
}

/** Whoever applies a plan holds the lock of its target; where it is free, nobody does. One job for each time it got stuck. */
function takeUp(gate: Gate, log: Log): void {
  for (const plan of gate.store.list({ statuses: IN_THE_MIDDLE, limit: 100 })) {
    const lock = gate.lockTarget(targetKey(plan.sealed.target));
    if (lock === null) continue;
    lock.release();
    if (gate.enqueue(plan)) log('warning', 'plan-taken-up', `${plan.id} was left ${plan.status}`, { plan: plan.id });
  }
}
