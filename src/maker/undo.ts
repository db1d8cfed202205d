import { CodedError } from '../domain/coded-error.ts';
import type { StepDraft } from '../domain/action.ts';
import type { Plan } from '../domain/plan.ts';
import { loadStep, type LookDeps } from './look-again.ts';

export interface UndoDraft {
  /** What takes back each step that can be taken back, the last one first. */
  readonly steps: readonly StepDraft[];
  /** Why the others can't. */
  readonly kept: readonly string[];
}

/**
 * The draft of a plan that takes back what a plan did, from what was recorded: it goes through the same gate.
 * PLAN_NOT_UNDOABLE when nothing was done, or nothing of it can be taken back.
 */
export async function undoDraft(plan: Plan, deps: LookDeps): Promise<UndoDraft> {
  const steps: StepDraft[] = [];
  const kept: string[] = [];
  for (const progress of 'progress' in plan ? plan.progress.toReversed() : []) {
    if (progress.status !== 'done' && progress.status !== 'partial') continue;
    const step = plan.sealed.steps.find(({ id }) => id === progress.step);
    if (step === undefined) continue;
    const { action, params } = await loadStep(step, deps);
    const undo = action.undo(params, step.before, progress.receipt);
    if (undo.possible) steps.push(undo.draft);
    else kept.push(`${step.name}: ${undo.words}`);
  }
  if (steps.length > 0) return { steps, kept };
  const why = kept.length === 0 ? `it is ${plan.status} and did nothing` : kept.join('; ');
  throw new CodedError('PLAN_NOT_UNDOABLE', `nothing of plan ${plan.id} can be undone: ${why}`, {
    where: plan.id,
    next: `holdfast plan show ${plan.id}`,
  });
}
