import type { PlanId } from '../domain/id.ts';
import type { Plan, PlanStatus } from '../domain/plan.ts';
import { changePlan, exactPlan } from '../maker/change-plan.ts';
import { pursue } from '../maker/pursue.ts';
import type { JobHandler } from '../scheduler/worker.ts';
import { jobsTable } from '../store/jobs.ts';
import { ownerNow } from '../store/owner.ts';
import type { StatefulApp } from './app.ts';
import { openGate, type Gate } from './gate.ts';

/** How a plan fared, as far as whoever waits for it can see. */
export interface PlanEnd {
  readonly plan: Plan;
  /** Why it does not go on by itself at the moment; null when it has ended, or another process is at it. */
  readonly waits: string | null;
}

/** Statuses that a plan is brought out of without anybody's word. */
const UNDER_WAY: readonly PlanStatus[] = ['authorised', 'applying', 'applied'];
const POLL_MS = 150;

/**
 * Sees an authorised plan through: the running `up` applies it, and is waited for; without one this process applies
 * it itself. Ends early when `signal` is aborted: the plan stays in the queue.
 */
export async function seeThrough(
  app: StatefulApp,
  gate: Gate,
  id: PlanId,
  options: { readonly onChange: (plan: Plan) => void; readonly resume?: boolean },
): Promise<PlanEnd> {
  const { signal } = gate.context;
  let seen: PlanStatus | null = null;
  for (;;) {
    const plan = exactPlan(gate, id);
    if (plan.status !== seen) options.onChange(plan);
    seen = plan.status;
    const begun = options.resume === true || UNDER_WAY.includes(plan.status);
    if (signal.aborted || !begun) return { plan, waits: null };
    if (options.resume === true || ownerNow(app.database, app.stateDir.ownerLock) === null)
      return applyHere(app, gate, id, options.resume ?? false);
    if (gate.store.hold() !== null) return { plan, waits: 'everything is held (`holdfast release` lets it go on)' };
    await gate.sleep(POLL_MS, signal);
  }
}

/** Applies in this process; the job that was put into the queue for it is then done with. */
async function applyHere(app: StatefulApp, gate: Gate, id: PlanId, resume: boolean): Promise<PlanEnd> {
  const attempt = await pursue(id, gate, { resume });
  app.audit.sealHead();
  if (attempt.status === 'waits') return { plan: attempt.plan, waits: attempt.why };
  const jobs = jobsTable(app.database);
  app.database.transaction(() => jobs.settle(`apply:${id}:first`, gate.clock.now()));
  return { plan: attempt.plan, waits: null };
}

/** Does the jobs of kind `apply` in `up`. A plan that can't go on yet is tried again; one that has ended is done with. */
export function applyJobHandler(app: StatefulApp, onEnd: (plan: Plan) => void): JobHandler {
  return async (job, signal) => {
    const id = planIn(job.payload['plan']);
    if (id === null) return { failed: app.redactor.text(`job ${job.key} names no plan`) };
    const gate = openGate(app, { signal });
    const attempt = await pursue(id, gate);
    app.audit.sealHead();
    if (attempt.status === 'ended') {
      onEnd(attempt.plan);
      return 'done';
    }
    if (signal.aborted) return 'handed-back';
    return { failed: app.redactor.text(attempt.why) };
  };
}

function planIn(value: unknown): PlanId | null {
  return typeof value === 'string' && value.startsWith('p-') ? `p-${value.slice(2)}` : null;
}

/** Lets a plan of which a part was done, or whose outcome was unknown, go on: the operator's word. */
export async function resumeByOperator(
  app: StatefulApp,
  gate: Gate,
  id: PlanId,
  onChange: (plan: Plan) => void,
): Promise<PlanEnd> {
  const plan = exactPlan(gate, id);
  const may: readonly PlanStatus[] = ['partial', 'unknown', 'applying', 'authorised', 'applied'];
  // Said in the words of the transition: what can't be resumed says so.
  if (!may.includes(plan.status)) changePlan(gate, id, plan.sealed.origin.actor, () => ({ event: 'resume', fence: 0 }));
  return seeThrough(app, gate, id, { onChange, resume: true });
}
