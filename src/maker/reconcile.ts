import type { Reconciled } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import type { Looked } from '../domain/failure.ts';
import type { SealedPlan, SealedStep, StepProgress } from '../domain/plan.ts';
import { movedSince } from '../domain/preconditions.ts';
import { redactFailure } from '../domain/redaction/border.ts';
import { loadStep, type LoadedStep, type LookDeps } from './look-again.ts';

/**
 * What became of a step that was begun, by reading the target and nothing else; null: certainly nothing, so that
 * it may be begun anew. What can't be read stays unknown.
 */
export async function readOutcome(
  plan: SealedPlan,
  step: SealedStep,
  deps: LookDeps & { readonly clock: Clock },
): Promise<StepProgress | null> {
  const loaded = await loadStep(step, deps);
  const read = await reconciled(plan, loaded, deps);
  const at = deps.clock.now();
  if (read.status === 'unknown')
    return { step: step.id, at, status: 'unknown', failure: redactFailure(deps.redactor, read.failure) };
  switch (read.value.status) {
    case 'not-done':
      return null;
    case 'done':
      return { step: step.id, at, status: 'done', receipt: deps.redactor.data(read.value.receipt) };
    case 'partial':
      return {
        step: step.id,
        at,
        status: 'partial',
        receipt: deps.redactor.data(read.value.receipt),
        failure: redactFailure(deps.redactor, read.value.failure),
      };
    default:
      return read.value satisfies never;
  }
}

async function reconciled(plan: SealedPlan, loaded: LoadedStep, deps: LookDeps): Promise<Looked<Reconciled>> {
  const { action, step, reader, params } = loaded;
  const { context } = deps;
  const identified = await action.identify(reader, params, context);
  if (identified.status === 'unknown') return identified;
  const observed = await action.observe(reader, params, context);
  if (observed.status === 'unknown') return observed;
  const moved = movedSince(plan, step, identified.value, observed.value);
  if (moved.some(({ path }) => path.startsWith('target.')))
    return unknownFor('TARGET_SWITCHED', 'the target is another than the one that the step was begun on');
  const inHand = { params, sealed: step, observed: observed.value, idempotencyKey: `${plan.id}-${step.id}` };
  if (action.reconcile !== undefined) return action.reconcile(reader, inHand, context);
  const verified = await action.verify(reader, { params, sealed: step, receipt: {} }, context);
  if (verified.status === 'unknown') return verified;
  if (verified.value.asPromised) return { status: 'seen', value: { status: 'done', receipt: {} } };
  if (moved.length === 0) return { status: 'seen', value: { status: 'not-done' } };
  const message = `${moved.map(({ path }) => path).join(', ')} is neither as before nor as promised`;
  return { status: 'seen', value: { status: 'partial', receipt: {}, failure: { code: 'NEITHER', message } } };
}

function unknownFor(code: string, message: string): Looked<Reconciled> {
  return { status: 'unknown', failure: { code, message } };
}
