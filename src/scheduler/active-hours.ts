import type { ActiveHours, Weekday } from '../domain/schedule.ts';
import { WEEKDAYS } from '../domain/schedule.ts';
import { MINUTES_IN_A_DAY, parseTimeOfDay } from '../domain/time-of-day.ts';

/**
 * Whether the wall clock of `zone` is inside the hours at an instant (milliseconds since the epoch).
 * `from` is included and `to` is not; over midnight when `from` is later than `to`, and then the window belongs
 * to the day on which it began: Friday 22:00 to 06:00 includes early Saturday. A repeated autumn hour
 * is inside both times. Hours that are no hours, or of no length, are never inside: they must not fail open.
 */
export function isWithinActiveHours(hours: ActiveHours, zone: string, at: number): boolean {
  const from = parseTimeOfDay(hours.from);
  const to = parseTimeOfDay(hours.to);
  if (from === null || to === null || from === MINUTES_IN_A_DAY || from === to) return false;
  const { minute, weekday } = wallClock(zone, at);
  const startedToday = minute >= from && (to < from || minute < to);
  if (startedToday) return isChosen(hours, weekday);
  return to < from && minute < to && isChosen(hours, dayBefore(weekday));
}

function isChosen(hours: ActiveHours, day: Weekday): boolean {
  return hours.days === undefined || hours.days.includes(day);
}

function dayBefore(day: Weekday): Weekday {
  return WEEKDAYS.at(WEEKDAYS.indexOf(day) - 1) ?? day;
}

function wallClock(zone: string, at: number): { minute: number; weekday: Weekday } {
  const parts = new Map(
    formatIn(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const short = parts.get('weekday')?.toLowerCase();
  const weekday = WEEKDAYS.find((day) => day === short);
  if (weekday === undefined) throw new RangeError(`no weekday for ${at} in ${zone}`);
  return { minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')), weekday };
}

/** A formatter costs fifty times as much as one use of it, and a month of missed slots asks thousands of times. */
const formats = new Map<string, Intl.DateTimeFormat>();
const FORMATS_MAX = 16;

function formatIn(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  if (formats.size >= FORMATS_MAX) formats.clear();
  formats.set(zone, format);
  return format;
}
