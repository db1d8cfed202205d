import type { Plan, PlanIn } from '../domain/plan.ts';
import { exactPlan, writeEvent } from './change-plan.ts';
import { APPLIER } from './claim.ts';
import type { GateDeps } from './gate-deps.ts';
import { loadStep, type LookDeps } from './look-again.ts';

export interface VerifyDeps extends GateDeps, LookDeps {
  /** Waits; ends early when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Reads again what an applied plan promised, after the changes had time to show. What can't be read is not
 * verified. Returns null when it was stopped while it waited: the plan stays applied, to be verified later.
 */
export async function verifyPlan(plan: PlanIn<'applied'>, deps: VerifyDeps): Promise<Plan | null> {
  const loaded = await Promise.all(plan.sealed.steps.map((step) => loadStep(step, deps)));
  await deps.sleep(Math.max(...loaded.map(({ action }) => action.settleMs)), deps.context.signal);
  if (deps.context.signal.aborted) return null;
  const seen: string[] = [];
  let asPromised = true;
  for (const { action, step, reader, params } of loaded) {
    const progress = plan.progress.find((candidate) => candidate.step === step.id);
    const receipt = progress !== undefined && 'receipt' in progress ? progress.receipt : {};
    const verified = await action.verify(reader, { params, sealed: step, receipt }, deps.context);
    if (verified.status === 'unknown') {
      asPromised = false;
      seen.push(`${step.name} could not be looked at: ${verified.failure.message}`);
    } else {
      asPromised &&= verified.value.asPromised;
      seen.push(...verified.value.seen);
    }
  }
  return deps.store.transaction(() =>
    writeEvent(
      deps,
      exactPlan(deps, plan.id),
      APPLIER,
      { event: 'verify', asPromised, seen: seen.map((sentence) => deps.redactor.text(sentence)), reason: null },
      deps.clock.now(),
    ),
  );
}
