import { formatDuration } from '../../domain/duration.ts';

/** Local date and time to the minute, for people: `2026-11-20 17:58`. */
export function localTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `just now`, `2 h 5 min ago`. */
export function ago(then: number, now: number): string {
  const passed = now - then;
  if (passed < 0) return `at ${localTime(then)}, in the future`;
  return passed < 5_000 ? 'just now' : `${formatDuration(passed)} ago`;
}

/** Local time to the second, for logs: `17:58:03`. */
export function localClock(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Date and time in a zone, with its offset: `Fri 2026-11-20 18:30 GMT+1`. */
export function zonedTime(ms: number, zone: string): string {
  const parts = new Map(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'shortOffset',
    })
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  return `${part('weekday')} ${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}
