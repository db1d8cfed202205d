import type { Actor } from './actor.ts';
import type { Grant } from './grant.ts';
import type { PlanId } from './id.ts';
import type { Moved, PlanState, PlanStatus, StepProgress } from './plan.ts';
import type { Redacted } from './redaction/redacted.ts';

type Reason = Redacted<string> | null;

interface By<Event extends string> {
  readonly event: Event;
  readonly by: Actor;
  readonly reason: Reason;
}

/** What can happen to a plan in the queue. */
export type PlanEvent =
  | { readonly event: 'authorise'; readonly grant: Grant }
  | By<'reject'>
  | By<'withdraw'>
  | By<'revoke'>
  | By<'abandon'>
  | { readonly event: 'expire' }
  | { readonly event: 'supersede'; readonly by: PlanId }
  | { readonly event: 'stale'; readonly moved: readonly Moved[]; readonly reason: Reason }
  /** The grant is used up, and the steps begin. */
  | { readonly event: 'claim'; readonly fence: number }
  /** Again by another process, or by the operator's word after a part: the same grant. */
  | { readonly event: 'resume'; readonly fence: number }
  | { readonly event: 'progress'; readonly progress: StepProgress }
  /** A step that was begun did certainly not take effect: it may be begun again. */
  | { readonly event: 'not-done'; readonly step: string }
  | {
      readonly event: 'finish';
      readonly outcome: 'applied' | 'partial' | 'failed' | 'unknown';
      readonly reason: Reason;
    }
  /** What reading the target said of a plan whose outcome was unknown. */
  | {
      readonly event: 'reconcile';
      readonly outcome: 'applied' | 'partial' | 'failed';
      readonly progress: readonly StepProgress[];
      readonly reason: Reason;
    }
  | {
      readonly event: 'verify';
      readonly asPromised: boolean;
      readonly seen: readonly Redacted<string>[];
      readonly reason: Reason;
    };

/** The statuses in which each event may happen; in every other it is refused (design: docs/gate.md, States). */
export const ALLOWED = {
  authorise: ['queued'],
  reject: ['queued'],
  withdraw: ['queued'],
  expire: ['queued', 'authorised'],
  supersede: ['queued'],
  stale: ['queued', 'authorised'],
  revoke: ['authorised'],
  claim: ['authorised'],
  resume: ['applying', 'partial'],
  progress: ['applying'],
  'not-done': ['applying'],
  finish: ['applying'],
  reconcile: ['unknown'],
  verify: ['applied'],
  abandon: ['partial'],
} as const satisfies Record<PlanEvent['event'], readonly PlanStatus[]>;

/** Statuses that nothing leads out of: a new plan is made instead. */
export function isTerminal(status: PlanStatus): boolean {
  return Object.values(ALLOWED).every((statuses: readonly PlanStatus[]) => !statuses.includes(status));
}

export type Transition =
  | { readonly ok: true; readonly state: PlanState }
  | { readonly ok: false; readonly status: PlanStatus; readonly event: PlanEvent['event'] };

/** How a plan stands after an event at an instant; or that it can't happen to it. Total and pure. */
export function transition(state: PlanState, event: PlanEvent, at: number): Transition {
  const allowed: readonly PlanStatus[] = ALLOWED[event.event];
  const next = allowed.includes(state.status) ? after(state, event, at) : null;
  return next === null ? { ok: false, status: state.status, event: event.event } : { ok: true, state: next };
}

function after(state: PlanState, event: PlanEvent, at: number): PlanState | null {
  switch (event.event) {
    case 'authorise':
      return { status: 'authorised', since: at, reason: null, grant: event.grant };
    case 'reject':
      return { status: 'rejected', since: at, reason: event.reason, by: event.by };
    case 'withdraw':
      return { status: 'withdrawn', since: at, reason: event.reason, by: event.by };
    case 'expire':
      return { status: 'expired', since: at, reason: null };
    case 'supersede':
      return { status: 'superseded', since: at, reason: null, by: event.by };
    case 'stale':
      return { status: 'stale', since: at, reason: event.reason, moved: event.moved };
    default:
      return afterGranted(state, event, at);
  }
}

/** The rest of the events happen to plans that bear a grant. */
function afterGranted(
  state: PlanState,
  event: Exclude<PlanEvent, { event: 'authorise' | 'reject' | 'withdraw' | 'expire' | 'supersede' | 'stale' }>,
  at: number,
): PlanState | null {
  if (!('grant' in state)) return null;
  const { grant } = state;
  const progress = 'progress' in state ? state.progress : [];
  switch (event.event) {
    case 'revoke':
      return { status: 'revoked', since: at, reason: event.reason, grant, by: event.by };
    case 'claim':
      return { status: 'applying', since: at, reason: null, grant, fence: event.fence, progress: [] };
    case 'resume':
      return { status: 'applying', since: at, reason: null, grant, fence: event.fence, progress: unfinished(progress) };
    case 'progress':
      return state.status === 'applying' ? { ...state, progress: withStep(progress, event.progress) } : null;
    case 'not-done':
      return state.status === 'applying'
        ? { ...state, progress: progress.filter(({ step }) => step !== event.step) }
        : null;
    case 'finish':
      return { status: event.outcome, since: at, reason: event.reason, grant, progress };
    case 'reconcile':
      return { status: event.outcome, since: at, reason: event.reason, grant, progress: event.progress };
    case 'verify':
      return {
        status: event.asPromised ? 'verified' : 'unverified',
        since: at,
        reason: event.reason,
        grant,
        progress,
        seen: event.seen,
      };
    case 'abandon':
      return { status: 'abandoned', since: at, reason: event.reason, grant, progress, by: event.by };
    default:
      return event satisfies never;
  }
}

/** A step that was refused changed nothing: after a resume it is tried again. */
function unfinished(progress: readonly StepProgress[]): readonly StepProgress[] {
  return progress.filter(({ status }) => status !== 'refused');
}

function withStep(progress: readonly StepProgress[], step: StepProgress): readonly StepProgress[] {
  return [...progress.filter((other) => other.step !== step.step), step];
}
