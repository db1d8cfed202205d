import type { Action, ActionCatalog, ActionContext, Observed } from '../domain/action.ts';
import type { Failure } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { Moved, SealedPlan, SealedStep } from '../domain/plan.ts';
import { movedSince, type Difference } from '../domain/preconditions.ts';
import { printableStart } from '../domain/printable.ts';
import type { Redactor } from '../domain/redaction/redacted.ts';
import { providerOf } from './seal.ts';

export interface LookDeps {
  readonly catalog: ActionCatalog;
  readerOf(provider: string): Promise<unknown>;
  readonly context: ActionContext;
  readonly redactor: Redactor;
}

/** A step with its action, its reader and its parameters, ready to be looked at. */
export interface LoadedStep {
  readonly step: SealedStep;
  readonly action: Action;
  readonly reader: unknown;
  readonly params: unknown;
}

/** How a sealed step's world is now. */
export type LookedAgain =
  | { readonly status: 'same'; readonly loaded: LoadedStep; readonly observed: Observed }
  | { readonly status: 'moved'; readonly moved: readonly Moved[] }
  | { readonly status: 'unknown'; readonly failure: Failure };

/** Loads the action of exactly the version that the step was sealed with; PLAN_NEWER when this Holdfast has it not. */
export async function loadStep(step: SealedStep, deps: LookDeps): Promise<LoadedStep> {
  const action = await actionOf(step, deps.catalog);
  const params = action.params.safeParse(step.params);
  if (!params.success) {
    throw new CodedError('INTERNAL', `the sealed parameters of ${step.action} are no longer taken`, { where: step.id });
  }
  return { step, action, reader: await deps.readerOf(providerOf(action)), params: params.data };
}

async function actionOf({ id, action }: SealedStep, catalog: ActionCatalog): Promise<Action> {
  try {
    return await catalog.load(action);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'NOT_FOUND') throw error;
    throw new CodedError('PLAN_NEWER', `this Holdfast does not have ${action}, which the plan was sealed with`, {
      where: id,
      next: 'use the Holdfast that sealed it, or make a new plan',
      cause: error,
    });
  }
}

/** Reads identity and every precondition again, and compares with what was sealed. */
export async function lookAgain(plan: SealedPlan, step: SealedStep, deps: LookDeps): Promise<LookedAgain> {
  const loaded = await loadStep(step, deps);
  const { action, reader, params } = loaded;
  const identified = await action.identify(reader, params, deps.context);
  if (identified.status === 'unknown') return identified;
  const observed = await action.observe(reader, params, deps.context);
  if (observed.status === 'unknown') return observed;
  const differences = movedSince(plan, step, identified.value, observed.value);
  return differences.length === 0
    ? { status: 'same', loaded, observed: observed.value }
    : { status: 'moved', moved: differences.map((difference) => shown(difference, deps.redactor)) };
}

/** A value that is compared may be long; of it only the start is told. */
const SHOWN_AT_MOST = 200;

function shown({ step, path, sealed, now }: Difference, redactor: Redactor): Moved {
  const start = (text: string) => redactor.text(printableStart(text, SHOWN_AT_MOST));
  return { step, path, sealed: start(sealed), now: start(now) };
}
