import type { Actor } from './actor.ts';
import type { AuditLog } from './audit.ts';
import type { Digest } from './digest.ts';
import type { PlanId } from './id.ts';
import type { Plan, PlanStatus } from './plan.ts';
import type { PolicyUse } from './policy.ts';
import type { Redacted } from './redaction/redacted.ts';

/**
 * Where the gate keeps its plans, counters, fences and pins; the port of store/gate.ts. Everything is
 * synchronous, so that what belongs together is done inside one `transaction`.
 */
export interface GateStore {
  /** All of it is kept, or nothing; one writer at a time over all processes. May be nested: the outermost counts. */
  transaction<T>(work: () => T): T;
  /** Adds a plan; its id must be new. */
  insert(plan: Plan): void;
  /** Writes how a plan stands; what was sealed never changes. */
  write(plan: Plan): void;
  /**
   * Plans whose id starts with `prefix`. Every row is proved first: the bytes are canonical and have the
   * digest, and the keyed code fits. PLAN_TAMPERED when one doesn't, PLAN_NEWER when a newer Holdfast wrote it.
   */
  byId(prefix: string): readonly Plan[];
  /** Latest first. */
  list(options: { readonly statuses: readonly PlanStatus[] | null; readonly limit: number }): readonly Plan[];
  withIntent(intent: Digest, statuses: readonly PlanStatus[]): readonly Plan[];
  /** How many plans a runbook made since an instant. */
  madeBy(runbook: string, since: number): number;
  /** What was counted under each key within the hour, or day, before `at`. */
  used(
    keys: readonly { readonly key: string; readonly per: 'hour' | 'day' }[],
    at: number,
  ): ReadonlyMap<string, number>;
  use(uses: readonly PolicyUse[], plan: PlanId, at: number): void;
  /** The next fencing number of a target; the ones before fit nothing any more. */
  nextFence(target: string): number;
  fence(target: string): number;
  /** The kill switch: while there is one, nothing is applied. */
  hold(): Hold | null;
  setHold(hold: Hold | null): void;
  /** True when the operator pinned this digest of a policy. */
  isTrusted(digest: Digest): boolean;
  trust(pin: Pin): void;
  untrust(digest: Digest): void;
  readonly audit: AuditLog;
}

export interface Hold {
  readonly at: number;
  readonly by: Actor;
  readonly reason: Redacted<string> | null;
}

/** The operator's word that a policy file of exactly this content may grant. */
export interface Pin {
  readonly digest: Digest;
  readonly policy: string;
  readonly path: Redacted<string>;
  readonly at: number;
}
