import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { backoffMs, type Queue } from '../domain/queue.ts';
import type { Database } from './database.ts';
import { jobsTable } from './jobs.ts';
import { wakeOf } from './wake.ts';

/** How many jobs one statement of `prune` deletes: other writers wait no longer than that. */
const PRUNE_AT_ONCE = 500;

/** The embedded engine of the queue port (docs/queue.md): every change is one statement, on disk before it is believed. */
export function createQueue(database: Database, { clock }: { readonly clock: Clock }): Queue {
  const jobs = jobsTable(database);
  const { attempt } = database;
  return {
    enqueue: async (request) => attempt(() => jobs.insert(request)),
    claim: async (kinds, owner, leaseMs) => attempt(() => jobs.claim(kinds, owner, clock.now(), clock.now() + leaseMs)),
    extend: async (job, leaseMs) => attempt(() => jobs.extend(job, clock.now() + leaseMs)),
    complete: async (job) => attempt(() => jobs.end(job, { status: 'done', at: clock.now() })),
    fail: async (job, error) => {
      const usedUp = job.attempts >= job.maxAttempts;
      const now = clock.now();
      const changed = attempt(() =>
        usedUp
          ? jobs.end(job, { status: 'dead', at: now, error })
          : jobs.end(job, { status: 'waiting', runAt: now + backoffMs(job.backoff, job.attempts), error }),
      );
      if (!changed) return 'lost';
      return usedUp ? 'dead' : 'again';
    },
    release: async (job) => attempt(() => jobs.end(job, { status: 'untried' })),
    recover: async (owner) => attempt(() => jobs.recover(owner, clock.now())),
    get: async (id) => attempt(() => jobs.byId(id)),
    byKey: async (key) => attempt(() => jobs.byKey(key)),
    list: async (status, limit) => attempt(() => jobs.list(status, limit)),
    redrive: async (id) => attempt(() => jobs.redrive(id, clock.now())),
    nextDue: async () => attempt(() => jobs.nextDue()),
    onWake: (listener) => wakeOf(database).listen(listener),
    prune: async (before) => {
      let pruned = 0;
      for (;;) {
        const more = attempt(() => jobs.prune(before, clock.now(), PRUNE_AT_ONCE));
        pruned += more;
        if (more < PRUNE_AT_ONCE) return pruned;
        await setImmediate();
      }
    },
  };
}
