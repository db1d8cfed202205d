import { execFile } from 'node:child_process';
import { codeOf, failed } from './failed.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Runs a program to its end, with an argument vector and never a shell; resolves to what it printed. Rejects with the first line
 * of what it said on standard error; killed at its time limit or when the signal is aborted.
 */
export function runCommand({ program, args, env, signal, timeoutMs }: Command): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { env, signal, timeout: timeoutMs, killSignal: 'SIGKILL', windowsHide: true, maxBuffer: 64 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (codeOf(error) === 'ENOENT')
          reject(failed(`${program} is not installed`, { next: `install ${program}` }));
        else if (signal.aborted) reject(failed(`${program} was stopped`));
        else if (error.killed === true) reject(failed(`${program} did not end within ${timeoutMs / 1_000} s`));
        else reject(failed(`${program} failed: ${firstLine(stderr) || `exit code ${String(error.code)}`}`));
      },
    );
  });
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 300) ?? '';
}
