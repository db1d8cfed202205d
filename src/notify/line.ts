import type { NotificationLine } from '../domain/notification.ts';

/** A line before it is put into a notification. */
export interface Line extends NotificationLine {
  readonly runbook: string | null;
}
