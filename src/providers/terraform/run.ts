import { spawn } from 'node:child_process';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { formatDuration } from '../../domain/duration.ts';

export interface ReadingRun {
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limitMs: number;
  /** Of what it says on stdout, bytes. */
  readonly limitBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Runs a command of the program that only reads, and returns what it says on stdout when it exits with 0. What
 * it says on stderr is not looked at: it may hold anything. Killed when it takes too long or says too much.
 */
export async function runToRead(run: ReadingRun): Promise<Looked<string>> {
  run.signal.throwIfAborted();
  const what = run.args[0] ?? '';
  const child = spawn(run.path, run.args, {
    cwd: run.cwd,
    env: run.env,
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: false,
    windowsHide: true,
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  const ended = Promise.withResolvers<Looked<string>>();
  const giveUp = (code: string, why: string): void => {
    ended.resolve(unknown(code, `"${what}" ${why}.`));
    child.kill('SIGKILL');
  };
  const timer = setTimeout(() => giveUp('TIMEOUT', `did not end within ${formatDuration(run.limitMs)}`), run.limitMs);
  const onAbort = (): void => {
    ended.reject(run.signal.reason);
    child.kill('SIGKILL');
  };
  run.signal.addEventListener('abort', onAbort, { once: true });
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > run.limitBytes) giveUp('TOO_LARGE', `said more than ${run.limitBytes} bytes`);
    else chunks.push(chunk);
  });
  child.once('error', (error) => giveUp(errorCode(error) ?? 'NOT_STARTED', 'could not be started'));
  child.once('close', (code) =>
    ended.resolve(
      code === 0
        ? seen(Buffer.concat(chunks).toString('utf8'))
        : unknown(
            'PROGRAM_FAILED',
            `"${what}" ended with ${code ?? 'a signal'}; run it by hand in ${run.cwd} to see why.`,
          ),
    ),
  );
  try {
    return await ended.promise;
  } finally {
    clearTimeout(timer);
    run.signal.removeEventListener('abort', onAbort);
  }
}
