import type { Notification } from '../domain/notification.ts';
import { printableStart } from '../domain/printable.ts';

const LONGEST_TEXT = 1_000;

/** A notification as JSON, for files and webhooks: docs/notifications.md, schema `holdfast/notification/v1`. */
export function bodyOf(notification: Notification): object {
  const { id, at, kind, runbook, run, severity, title, lines, more } = notification;
  return {
    schema: 'holdfast/notification/v1',
    id,
    at: new Date(at).toISOString(),
    kind,
    runbook,
    run,
    severity,
    title: printableStart(title, LONGEST_TEXT),
    lines: lines.map((line) => ({
      finding: line.finding,
      severity: line.severity,
      news: line.news,
      text: printableStart(line.text, LONGEST_TEXT),
    })),
    more,
  };
}
