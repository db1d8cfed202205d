import { createHash } from 'node:crypto';
import type { ActiveHours } from '../../src/domain/schedule.ts';
import type { Timetable } from '../../src/domain/slot.ts';

// A second opinion on slots: every minute of the year is looked at, by the wall clock that Intl shows.
// Nothing here comes from croner or from src/scheduler.

const MINUTE = 60_000;
const HALF_HOUR = 30 * MINUTE;

/** All slots after one instant, up to and including another; ascending. */
export function naiveSlots({ runbook, schedule, zone }: Timetable, after: number, to: number): number[] {
  return schedule.kind === 'every'
    ? naiveEvery(runbook, schedule.everyMs, after, to)
    : naiveCron(schedule.expression, wallClockOf(zone, after, to), after, to);
}

function naiveEvery(runbook: string, everyMs: number, after: number, to: number): number[] {
  const bits = Number.parseInt(createHash('sha256').update(runbook).digest('hex').slice(0, 8), 16);
  const phase = bits % everyMs;
  const slots: number[] = [];
  for (let slot = phase + Math.floor(after / everyMs) * everyMs - everyMs; slot <= to; slot += everyMs) {
    if (slot > after) slots.push(slot);
  }
  return slots;
}

/**
 * cronie's rules: a time that is written as one minute and one hour runs once, at its first time when the clocks go back
 * and right after the gap when they go forward; anything else runs whenever the wall clock shows it.
 */
function naiveCron(expression: string, clock: WallClock, after: number, to: number): number[] {
  const cron = fieldsOf(expression);
  const slots: number[] = [];
  for (let at = Math.floor(after / MINUTE) * MINUTE + MINUTE; at <= to; at += MINUTE) {
    const { start, offset, before } = clock.stretchAt(at);
    const repeated = before > offset && at - start < before - offset;
    const shown = cron.isAt(at + offset) && !(cron.isFixed && repeated);
    const skipped = cron.isFixed && at === start && offset > before && isInGap(cron, start + before, start + offset);
    if (shown || skipped) slots.push(at);
  }
  return slots;
}

function isInGap(cron: Fields, from: number, to: number): boolean {
  for (let local = from; local < to; local += MINUTE) if (cron.isAt(local)) return true;
  return false;
}

interface Fields {
  /** One minute and one hour. */
  readonly isFixed: boolean;
  /** Whether a wall clock shows it; the reading as if it were UTC. */
  isAt(local: number): boolean;
}

function fieldsOf(expression: string): Fields {
  const [minutes = '', hours = '', days = '', months = '', weekdays = ''] = expression.split(' ');
  const [minute, hour, day, month, weekday] = [
    expand(minutes, 0, 59),
    expand(hours, 0, 23),
    expand(days, 1, 31),
    expand(months, 1, 12),
    expand(weekdays, 0, 6),
  ];
  const either = days !== '*' && weekdays !== '*';
  return {
    isFixed: /^\d+$/.test(minutes) && /^\d+$/.test(hours),
    isAt: (local) => {
      const minuteOfDay = Math.floor(local / MINUTE) % 1_440;
      if (!minute.has(minuteOfDay % 60) || !hour.has(Math.floor(minuteOfDay / 60))) return false;
      const date = new Date(local);
      const [onDay, onWeekday] = [day.has(date.getUTCDate()), weekday.has(date.getUTCDay())];
      return month.has(date.getUTCMonth() + 1) && (either ? onDay || onWeekday : onDay && onWeekday);
    },
  };
}

function expand(field: string, least: number, most: number): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const [from, to = from] = range === '*' ? [least, most] : range.split('-').map(Number);
    for (let value = from ?? least; value <= (to ?? most); value += Number(step)) values.add(value);
  }
  return values;
}

/** What a zone adds to UTC, stretch by stretch. */
export interface WallClock {
  stretchAt(at: number): Stretch;
}

interface Stretch {
  readonly start: number;
  /** Added to UTC from here on, and until here, in milliseconds. */
  readonly offset: number;
  readonly before: number;
}

const clocks = new Map<string, WallClock>();

/** Looked up once for each zone and range: it asks Intl 20,000 times. */
export function wallClockOf(zone: string, from: number, to: number): WallClock {
  const key = `${zone} ${from} ${to}`;
  const clock = clocks.get(key) ?? readWallClock(zone, from, to);
  clocks.set(key, clock);
  return clock;
}

/** Every zone of this decade changes its clocks at a full or a half hour of UTC. */
function readWallClock(zone: string, from: number, to: number): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const offsetAt = (at: number): number => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute) - at;
  };
  const first = Math.floor(from / HALF_HOUR) * HALF_HOUR - 48 * HALF_HOUR;
  const stretches: Stretch[] = [{ start: first, offset: offsetAt(first), before: offsetAt(first) }];
  for (let at = first; at <= to; at += HALF_HOUR) {
    const before = stretches.at(-1)?.offset ?? 0;
    const offset = offsetAt(at);
    if (offset !== before) stretches.push({ start: at, offset, before });
  }
  return {
    stretchAt: (at) => {
      const stretch = stretches.findLast(({ start }) => start <= at) ?? stretches[0];
      if (stretch === undefined) throw new RangeError(`nothing is known of ${zone} at ${at}`);
      return stretch;
    },
  };
}

/** Whether an instant is inside the hours, by the same wall clock. */
export function isNaivelyWithin({ from, to, days }: ActiveHours, clock: WallClock, at: number): boolean {
  const local = new Date(at + clock.stretchAt(at).offset);
  const time = local.toISOString().slice(11, 16);
  const isOn = (day: number): boolean =>
    days === undefined || days.some((name) => ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][day] === name);
  const today = local.getUTCDay();
  if (from < to) return isOn(today) && time >= from && time < to;
  return (isOn(today) && time >= from) || (isOn((today + 6) % 7) && time < to);
}
