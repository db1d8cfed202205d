import { formatDuration } from '../domain/duration.ts';
import type { Schedule } from '../domain/schedule.ts';

/** A schedule for people: `every 30 min`, `cron 30 2 * * *`; null for a runbook that is run by hand only. */
export function scheduleText(schedule: Schedule | null): string | null {
  if (schedule === null) return null;
  return schedule.kind === 'every' ? `every ${formatDuration(schedule.everyMs)}` : `cron ${schedule.expression}`;
}
