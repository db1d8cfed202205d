import { CodedError } from '../domain/coded-error.ts';
import type { Runbook } from '../domain/runbook.ts';
import { isWithinActiveHours } from '../scheduler/active-hours.ts';
import { loadSlots } from '../scheduler/slots.ts';
import { machineZone, timetableOf } from './timetable.ts';

export interface NextSlot {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly zone: string;
  /** False when the runbook's active hours will skip it. */
  readonly active: boolean;
}

/** The next slots of a runbook after an instant, as the scheduler would reckon them. */
export async function nextSlots(runbook: Runbook, from: number, count: number): Promise<readonly NextSlot[]> {
  const timetable = timetableOf(runbook, machineZone());
  if (timetable === null) return [];
  const slots = await loadSlots();
  const found: NextSlot[] = [];
  let after = from;
  while (found.length < count) {
    const at = slots.nextAfter(timetable, after);
    if (at === null) break;
    const hours = timetable.activeHours;
    found.push({ at, zone: timetable.zone, active: hours === null || isWithinActiveHours(hours, timetable.zone, at) });
    after = at;
  }
  return found;
}

/** An instant as it is typed: RFC 3339, or a local date and time. USAGE when it is neither. */
export function parseInstant(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.test(text)
    ? Date.parse(text.replace(' ', 'T'))
    : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new CodedError('USAGE', `"${text}" is not a time`, { next: 'write 2026-12-31T18:00 or 2026-12-31T18:00Z' });
}
