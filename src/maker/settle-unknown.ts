import type { Plan, PlanIn, StepProgress } from '../domain/plan.ts';
import { outcomeOf, stepOf, type ApplyDeps, type Attempt } from './apply.ts';
import { exactPlan, writeEvent } from './change-plan.ts';
import { APPLIER } from './claim.ts';
import { readOutcome } from './reconcile.ts';

/** A plan whose outcome nobody could say: read again, never repeated. It stays unknown as long as it can't be read. */
export async function settleUnknown(plan: PlanIn<'unknown'>, deps: ApplyDeps): Promise<Attempt> {
  const settled: StepProgress[] = [];
  for (const progress of plan.progress) {
    if (progress.status !== 'unknown' && progress.status !== 'intent') {
      settled.push(progress);
      continue;
    }
    const read = await readOutcome(plan.sealed, stepOf(plan, progress.step), deps);
    if (read?.status === 'unknown')
      return { status: 'waits', plan, why: `${progress.step} could not be looked at: ${read.failure.message}` };
    if (read !== null) settled.push(read);
  }
  const outcome = outcomeOf({ sealed: plan.sealed, progress: settled });
  if (outcome === 'unknown') return { status: 'waits', plan, why: 'its outcome is still not known' };
  const reason = outcome === 'applied' ? null : deps.redactor.text('what took effect was read from the target');
  return {
    status: 'ended',
    plan: deps.store.transaction(
      (): Plan =>
        writeEvent(
          deps,
          exactPlan(deps, plan.id),
          APPLIER,
          { event: 'reconcile', outcome, progress: settled, reason },
          deps.clock.now(),
        ),
    ),
  };
}
