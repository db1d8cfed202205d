import { CodedError } from '../domain/coded-error.ts';
import type { PlanId } from '../domain/id.ts';
import type { Plan } from '../domain/plan.ts';
import { targetKey } from '../domain/target.ts';
import { applyPlan, recoverPlan, resumePlan, type ApplyDeps, type Attempt } from './apply.ts';
import { exactPlan } from './change-plan.ts';
import { settleUnknown } from './settle-unknown.ts';
import { verifyPlan, type VerifyDeps } from './verify.ts';

export interface PursueDeps extends ApplyDeps, VerifyDeps {
  /** The lock of a target, which the kernel frees when its process dies; null while another process holds it. */
  lockTarget(target: string): { release(): void } | null;
}

/** How long a plan waits for another one of the same target, and how often it looks. */
const BUSY_MS = 120_000;
const POLL_MS = 100;

/**
 * Brings a plan as far as it may go: applies an authorised one, takes up one whose process died, reads one whose
 * outcome is unknown, verifies one that was applied. `resume` is the operator's word for one that is partly done.
 * One applier per target: PLAN_TARGET_BUSY when another one does not end.
 */
export async function pursue(
  id: PlanId,
  deps: PursueDeps,
  options: { readonly resume: boolean } = { resume: false },
): Promise<Attempt> {
  const lock = await lockOf(targetKey(exactPlan(deps, id).sealed.target), deps);
  try {
    const attempt = await attemptOf(exactPlan(deps, id), deps, options.resume);
    if (attempt.status === 'waits' || attempt.plan.status !== 'applied') return attempt;
    const verified = await verifyPlan({ ...attempt.plan, status: 'applied' }, deps);
    return verified === null
      ? { status: 'waits', plan: attempt.plan, why: 'Holdfast is stopping' }
      : { status: 'ended', plan: verified };
  } finally {
    lock.release();
  }
}

async function attemptOf(plan: Plan, deps: PursueDeps, resume: boolean): Promise<Attempt> {
  switch (plan.status) {
    case 'authorised':
      return applyPlan(plan, deps);
    case 'applying':
      return recoverPlan(plan, deps);
    case 'unknown':
      return settleUnknown({ ...plan, status: 'unknown' }, deps);
    case 'partial':
      return resume ? resumePlan({ ...plan, status: 'partial' }, deps) : { status: 'ended', plan };
    default:
      return { status: 'ended', plan };
  }
}

async function lockOf(target: string, deps: PursueDeps): Promise<{ release(): void }> {
  const deadline = deps.clock.monotonic() + BUSY_MS;
  for (;;) {
    const lock = deps.lockTarget(target);
    if (lock !== null) return lock;
    if (deps.context.signal.aborted || deps.clock.monotonic() > deadline) {
      throw new CodedError('PLAN_TARGET_BUSY', `another plan is being applied to ${target}`, {
        where: target,
        next: '`holdfast plan list` shows it; try again when it has ended',
      });
    }
    await deps.sleep(POLL_MS, deps.context.signal);
  }
}
