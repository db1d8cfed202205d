import type { Runbook } from '../domain/runbook.ts';
import type { Timetable } from '../domain/slot.ts';

/** What deciding about slots needs of a runbook; null for one that is run by hand only. `zone` is the machine's. */
export function timetableOf(runbook: Runbook, zone: string): Timetable | null {
  if (runbook.schedule === null) return null;
  return {
    runbook: runbook.name,
    schedule: runbook.schedule,
    zone: runbook.timezone ?? zone,
    activeHours: runbook.activeHours,
    overlap: runbook.overlap,
    catchUpMs: runbook.catchUpMs,
  };
}

/** The zone of this machine (TZ, or the system's). */
export function machineZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
