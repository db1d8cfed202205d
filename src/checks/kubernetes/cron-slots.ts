import type { CronSchedule } from './cron-schedule.ts';

const DAY_MS = 86_400_000;
/** 29 February may stay away for eight years (1896 to 1904). */
const DAYS_BACK = 8 * 366;

/**
 * The latest instants of a schedule before `now`, newest first, at most `count`; none where it never comes (30
 * February). Reckoned by the clock on the wall of `timeZone`: on the days when that is moved, an hour out.
 */
export function slotsBefore(
  schedule: CronSchedule,
  now: number,
  count: number,
  timeZone: string | undefined,
): readonly number[] {
  const offset = offsetOf(now, timeZone);
  const wall = now + offset;
  const times = timesOfDay(schedule);
  const slots: number[] = [];
  let day = Math.floor(wall / DAY_MS) * DAY_MS;
  for (let back = 0; back <= DAYS_BACK && slots.length < count; back += 1, day -= DAY_MS) {
    if (!isDayOf(schedule, new Date(day))) continue;
    for (const time of times) {
      if (day + time <= wall && slots.length < count) slots.push(day + time - offset);
    }
  }
  return slots;
}

/** Milliseconds since midnight, latest first. */
function timesOfDay({ hours, minutes }: CronSchedule): readonly number[] {
  return [...hours]
    .flatMap((hour) => [...minutes].map((minute) => hour * 3_600_000 + minute * 60_000))
    .toSorted((one, other) => other - one);
}

function isDayOf({ months, days, weekdays, bothDays }: CronSchedule, day: Date): boolean {
  if (!months.has(day.getUTCMonth() + 1)) return false;
  const [fitsDay, fitsWeekday] = [days.has(day.getUTCDate()), weekdays.has(day.getUTCDay())];
  return bothDays ? fitsDay && fitsWeekday : fitsDay || fitsWeekday;
}

/** What the wall clock is ahead of UTC by, milliseconds. Without a zone, or of an unknown one, UTC: as clusters run. */
function offsetOf(now: number, timeZone: string | undefined): number {
  if (timeZone === undefined) return 0;
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(now);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const match = /^GMT([+-])(\d{2}):(\d{2})$/.exec(name);
    if (match === null) return 0;
    const minutes = Number(match[2]) * 60 + Number(match[3]);
    return (match[1] === '-' ? -minutes : minutes) * 60_000;
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
}
