import type { Notifier } from '../domain/notification.ts';
import type { NotifierDeps } from './deps.ts';
import { failed } from './failed.ts';
import { wordingOf } from './wording.ts';

const ROOM = { title: 200, line: 300, lines: 10 } as const;
const BELL = '\u{7}';

/** A block on the standard error of the process that runs, with a bell unless all the news is good. */
export function terminalNotifier({ terminal, redactor }: NotifierDeps, { osc9 }: { readonly osc9: boolean }): Notifier {
  return {
    name: 'terminal',
    timeoutMs: 1_000,
    send: async (notification) => {
      if (terminal === null) throw failed('this process has no terminal');
      const { title, lines } = wordingOf(notification, ROOM);
      const words = [title, ...lines.map((line) => `  ${line}`), ''].join('\n');
      // OSC 9 is what iTerm2 began; the text has no control characters, so it can not end the sequence early.
      const sequence = osc9 ? `\u{1b}]9;${title}\u{7}` : '';
      terminal(redactor.text(`${sequence}${notification.severity === null ? '' : BELL}${words}`));
    },
  };
}
