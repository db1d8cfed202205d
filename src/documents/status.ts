import type { Status } from '../domain/status.ts';
import { time } from './time.ts';

/** The status as every door shows it: `holdfast/status/v1`. */
export function statusDocument({ up, instance, zone, database, runbooks, findings, jobs, plans, held }: Status) {
  return {
    up: up === null ? null : { pid: up.pid, since: time(up.since) },
    instance,
    zone,
    database,
    runbooks: runbooks.map(({ name, schedule, paused, next, lastRun }) => ({
      name,
      schedule,
      paused,
      next: next === null ? null : time(next),
      lastRun:
        lastRun === null
          ? null
          : { id: lastRun.id, status: lastRun.status, reason: lastRun.reason, startedAt: time(lastRun.startedAt) },
    })),
    findings,
    jobs,
    plans,
    held: held === null ? null : { since: time(held.since), reason: held.reason },
  };
}
