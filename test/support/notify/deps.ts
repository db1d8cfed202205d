import type { NotifierDeps } from '../../../src/notify/deps.ts';
import { createRedactor } from '../../../src/domain/redaction/redactor.ts';

/** A world for ways out: an empty environment, a clock that stands still, and what was written on the terminal. */
export function aWorld(edit: Partial<NotifierDeps> = {}): NotifierDeps & { readonly written: string[] } {
  const written: string[] = [];
  return {
    env: { PATH: process.env['PATH'] },
    home: '/nowhere',
    platform: 'linux',
    clock: { now: () => 1_000, monotonic: () => 0 },
    redactor: createRedactor({ key: new Uint8Array(32) }),
    terminal: (text) => void written.push(text),
    written,
    ...edit,
  };
}

export const never = new AbortController().signal;

/** What a hostile resource may be called. `printable` has not seen them: a sink must not rely on it. */
export const HOSTILE = [
  '<script>alert(1)</script> & <b>bold</b> <a href="https://evil.example">click</a>',
  '--urgency=low',
  '-e do shell script "id"',
  'one\ntwo\r\nX-Injected: yes\r\n\r\nbody',
  '\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31mred',
  'safe\u{202e}gnp.exe',
  '\\074script\\076 \\n \\x3c trailing \\',
  '$(id) `id` "; rm -rf / #',
  '%s %n {0} \u{0}nul',
  '\u{d800} lone',
  '日本語 émoji 🔥',
] as const;
