import type { Timetable } from '../domain/slot.ts';

/**
 * What moves a runbook's slots, as a short text: two timetables of one name have the same slots if it is the same.
 * Hours, overlap and catch-up decide what becomes of a slot, not when it is. Nor does the zone move the slots of
 * an interval: a laptop that flies to another zone keeps them. The number in front changes with the way slots are reckoned.
 */
export function fingerprintOf({ schedule, zone }: Pick<Timetable, 'schedule' | 'zone'>): string {
  return schedule.kind === 'every'
    ? `1 every ${schedule.everyMs}`
    : `1 cron ${schedule.expression.trim().toLowerCase().replaceAll(/\s+/g, ' ')} in ${zone}`;
}
