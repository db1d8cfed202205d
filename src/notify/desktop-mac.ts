import type { Notifier } from '../domain/notification.ts';
import { runCommand } from './command.ts';
import type { NotifierDeps } from './deps.ts';
import { wordingOf } from './wording.ts';

const TIMEOUT_MS = 10_000;
const ROOM = { title: 100, line: 160, lines: 4 } as const;

/** The text comes as arguments; it is never part of the script. */
const SCRIPT = ['on run argv', 'display notification (item 3 of argv) with title (item 2 of argv)', 'end run'];

/** AppleScript's `display notification`. Not tried on a Mac by this project (docs/notifications.md). */
export function macDesktop({ env }: NotifierDeps): Notifier {
  return {
    name: 'desktop',
    timeoutMs: TIMEOUT_MS,
    send: async (notification, signal) => {
      const { title, lines } = wordingOf(notification, ROOM);
      await runCommand({
        program: 'osascript',
        // The first argument is ours: after it nothing can be taken for an option.
        args: [...SCRIPT.flatMap((line) => ['-e', line]), 'holdfast', title, lines.join('\n')],
        env,
        signal,
        timeoutMs: TIMEOUT_MS,
      });
    },
  };
}
