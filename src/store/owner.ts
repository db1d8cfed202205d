import type { Clock } from '../domain/clock.ts';
import { shortHash, type Random } from '../domain/id.ts';
import type { RecoveredJob } from '../domain/queue.ts';
import type { Database } from './database.ts';
import { jobsTable } from './jobs.ts';
import { takeLock } from './lock.ts';
import { metaTable, type MetaTable } from './meta.ts';
import { ownJson } from './own-json.ts';

/** Who keeps the schedules and does the jobs of a state directory. */
export interface OwnerRecord {
  /** Random; names the process in its claims. */
  readonly id: string;
  /** For people; nothing is decided by it. */
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface Ownership extends OwnerRecord {
  /** The owner before, certainly dead or gone by now; null at the very first start. */
  readonly previous: OwnerRecord | null;
  /** What it left in its hands, now free again or dead. */
  readonly recovered: readonly RecoveredJob[];
  /** The lock goes; what is still claimed is the next owner's to recover. */
  release(): void;
}

export interface OwnerDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly pid: number;
  /** Called with what was recovered, in the same transaction: what it writes is kept with it, or not at all. */
  onRecovered?(jobs: readonly RecoveredJob[]): void;
}

const OWNER = 'owner';

/**
 * Takes the owner's lock at `lockPath`, or returns null when another process holds it. Whoever gains it
 * knows that every owner before is dead, and recovers at once what the last one had claimed; the last
 * is enough, because each has recovered the one before.
 */
export function takeOwnership(database: Database, lockPath: string, deps: OwnerDeps): Ownership | null {
  const lock = takeLock(lockPath);
  if (lock === null) return null;
  const meta = metaTable(database);
  const jobs = jobsTable(database);
  const now = deps.clock.now();
  const owner = { id: `o-${shortHash(Buffer.from(deps.random(16)).toString('hex'))}`, pid: deps.pid, since: now };
  try {
    return database.transaction(() => {
      const previous = ownerIn(meta);
      const recovered = previous === null ? [] : jobs.recover(previous.id, now);
      deps.onRecovered?.(recovered);
      meta.set(OWNER, JSON.stringify(owner));
      return { ...owner, previous, recovered, release: () => lock.release() };
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Who holds the lock at this moment, for `status`; null when nobody does. It looks by taking the lock
 * itself, for less than a millisecond.
 */
export function ownerNow(database: Database, lockPath: string): OwnerRecord | null {
  const lock = takeLock(lockPath);
  lock?.release();
  return lock === null ? ownerIn(metaTable(database)) : null;
}

function ownerIn(meta: MetaTable): OwnerRecord | null {
  const text = meta.get(OWNER);
  return text === null ? null : ownJson<OwnerRecord>(text);
}
