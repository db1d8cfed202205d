import {
  KEYS_KEPT_MS,
  type ClaimedJob,
  type Job,
  type JobRequest,
  type JobStatus,
  type RecoveredJob,
} from '../domain/queue.ts';
import type { Redacted } from '../domain/redaction/redacted.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';
import { wakeOf } from './wake.ts';

/**
 * The queue's rows: every statement that changes one, so that its rules are said once. Nothing here
 * opens a transaction: each change is one statement, and a firing puts its job into its own transaction.
 * Errors are SQLite's; whoever calls turns them into coded ones.
 *
 * A change that answers (RETURNING) is read by `all`, never by `get`: `get` stops at the first row, and
 * when the commit then fails, as on a full disk, it says nothing (docs/decisions/0009).
 */
export interface JobsTable {
  /** Adds the job, unless its key is known. */
  insert(request: JobRequest): { readonly id: string; readonly duplicate: boolean };
  claim(kinds: readonly string[], owner: string, now: number, leaseUntil: number): ClaimedJob | null;
  extend(job: ClaimedJob, leaseUntil: number): boolean;
  /** Ends a claim; `runAt` is when a waiting one may be tried again. False when the claim was lost. */
  end(job: ClaimedJob, end: ClaimEnd): boolean;
  recover(owner: string, now: number): readonly RecoveredJob[];
  redrive(id: string, now: number): boolean;
  /** Makes waiting jobs of a kind due no later than `at`; how many were to wait longer. For a clock that was set back. */
  hasten(kind: string, at: number): number;
  /** Ends a waiting job as done: somebody did its work without a claim. False when it does not wait. */
  settle(key: string, at: number): boolean;
  byId(id: string): Job | null;
  byKey(key: string): Job | null;
  list(status: JobStatus, limit: number): readonly Job[];
  nextDue(): number | null;
  /** Deletes at most `limit` jobs that ended before `before` and whose keys nobody can ask for any more. */
  prune(before: number, now: number, limit: number): number;
}

export type ClaimEnd =
  | { readonly status: 'done'; readonly at: number }
  | { readonly status: 'dead'; readonly at: number; readonly error: Redacted<string> }
  | { readonly status: 'waiting'; readonly runAt: number; readonly error: Redacted<string> }
  | { readonly status: 'untried' };

/** What stands as the error of an attempt whose worker never said how it ended; JSON, as the column is. */
const WORKER_LOST = `'"the worker died, or did not answer in time"'`;

/** `status` as JSON, so that it comes back as what was written. */
const COLUMNS = `seq, key, kind, payload, json_quote(status) AS status, run_at, attempts, max_attempts, backoff, fence,
  owner, lease_until, last_error, ended_at`;

const INSERT = `INSERT INTO jobs (key, kind, payload, status, run_at, attempts, max_attempts, backoff, fence)
  VALUES (?, ?, ?, 'waiting', ?, 0, ?, ?, 0) ON CONFLICT (key) DO NOTHING RETURNING seq`;

/**
 * The job that has been due longest, one look-up for each kind. A job whose last attempt ran out with
 * its lease is not claimed but dies, in the same statement.
 */
const CLAIM = `UPDATE jobs SET
    status = iif(attempts < max_attempts, 'claimed', 'dead'),
    owner = iif(attempts < max_attempts, :owner, NULL),
    lease_until = iif(attempts < max_attempts, :leaseUntil, NULL),
    ended_at = iif(attempts < max_attempts, NULL, :now),
    last_error = iif(status = 'claimed', ${WORKER_LOST}, last_error),
    attempts = min(attempts + 1, max_attempts),
    fence = fence + 1
  WHERE seq = (
    SELECT candidate.seq FROM json_each(:kinds) AS asked JOIN jobs AS candidate ON candidate.seq =
      (SELECT seq FROM jobs WHERE kind = asked.value AND due_at <= :now ORDER BY due_at, seq LIMIT 1)
    ORDER BY candidate.due_at, candidate.seq LIMIT 1)
  RETURNING ${COLUMNS}`;

/** The fence grows with every claim and every loss of one: an old one fits nothing. */
const HELD = `seq = :seq AND fence = :fence AND status = 'claimed'`;

const END = `UPDATE jobs SET status = :status, attempts = attempts - :untried, run_at = coalesce(:runAt, run_at),
    last_error = coalesce(:error, last_error), ended_at = :endedAt, owner = NULL, lease_until = NULL
  WHERE ${HELD}`;

const RECOVER = `UPDATE jobs SET
    status = iif(attempts < max_attempts, 'waiting', 'dead'),
    ended_at = iif(attempts < max_attempts, NULL, :now),
    last_error = ${WORKER_LOST}, owner = NULL, lease_until = NULL, fence = fence + 1
  WHERE owner = :owner
  RETURNING ${COLUMNS}`;

const REDRIVE = `UPDATE jobs SET status = 'waiting', attempts = 0, run_at = ?, ended_at = NULL
  WHERE seq = ? AND status = 'dead'`;

export function jobsTable(database: Database): JobsTable {
  const { sqlite } = database;
  const wake = wakeOf(database);
  const insert = sqlite.prepare(INSERT);
  const claim = sqlite.prepare(CLAIM);
  const extend = sqlite.prepare(`UPDATE jobs SET lease_until = :leaseUntil WHERE ${HELD}`);
  const end = sqlite.prepare(END);
  const recover = sqlite.prepare(RECOVER);
  const redrive = sqlite.prepare(REDRIVE);
  const hasten = sqlite.prepare("UPDATE jobs SET run_at = ? WHERE kind = ? AND status = 'waiting' AND run_at > ?");
  const settle = sqlite.prepare("UPDATE jobs SET status = 'done', ended_at = ? WHERE key = ? AND status = 'waiting'");
  const bySeq = sqlite.prepare(`SELECT ${COLUMNS} FROM jobs WHERE seq = ?`);
  const byKey = sqlite.prepare(`SELECT ${COLUMNS} FROM jobs WHERE key = ?`);
  const byStatus = sqlite.prepare(`SELECT ${COLUMNS} FROM jobs WHERE status = ? ORDER BY seq LIMIT ?`);
  const nextDue = sqlite.prepare('SELECT min(due_at) AS due FROM jobs WHERE due_at IS NOT NULL');
  const prune = sqlite.prepare(
    'DELETE FROM jobs WHERE seq IN (SELECT seq FROM jobs WHERE ended_at < ? ORDER BY ended_at LIMIT ?)',
  );
  const maybeJob = (row: Row | undefined): Job | null => (row === undefined ? null : jobOf(row));

  return {
    insert: (request) => {
      // Looked up first: a duplicate writes nothing. Again when it was pruned in between.
      for (;;) {
        const known = byKey.get(request.key);
        if (known !== undefined) return { id: idOf(known), duplicate: true };
        const { key, kind, payload, runAt, maxAttempts, backoff } = request;
        const values = [key, kind, JSON.stringify(payload), runAt, maxAttempts, JSON.stringify(backoff)] as const;
        const [row] = insert.all(...values);
        if (row === undefined) continue;
        wake.call();
        return { id: idOf(row), duplicate: false };
      }
    },
    claim: (kinds, owner, now, leaseUntil) => {
      for (;;) {
        const [row] = claim.all({ kinds: JSON.stringify(kinds), owner, now, leaseUntil });
        if (row === undefined) return null;
        const job = jobOf(row);
        if (job.status === 'claimed') return { ...job, owner, fence: Number(row['fence']), leaseUntil };
      }
    },
    extend: (job, leaseUntil) => extend.run({ leaseUntil, ...held(job) }).changes === 1,
    end: (job, how) => {
      const changed = end.run({ ...columnsOf(how), ...held(job) }).changes === 1;
      if (changed && (how.status === 'waiting' || how.status === 'untried')) wake.call();
      return changed;
    },
    recover: (owner, now) => {
      const recovered = recover.all({ owner, now }).map((row) => {
        const job = jobOf(row);
        return { job, outcome: job.status === 'dead' ? ('dead' as const) : ('waiting' as const) };
      });
      if (recovered.length > 0) wake.call();
      return recovered;
    },
    redrive: (id, now) => {
      const changed = redrive.run(now, seqOf(id)).changes === 1;
      if (changed) wake.call();
      return changed;
    },
    hasten: (kind, at) => {
      const changed = Number(hasten.run(at, kind, at).changes);
      if (changed > 0) wake.call();
      return changed;
    },
    settle: (key, at) => settle.run(at, key).changes === 1,
    byId: (id) => maybeJob(bySeq.get(seqOf(id))),
    byKey: (key) => maybeJob(byKey.get(key)),
    list: (status, limit) => byStatus.all(status, limit).map(jobOf),
    nextDue: () => numberOrNull(nextDue.get()?.['due']),
    prune: (before, now, limit) => Number(prune.run(Math.min(before, now - KEYS_KEPT_MS), limit).changes),
  };
}

type Row = Record<string, unknown>;

function jobOf(row: Row): Job {
  return {
    id: idOf(row),
    key: String(row['key']),
    kind: String(row['kind']),
    payload: ownJson<Job['payload']>(row['payload']),
    status: ownJson<JobStatus>(row['status']),
    runAt: Number(row['run_at']),
    attempts: Number(row['attempts']),
    maxAttempts: Number(row['max_attempts']),
    backoff: ownJson<Job['backoff']>(row['backoff']),
    lastError: row['last_error'] === null ? null : ownJson<Redacted<string>>(row['last_error']),
    endedAt: numberOrNull(row['ended_at']),
  };
}

function idOf(row: Row): string {
  return `j-${String(row['seq'])}`;
}

/** The row of an id; one that no job has for what is no id. */
function seqOf(id: string): number {
  const digits = /^j-(\d{1,15})$/.exec(id)?.[1];
  return digits === undefined ? -1 : Number(digits);
}

function held(job: ClaimedJob) {
  return { seq: seqOf(job.id), fence: job.fence };
}

function columnsOf(how: ClaimEnd) {
  return {
    status: how.status === 'untried' ? 'waiting' : how.status,
    untried: how.status === 'untried' ? 1 : 0,
    runAt: how.status === 'waiting' ? how.runAt : null,
    error: 'error' in how ? JSON.stringify(how.error) : null,
    endedAt: 'at' in how ? how.at : null,
  };
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
