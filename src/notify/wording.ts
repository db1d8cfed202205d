import type { Notification, NotificationLine } from '../domain/notification.ts';
import { printableStart } from '../domain/printable.ts';

/** How much of a notification a sink takes, in characters. */
export interface Room {
  readonly title: number;
  readonly line: number;
  readonly lines: number;
}

/** A notification as plain text: every part on one line, nothing in it that could steer a terminal. */
export interface Wording {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The words of a notification, cut to what a sink has room for; what is left out is counted. */
export function wordingOf(notification: Notification, room: Room): Wording {
  const shown = notification.lines.slice(0, room.lines);
  const more = notification.more + notification.lines.length - shown.length;
  return {
    title: printableStart(notification.title, room.title),
    lines: [
      ...shown.map((line) => printableStart(`${label(line)}: ${line.text}`, room.line)),
      ...(more > 0 ? [`and ${more} more: holdfast findings`] : []),
    ],
  };
}

/** `HIGH`, `HIGH still open`, `resolved`. */
function label({ severity, news }: NotificationLine): string {
  const word = severity.toUpperCase();
  switch (news) {
    case 'resolved':
      return 'resolved';
    case 'new':
    case 'trouble':
      return word;
    case 'plan':
      return 'PLAN';
    case 'raised':
      return `${word} (was less)`;
    case 'still':
      return `${word} (still open)`;
    case 'flapping':
      return `${word} (comes and goes)`;
    default:
      return news satisfies never;
  }
}
