import { execFile } from 'node:child_process';
import type { Command } from './command.ts';

/** A button that nobody presses is given up after this long. */
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * Runs notify-send so that it waits for the button of a bubble, and calls `onAction` with what it
 * prints. Nobody waits for it, and what goes wrong with it is let go: the bubble itself was shown
 * before, by a command of its own. (notify-send prints nothing before it ends, so one command can not
 * both say that the bubble is there and wait.)
 */
export function offerButton({ program, args, env }: Command, onAction: (name: string) => void): void {
  const options = { env, timeout: LONGEST_WAIT_MS, killSignal: 'SIGKILL', windowsHide: true } as const;
  const child = execFile(program, args, options, (error, stdout) => {
    const action = stdout.trim();
    if (error === null && action !== '') onAction(action);
  });
  child.unref();
}
