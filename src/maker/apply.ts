import type { ProviderDeps } from '../domain/provider-deps.ts';
import type { Observed, StepOutcome } from '../domain/action.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Grant } from '../domain/grant.ts';
import type { Plan, PlanIn, SealedStep, StepProgress } from '../domain/plan.ts';
import type { PlanEvent } from '../domain/plan-transition.ts';
import type { Policy } from '../domain/policy.ts';
import { redactFailure } from '../domain/redaction/border.ts';
import { targetKey } from '../domain/target.ts';
import { exactPlan, writeEvent } from './change-plan.ts';
import { APPLIER, claim, otherEngine, refuseClockBefore, refuseEnded, whyNoLonger, type ClaimDeps } from './claim.ts';
import { lookAgain, type LoadedStep, type LookDeps } from './look-again.ts';
import { readOutcome } from './reconcile.ts';

export interface ApplyDeps extends ClaimDeps, LookDeps {
  /** What writers are made from; only `apply` of an action is given it. */
  readonly provider: ProviderDeps;
  /** The policy that gave a grant, as it is now; null when it is no longer to be believed. */
  policyOf(plan: { readonly grant: Grant }): Promise<Policy | null>;
}

/** What became of an attempt to apply. */
export type Attempt =
  | { readonly status: 'ended'; readonly plan: Plan }
  /** It stands as it stood, and may be tried again: everything is held, or something could not be looked at. */
  | { readonly status: 'waits'; readonly plan: Plan; readonly why: string };

/**
 * Carries out an authorised plan. Whoever calls holds the lock of its target. Everything is read again first; what
 * moved makes it stale. Then the grant is used up, and step by step: intent on disk, the call, the outcome on disk.
 * Stops at the first step that is not done. No model is asked anything, and nothing is repaired: that is a new plan.
 */
export async function applyPlan(plan: PlanIn<'authorised'>, deps: ApplyDeps): Promise<Attempt> {
  // First, because the actions of another Holdfast can't be looked with.
  const other = otherEngine(deps, plan);
  if (other !== null) return ended(deps, plan, { event: 'stale', moved: [], reason: deps.redactor.text(other) });
  for (const step of plan.sealed.steps) {
    const look = await lookAgain(plan.sealed, step, deps);
    if (look.status === 'unknown')
      return { status: 'waits', plan, why: `${step.name} could not be looked at: ${look.failure.message}` };
    if (look.status === 'moved') {
      const reason = deps.redactor.text(`${look.moved.map(({ path }) => path).join(', ')} moved since it was sealed`);
      return ended(deps, plan, { event: 'stale', moved: look.moved, reason });
    }
  }
  const claimed = claim(deps, plan, await policyFor(plan, deps));
  switch (claimed.status) {
    case 'held':
      return { status: 'waits', plan, why: 'everything is held (`holdfast release` lets it go on)' };
    case 'ended':
      return claimed;
    case 'claimed':
      return carryOut(claimed.plan, deps);
    default:
      return claimed satisfies never;
  }
}

async function policyFor(plan: { readonly grant: Grant }, deps: ApplyDeps): Promise<Policy | null> {
  return plan.grant.kind === 'policy' ? deps.policyOf(plan) : null;
}

/**
 * After a part was done: goes on under the same grant, if what remains is as it was sealed. The operator's word.
 * PLAN_STATE when the plan has expired, or its policy does not allow it now.
 */
export function resumePlan(plan: PlanIn<'partial'>, deps: ApplyDeps): Promise<Attempt> {
  refuseEnded(deps, plan);
  return takeOver(plan, deps);
}

/**
 * A plan whose process died in the middle. What it was doing is settled by reading, never by repeating; what was
 * not begun is then carried out under the same grant, unless that no longer holds: then it ends as far as it came.
 */
export async function recoverPlan(plan: PlanIn<'applying'>, deps: ApplyDeps): Promise<Attempt> {
  refuseEnded(deps, plan);
  let current: Plan = plan;
  for (const { step: id, status } of plan.progress) {
    if (status !== 'intent') continue;
    const progress = await readOutcome(plan.sealed, stepOf(plan, id), deps);
    current = writeNow(
      deps,
      plan,
      progress === null ? { event: 'not-done', step: id } : { event: 'progress', progress },
    );
  }
  if (current.status !== 'applying') throw lost(plan);
  const halted = current.progress.find(({ status }) => status !== 'done');
  if (halted !== undefined) return finish(current, deps, `${halted.step} was interrupted`);
  return takeOver(current, deps);
}

async function takeOver(plan: PlanIn<'applying' | 'partial'>, deps: ApplyDeps): Promise<Attempt> {
  const other = otherEngine(deps, plan);
  if (other !== null)
    throw new CodedError('PLAN_NEWER', `plan ${plan.id} can't go on: ${other}`, {
      where: plan.id,
      next: plan.status === 'partial' ? `holdfast plan abandon ${plan.id}` : 'use the Holdfast that began it',
    });
  if (deps.store.hold() !== null) return { status: 'waits', plan, why: 'everything is held' };
  const policy = await policyFor(plan, deps);
  const at = deps.clock.now();
  refuseClockBefore(deps, at);
  const why = whyNoLonger(deps, plan, policy, at);
  if (why !== null && plan.status === 'applying') return finish(plan, deps, why);
  if (why !== null) throw mayNotGoOn(plan, why);
  const resumed = deps.store.transaction(() => {
    const fence = deps.store.nextFence(targetKey(plan.sealed.target));
    const detail = { fence, grant: plan.grant.id, again: true };
    return writeEvent(deps, exactPlan(deps, plan.id), APPLIER, { event: 'resume', fence }, deps.clock.now(), {
      verb: 'apply-began',
      detail,
    });
  });
  if (resumed.status !== 'applying') throw lost(plan);
  return carryOut(resumed, deps);
}

/** The steps that are not done yet, one after the other. */
async function carryOut(plan: PlanIn<'applying'>, deps: ApplyDeps): Promise<Attempt> {
  let current = plan;
  for (const step of plan.sealed.steps) {
    if (current.progress.some((progress) => progress.step === step.id)) continue;
    if (deps.context.signal.aborted) return { status: 'waits', plan: current, why: 'Holdfast is stopping' };
    if (deps.store.hold() !== null) return finish(current, deps, 'everything was held in the middle');
    const progress = await doStep(current, step, deps);
    current = writeProgress(current, progress, deps);
    if (progress.status !== 'done') return finish(current, deps, wordsOf(progress));
  }
  return finish(current, deps, null);
}

/** One step: looked at once more, begun on disk, done, and what came of it. */
async function doStep(plan: PlanIn<'applying'>, step: SealedStep, deps: ApplyDeps): Promise<StepProgress> {
  const at = (): number => deps.clock.now();
  const look = await lookAgain(plan.sealed, step, deps);
  if (look.status === 'unknown') return refusedStep(step, at(), 'failed', redactFailure(deps.redactor, look.failure));
  if (look.status === 'moved') {
    const message = `${look.moved.map(({ path }) => path).join(', ')} moved since it was sealed`;
    return refusedStep(step, at(), 'moved', redactFailure(deps.redactor, { code: 'MOVED', message }));
  }
  writeProgress(plan, { step: step.id, at: at(), status: 'intent' }, deps);
  const outcome = await call(plan, look.loaded, look.observed, deps);
  if (outcome.status !== 'unknown') return progressOf(step, outcome, at(), deps);
  const read = await readOutcome(plan.sealed, step, deps);
  return read ?? refusedStep(step, at(), 'failed', redactFailure(deps.redactor, outcome.failure));
}

/** The one call that writes. What it throws leaves the outcome unknown, not failed. */
async function call(
  plan: Plan,
  { action, step, params }: LoadedStep,
  observed: Observed,
  deps: ApplyDeps,
): Promise<StepOutcome> {
  const inHand = { params, sealed: step, observed, idempotencyKey: `${plan.id}-${step.id}` };
  try {
    return await action.apply(inHand, { ...deps.context, provider: deps.provider });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 'unknown', failure: { code: 'INTERRUPTED', message } };
  }
}

function progressOf(step: SealedStep, outcome: StepOutcome, at: number, deps: ApplyDeps): StepProgress {
  switch (outcome.status) {
    case 'done':
      return { step: step.id, at, status: 'done', receipt: receiptOf(outcome.receipt, deps) };
    case 'refused':
      return refusedStep(step, at, outcome.because, redactFailure(deps.redactor, outcome.failure));
    case 'partial':
      return {
        step: step.id,
        at,
        status: 'partial',
        receipt: receiptOf(outcome.receipt, deps),
        failure: redactFailure(deps.redactor, outcome.failure),
      };
    case 'unknown':
      return { step: step.id, at, status: 'unknown', failure: redactFailure(deps.redactor, outcome.failure) };
    default:
      return outcome satisfies never;
  }
}

/** A receipt holds ids, places and counts; what looks like a secret in one is replaced all the same. */
export function receiptOf(receipt: JsonObject, { redactor }: Pick<ApplyDeps, 'redactor'>): JsonObject {
  const redacted: JsonObject | string = redactor.data(receipt);
  return typeof redacted === 'string' ? { withheld: redacted } : redacted;
}

type Refused = Extract<StepProgress, { status: 'refused' }>;

function refusedStep(step: SealedStep, at: number, because: Refused['because'], failure: Refused['failure']): Refused {
  return { step: step.id, at, status: 'refused', because, failure };
}

/** Writes how far a step came, unless another process took over the target: then this one must stop. */
function writeProgress(plan: PlanIn<'applying'>, progress: StepProgress, deps: ApplyDeps): PlanIn<'applying'> {
  const written = deps.store.transaction(() => {
    const current = exactPlan(deps, plan.id);
    const ours = current.status === 'applying' && current.fence === plan.fence;
    if (!ours || deps.store.fence(targetKey(plan.sealed.target)) !== plan.fence) throw lost(plan);
    return writeEvent(deps, current, APPLIER, { event: 'progress', progress }, deps.clock.now(), {
      verb: progress.status === 'intent' ? 'step-intent' : 'step-outcome',
      detail: stepDetail(plan, progress),
    });
  });
  if (written.status !== 'applying') throw lost(plan);
  return written;
}

function stepDetail(plan: Plan, progress: StepProgress): JsonObject {
  const { action, resource, summary } = stepOf(plan, progress.step);
  return {
    step: progress.step,
    action,
    resource,
    summary,
    status: progress.status,
    ...('failure' in progress ? { failure: { ...progress.failure } } : {}),
    ...('receipt' in progress ? { receipt: progress.receipt } : {}),
  };
}

/** How the plan ends, from how far its steps came. */
function finish(plan: PlanIn<'applying'>, deps: ApplyDeps, reason: string | null): Attempt {
  const outcome = outcomeOf(plan);
  // All was done: what would have kept it from going on is no news of it.
  const told = reason === null || outcome === 'applied' ? null : deps.redactor.text(reason);
  return ended(deps, plan, { event: 'finish', outcome, reason: told });
}

export function outcomeOf({
  sealed,
  progress,
}: Pick<PlanIn<'applying'>, 'sealed' | 'progress'>): 'applied' | 'partial' | 'failed' | 'unknown' {
  if (progress.some(({ status }) => status === 'unknown' || status === 'intent')) return 'unknown';
  const done = progress.filter(({ status }) => status === 'done').length;
  if (done === sealed.steps.length) return 'applied';
  return done > 0 || progress.some(({ status }) => status === 'partial') ? 'partial' : 'failed';
}

function ended(deps: ApplyDeps, plan: Plan, event: PlanEvent): Attempt {
  return { status: 'ended', plan: writeNow(deps, plan, event) };
}

function writeNow(deps: ApplyDeps, { id }: Plan, event: PlanEvent): Plan {
  return deps.store.transaction(() => writeEvent(deps, exactPlan(deps, id), APPLIER, event, deps.clock.now()));
}

export function stepOf({ id, sealed }: Plan, step: string): SealedStep {
  const found = sealed.steps.find((candidate) => candidate.id === step);
  if (found === undefined) throw new CodedError('INTERNAL', `plan ${id} has no step ${step}`);
  return found;
}

function wordsOf(progress: StepProgress): string {
  const failure = 'failure' in progress ? `: ${progress.failure.message}` : '';
  return `${progress.step} is ${progress.status}${failure}`;
}

function mayNotGoOn({ id }: Plan, why: string): CodedError {
  return new CodedError('PLAN_STATE', `plan ${id} can't go on: ${why}`, {
    where: id,
    next: `holdfast plan abandon ${id}, and make a new plan for the rest`,
  });
}

function lost({ id }: Plan): CodedError {
  return new CodedError('PLAN_FENCE_LOST', `another process took over the target of plan ${id}`, {
    where: id,
    next: `holdfast plan show ${id}`,
  });
}
