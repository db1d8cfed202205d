/** When a runbook is meant to run. */
export type Schedule =
  | { readonly kind: 'every'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly expression: string };

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Hours of the day in which a runbook may run; `from` included, `to` excluded, over midnight when `from` > `to`. */
export interface ActiveHours {
  /** `HH:MM`. */
  readonly from: string;
  /** `HH:MM`, or `24:00`. */
  readonly to: string;
  /** Every day when absent. */
  readonly days?: readonly Weekday[];
}
