import type { PolicyWindow } from '../../domain/policy.ts';
import { WEEKDAYS, type Weekday } from '../../domain/schedule.ts';
import { MINUTES_IN_A_DAY, parseTimeOfDay } from '../../domain/time-of-day.ts';
import { isInstant } from './instant.ts';
import type { Truth } from './truth.ts';
import { type WallClock, wallClock } from './wall-clock.ts';

type Hours = Pick<PolicyWindow, 'days' | 'from' | 'to' | 'timezone'>;

/**
 * Whether the wall clock stands in the hours: `from` included, `to` excluded; over midnight when `from` is later
 * than `to`, and then the day is the one it began on. An hour that comes twice in autumn is in both times, one that
 * is skipped in spring never comes. Not known without a clock, or when the hours are none.
 */
export function isInHours({ days, from, to }: Hours, clock: WallClock | null): Truth {
  const start = parseTimeOfDay(from);
  const end = parseTimeOfDay(to);
  if (clock === null || start === null || end === null || start === end || start === MINUTES_IN_A_DAY) return null;
  const { minute, weekday } = clock;
  const overMidnight = end < start;
  if (minute >= start && (overMidnight || minute < end)) return days.includes(weekday);
  return overMidnight && minute < end && days.includes(dayBefore(weekday));
}

function dayBefore(day: Weekday): Weekday {
  return WEEKDAYS.at(WEEKDAYS.indexOf(day) - 1) ?? day;
}

/** All of the window, hours and instants. */
export function isInWindow(window: PolicyWindow, at: number): Truth {
  const { notBefore, notAfter } = window;
  if (!isInstant(at)) return null;
  if ((notBefore !== null && at < notBefore) || (notAfter !== null && at > notAfter)) return false;
  return isInHours(window, wallClock(window.timezone, at));
}

/**
 * The first instant, at or after `at`, at which the window is open (or closed); null when there is none within
 * two weeks of `at` and of the window's own instants. Asks the very function that decides, a minute at a time.
 */
export function nextTime(window: PolicyWindow, at: number, wanted: 'open' | 'closed'): number | null {
  const { notBefore, notAfter } = window;
  const isWanted = (instant: number): boolean => isInWindow(window, instant) === (wanted === 'open');
  const begins = [at, ...(notBefore === null ? [] : [notBefore]), ...(notAfter === null ? [] : [notAfter + 1])];
  const found = begins
    .filter((begin) => begin >= at && isInstant(begin + HORIZON_MS))
    .flatMap((begin) => {
      if (isWanted(begin)) return [begin];
      const first = Math.ceil((begin + 1) / MINUTE_MS) * MINUTE_MS;
      for (let instant = first; instant <= begin + HORIZON_MS; instant += MINUTE_MS)
        if (isWanted(instant)) return [instant];
      return [];
    });
  return found.length === 0 ? null : Math.min(...found);
}

const MINUTE_MS = 60_000;
/** A weekday whose hours fall into the skipped hour of spring comes a week later. */
const HORIZON_MS = 15 * 86_400_000;

/** `mon-fri 09:00-17:00 Europe/Amsterdam`. */
export function windowWords({ days, from, to, timezone }: Hours): string {
  return `${daysWords(days)} ${from}-${to} ${timezone}`;
}

function daysWords(days: readonly Weekday[]): string {
  const chosen = WEEKDAYS.filter((day) => days.includes(day));
  const [first] = chosen;
  const last = chosen.at(-1);
  if (first === undefined || last === undefined) return 'no day';
  if (chosen.length === WEEKDAYS.length) return 'every day';
  const inARow = WEEKDAYS.indexOf(last) - WEEKDAYS.indexOf(first) === chosen.length - 1;
  return chosen.length > 2 && inARow ? `${first}-${last}` : chosen.join(', ');
}

/** `sat 18:00`. */
export function clockWords(clock: WallClock | null): string {
  if (clock === null) return 'missing';
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${clock.weekday} ${two(Math.floor(clock.minute / 60))}:${two(clock.minute % 60)}`;
}

/** Whether the hours leave nothing out, so that only the instants speak. */
export function isAlways({ days, from, to }: Hours): boolean {
  return from === '00:00' && to === '24:00' && WEEKDAYS.every((day) => days.includes(day));
}
