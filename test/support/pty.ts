import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Home } from './cli.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** True where `script` of util-linux is installed, which makes a terminal for a command. */
export const hasScript = ((): boolean => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
})();

export const CTRL_C = '\u{3}';
export const CTRL_D = '\u{4}';
export const ENTER = '\r';

/** Plays shell lines at a terminal of 120 columns: whenever a plan's card was shown and a question asked, `keys` is typed. */
export async function shellAtTerminal(
  { env, folder }: Home,
  lines: string,
  typed: { readonly question: RegExp; readonly keys: string },
): Promise<{ readonly code: number; readonly shown: string }> {
  const child = spawn('script', ['-qec', `stty cols 120 rows 60; ${lines}`, '/dev/null'], {
    cwd: folder,
    env: { ...env, TERM: 'xterm', SHELL: '/bin/sh' },
  });
  let shown = '';
  let sinceTyped = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const text = stripVTControlCharacters(String(chunk));
    shown += text;
    sinceTyped += text;
    const asked = /^PLAN p-/m.exec(sinceTyped);
    // The question is painted anew with every key: what counts is one that follows a card.
    if (asked === null || !typed.question.test(sinceTyped.slice(asked.index))) return;
    sinceTyped = '';
    child.stdin.write(typed.keys);
  });
  const [code]: unknown[] = await once(child, 'close');
  return { code: typeof code === 'number' ? code : -1, shown };
}

/**
 * Plays a command at a terminal of 120 columns: `keys` is typed once it asks for `question`, null closes standard input
 * instead. Resolves to its exit code and all that the terminal showed, without control characters.
 */
export async function atTerminal(
  { env, folder }: Home,
  args: readonly string[],
  typed: {
    readonly question: RegExp;
    readonly keys: string | ((shown: string) => string) | null;
    /** What is typed after `keys`, once something else has come to its end. */
    readonly afterwards?: { until(): Promise<unknown>; readonly keys: string };
  },
): Promise<{ readonly code: number; readonly shown: string }> {
  const command = [process.execPath, MAIN, ...args].map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols 120 rows 60; exec ${command}`, '/dev/null'], {
    cwd: folder,
    env: { ...env, TERM: 'xterm', SHELL: '/bin/sh' },
  });
  let shown = '';
  let hasTyped = false;
  child.stdout.on('data', (chunk: Buffer) => {
    shown += stripVTControlCharacters(String(chunk));
    if (hasTyped || !typed.question.test(shown)) return;
    hasTyped = true;
    if (typed.keys === null) child.stdin.end();
    else child.stdin.write(typeof typed.keys === 'string' ? typed.keys : typed.keys(shown));
    const { afterwards } = typed;
    if (afterwards !== undefined) void afterwards.until().then(() => child.stdin.write(afterwards.keys));
  });
  const [code]: unknown[] = await once(child, 'close');
  return { code: typeof code === 'number' ? code : -1, shown };
}
