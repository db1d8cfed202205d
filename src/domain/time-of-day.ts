export const MINUTES_IN_A_DAY = 24 * 60;

/** Minutes since midnight of `HH:MM`, both with two digits; null for anything else. `24:00`, the end of the day, is 1440. */
export function parseTimeOfDay(text: string): number | null {
  if (text === '24:00') return MINUTES_IN_A_DAY;
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null ? null : Number(match[1]) * 60 + Number(match[2]);
}
