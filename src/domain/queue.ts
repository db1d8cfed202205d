import type { JsonObject } from './json.ts';
import type { Redacted } from './redaction/redacted.ts';

/**
 * The queue port: durable jobs, each done by one worker at a time. The embedded engine is
 * store/queue.ts; test/support/queue-contract.ts is what every engine must pass. All times are
 * milliseconds since the epoch, by the clock that the engine was given.
 */
export interface Queue {
  /**
   * Adds a job under its key, once: a key that is known, whatever became of it, is a duplicate and
   * changes nothing. A key is known until its job is pruned (see `prune`).
   */
  enqueue(request: JobRequest): Promise<{ readonly id: string; readonly duplicate: boolean }>;
  /**
   * Takes the due job of one of these kinds that has waited longest, for `leaseMs`; null when there is
   * none. One claimant wins. A claim that ran out is due again, whoever held it; a job whose last
   * attempt ran out so is dead.
   */
  claim(kinds: readonly string[], owner: string, leaseMs: number): Promise<ClaimedJob | null>;
  /**
   * Prolongs a claim, `leaseMs` from now; false when it was lost, and the worker must stop. A claim that
   * ran out and that nobody took can still be prolonged: after a sleep of the machine, do so before claiming.
   */
  extend(job: ClaimedJob, leaseMs: number): Promise<boolean>;
  /** Ends a job; false when the claim was lost: the result must not be used. */
  complete(job: ClaimedJob): Promise<boolean>;
  /** Records a failure: again after the backoff, or dead when the attempts are used up. */
  fail(job: ClaimedJob, error: Redacted<string>): Promise<'again' | 'dead' | 'lost'>;
  /** Hands a claimed job back untried: the attempt does not count. False when the claim was lost. */
  release(job: ClaimedJob): Promise<boolean>;
  /**
   * Frees at once what a worker that is certainly dead still holds; the attempt counts. Jobs whose
   * attempts are used up die.
   */
  recover(owner: string): Promise<readonly RecoveredJob[]>;
  get(id: string): Promise<Job | null>;
  byKey(key: string): Promise<Job | null>;
  /** Jobs by status, oldest first. */
  list(status: JobStatus, limit: number): Promise<readonly Job[]>;
  /** Makes a dead job wait again with all its attempts; false when it is not dead. */
  redrive(id: string): Promise<boolean>;
  /** When the next waiting job is due, or a claim runs out; null when nothing waits and nothing is claimed. */
  nextDue(): Promise<number | null>;
  /**
   * Calls `listener` soon after every change made by this process that could make a job due, once for
   * several changes made together; returns how to stop. A listener must not throw.
   */
  onWake(listener: () => void): () => void;
  /**
   * Forgets done and dead jobs that ended before `before`, and with them their keys; resolves to how
   * many. Whatever is asked, a key stays known for KEYS_KEPT_MS after its job ended.
   */
  prune(before: number): Promise<number>;
}

/**
 * How long a key is kept at least after its job ended: twice the longest catch-up of a runbook, so that
 * whoever may still ask for the same slot finds its key.
 */
export const KEYS_KEPT_MS = 14 * 24 * 3_600_000;

export interface JobRequest {
  /** `run`, `notify`: which worker it is for. */
  readonly kind: string;
  /** What the job is, and unique: `run:<runbook>@<slot>`. */
  readonly key: string;
  /** Redacted by who made it. */
  readonly payload: JsonObject;
  /** When it may be tried, or tried again. */
  readonly runAt: number;
  /** How often it may be tried, the first time included. */
  readonly maxAttempts: number;
  readonly backoff: Backoff;
}

/** The pause after attempt n is min(maxMs, baseMs * factor^(n-1)). */
export interface Backoff {
  readonly baseMs: number;
  /** 1 or more. */
  readonly factor: number;
  readonly maxMs: number;
}

/** The pause after the n-th attempt failed, in whole milliseconds. */
export function backoffMs({ baseMs, factor, maxMs }: Backoff, attempt: number): number {
  // 0 * Infinity is no number: a base of nothing stays nothing.
  return baseMs <= 0 ? 0 : Math.round(Math.min(maxMs, baseMs * factor ** (attempt - 1)));
}

export type JobStatus = 'waiting' | 'claimed' | 'done' | 'dead';

export interface Job extends JobRequest {
  readonly id: string;
  readonly status: JobStatus;
  /** How often it was tried; a claim counts from its beginning. */
  readonly attempts: number;
  readonly lastError: Redacted<string> | null;
  readonly endedAt: number | null;
}

/** A job in the hands of one worker. `fence` grows with every claim: a late worker shows an old one. */
export interface ClaimedJob extends Job {
  readonly owner: string;
  readonly fence: number;
  readonly leaseUntil: number;
}

export interface RecoveredJob {
  readonly job: Job;
  readonly outcome: 'waiting' | 'dead';
}
