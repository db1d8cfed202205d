import type { ActionRef, Risk, StepDraft } from './action.ts';
import type { Actor } from './actor.ts';
import type { ResourceId } from './check.ts';
import type { Digest } from './digest.ts';
import type { RedactedFailure } from './redaction/border.ts';
import type { Grant } from './grant.ts';
import type { FindingId, PlanId } from './id.ts';
import type { JsonObject } from './json.ts';
import type { CostDelta } from './money.ts';
import type { Decision } from './policy.ts';
import type { Redacted } from './redaction/redacted.ts';
import type { Target } from './target.ts';

/** What somebody wants done, before it was sealed: untrusted, and nothing can be done with it but sealing. */
export interface PlanDraft {
  readonly why: string;
  readonly origin: PlanOrigin;
  readonly steps: readonly StepDraft[];
  /** How long it may wait for a decision, milliseconds. */
  readonly expiresInMs: number;
  readonly reverts: PlanId | null;
}

/** Who thought of it, and on which findings. */
export interface PlanOrigin {
  readonly actor: Actor;
  readonly findings: readonly FindingId[];
}

/**
 * What the digest covers: the canonical bytes of this are stored, shown, approved and carried out, and never
 * made anew in between. Times are milliseconds since the epoch. Holds no secret: sealing refuses one.
 */
export interface SealedPlan {
  readonly v: 1;
  readonly id: PlanId;
  /** Version of the Holdfast that sealed it. */
  readonly engine: string;
  /** Digest of the action catalogue it was sealed with. */
  readonly catalogue: Digest;
  readonly title: string;
  readonly why: string;
  readonly origin: PlanOrigin;
  readonly target: Target;
  /** In order; at least one. */
  readonly steps: readonly SealedStep[];
  readonly cost: CostDelta;
  readonly risk: Risk;
  readonly destructive: boolean;
  readonly reverts: PlanId | null;
  /** The plan that this one takes the place of. */
  readonly supersedes: PlanId | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** 128 bits, hex: two plans never share a digest. */
  readonly nonce: string;
}

export interface SealedStep {
  /** `s1`, `s2`, ... */
  readonly id: string;
  readonly action: ActionRef;
  readonly params: JsonObject;
  readonly resource: ResourceId;
  readonly name: string;
  readonly summary: string;
  /** What must be so when it is applied: the resource's identity (null: absent) and the fields decided on. */
  readonly before: { readonly identity: JsonObject | null; readonly rests: JsonObject; readonly shown: JsonObject };
  readonly after: { readonly fields: JsonObject; readonly shown: JsonObject };
  readonly preview: { readonly by: 'server' | 'computed'; readonly diff: readonly string[] };
  readonly cost: CostDelta;
  readonly risk: Risk;
  readonly destructive: boolean;
  readonly dependents: readonly string[];
  readonly undo: { readonly possible: boolean; readonly words: string };
}

/** A plan in the queue: what was sealed, and how it stands. */
export type Plan = PlanBody & PlanState;

export interface PlanBody {
  readonly id: PlanId;
  /** The canonical bytes of `sealed`, as they were first written. */
  readonly bytes: string;
  readonly digest: Digest;
  readonly sealed: SealedPlan;
  /** What tells two plans that want the same apart from others: digest of target, actions, params. */
  readonly intent: Digest;
}

/** How a plan stands. `since`: when it came to this status. */
export type PlanState = { readonly since: number; readonly reason: Redacted<string> | null } & (
  | { readonly status: 'noop' }
  | { readonly status: 'denied'; readonly decision: Decision }
  | { readonly status: 'queued'; readonly decision: Decision }
  | { readonly status: 'authorised'; readonly grant: Grant }
  | {
      readonly status: 'applying';
      readonly grant: Grant;
      readonly fence: number;
      readonly progress: readonly StepProgress[];
    }
  | {
      readonly status: 'applied' | 'partial' | 'failed' | 'unknown';
      readonly grant: Grant;
      readonly progress: readonly StepProgress[];
    }
  | {
      readonly status: 'verified' | 'unverified';
      readonly grant: Grant;
      readonly progress: readonly StepProgress[];
      /** What was seen when it was read again. */
      readonly seen: readonly Redacted<string>[];
    }
  | {
      readonly status: 'abandoned';
      readonly grant: Grant;
      readonly progress: readonly StepProgress[];
      readonly by: Actor;
    }
  | { readonly status: 'rejected' | 'withdrawn'; readonly by: Actor }
  | { readonly status: 'revoked'; readonly grant: Grant; readonly by: Actor }
  | { readonly status: 'superseded'; readonly by: PlanId }
  | { readonly status: 'stale'; readonly moved: readonly Moved[] }
  | { readonly status: 'expired' }
);

export const PLAN_STATUSES = [
  'noop',
  'denied',
  'queued',
  'authorised',
  'applying',
  'applied',
  'partial',
  'failed',
  'unknown',
  'verified',
  'unverified',
  'abandoned',
  'rejected',
  'withdrawn',
  'revoked',
  'superseded',
  'stale',
  'expired',
] as const satisfies readonly PlanState['status'][];
export type PlanStatus = (typeof PLAN_STATUSES)[number];

/** A plan of which it is known how it stands: `apply(plan: PlanIn<'authorised'>)`. */
export type PlanIn<Status extends PlanStatus> = PlanBody & StateIn<PlanState, Status>;

/** Those parts of the union, and of their statuses, that are meant. */
type StateIn<State extends PlanState, Status> = State extends PlanState
  ? State['status'] & Status extends never
    ? never
    : State & { readonly status: State['status'] & Status }
  : never;

/** How far one step came. `intent` is written before the call, the rest after it. */
export type StepProgress = { readonly step: string; readonly at: number } & (
  | { readonly status: 'intent' }
  | { readonly status: 'done'; readonly receipt: JsonObject }
  | { readonly status: 'refused'; readonly because: 'moved' | 'denied' | 'failed'; readonly failure: RedactedFailure }
  | { readonly status: 'partial'; readonly receipt: JsonObject; readonly failure: RedactedFailure }
  | { readonly status: 'unknown'; readonly failure: RedactedFailure }
);

/** Something that is no longer as it was sealed. */
export interface Moved {
  readonly step: string;
  /** `identity.uid`, `rests.replicas`, `target.id`. */
  readonly path: string;
  readonly sealed: Redacted<string>;
  readonly now: Redacted<string>;
}

/** The first six hex digits of a digest: what an operator types for a destructive plan. */
export function shortCode(digest: Digest): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 6);
}
