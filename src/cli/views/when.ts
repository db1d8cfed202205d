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
