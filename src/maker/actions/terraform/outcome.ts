import type { Reconciled, StepOutcome } from '../../../domain/action.ts';
import type { Failure } from '../../../domain/check.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { Said } from './said.ts';

/** What came of an apply that ended, by its exit code and what it said. */
export function outcomeOf(said: Said, exit: number | null, changesState: boolean): StepOutcome {
  if (exit === 0 && said.errors.length === 0) return { status: 'done', receipt: receiptOf(said) };
  if (said.done.length > 0 || said.errored.length > 0)
    return { status: 'partial', receipt: receiptOf(said), failure: partFailure(said) };
  const refusal = refusalOf(said);
  if (refusal !== null) return refusal;
  // Nothing was begun, and it was not killed while it worked: what is left that may be changed is the state alone.
  if (exit !== null && said.begun.length === 0 && (!said.started || (said.errors.length > 0 && !changesState)))
    return { status: 'refused', because: 'failed', failure: failureOf(said, exit) };
  return { status: 'unknown', failure: failureOf(said, exit) };
}

/** What became of an apply that nobody waited for, by what it said; null: the state has to tell. */
export function reconciledOf(said: Said, mayRun: boolean, changesState: boolean): Reconciled | 'running' | null {
  const hasEnded = said.summary !== null || said.errors.length > 0;
  if (!hasEnded && mayRun) return 'running';
  if (hasEnded) {
    const outcome = outcomeOf(said, said.errors.length > 0 ? 1 : 0, changesState);
    if (outcome.status === 'refused') return { status: 'not-done' };
    return outcome.status === 'unknown' ? null : outcome;
  }
  // It died in the middle: what was begun was sent to a provider.
  if (said.begun.length > 0) return { status: 'partial', receipt: receiptOf(said), failure: partFailure(said) };
  return changesState && said.started ? null : { status: 'not-done' };
}

/** Addresses and counts: what was done, what failed, and what was begun without an end. */
export function receiptOf({ begun, done, errored, summary }: Said): JsonObject {
  const ended = new Set([...done, ...errored].map(({ address, action }) => `${action} ${address}`));
  return {
    done: done.map((each) => ({ ...each })),
    errored: errored.map((each) => ({ ...each })),
    open: begun.filter(({ address, action }) => !ended.has(`${action} ${address}`)).map((each) => ({ ...each })),
    summary: summary === null ? null : { ...summary },
  };
}

/** Before anything is begun the program compares the plan with the state and the lock file, and takes the state's lock. */
const MOVED = [
  /^Saved plan is stale$/,
  /^Saved plan does not match the given state$/,
  /^Inconsistent dependency lock file$/,
];
const LOCKED = /^Error acquiring the state lock$/;

function refusalOf({ errors, begun }: Said): StepOutcome | null {
  if (begun.length > 0) return null;
  const moved = errors.find((error) => MOVED.some((pattern) => pattern.test(error)));
  if (moved !== undefined) {
    const message = `${moved}: what the plan was made on has changed since. Make a new plan.`;
    return { status: 'refused', because: 'moved', failure: { code: 'PLAN_STALE', message } };
  }
  if (!errors.some((error) => LOCKED.test(error))) return null;
  const message = 'The state is locked by somebody else. Wait until they are done; nothing was changed.';
  return { status: 'refused', because: 'failed', failure: { code: 'STATE_LOCKED', message } };
}

function partFailure({ done, errored, errors }: Said): Failure {
  const failed = errored.map(({ address }) => address);
  const words = [
    `${done.length} ${done.length === 1 ? 'change was' : 'changes were'} made`,
    failed.length > 0 ? `${failed.join(', ')} failed` : null,
    errors[0] ?? null,
  ].filter((word) => word !== null);
  return { code: 'APPLY_PARTIAL', message: `${words.join('; ')}. Make a new plan: it starts from what was done.` };
}

function failureOf({ errors }: Said, exit: number | null): Failure {
  const why = errors[0] ?? (exit === null ? 'it was killed' : `it ended with ${exit} and did not say why`);
  return { code: 'APPLY_FAILED', message: `The program did not apply the plan: ${why}.` };
}
