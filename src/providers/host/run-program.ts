import { spawn, type ChildProcess } from 'node:child_process';
import { errorCode } from '../../domain/failure.ts';

export interface Program {
  /** The argument vector: an absolute path, then arguments. There is no shell. */
  readonly argv: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** How much of the end of what it says is kept; 64 KiB unless said otherwise. */
  readonly keptBytes?: number;
  readonly signal: AbortSignal;
}

/** How it ended. `output` and `errors` are the end of each, as text, and may hold anything. */
export type Ran =
  | { readonly status: 'ended'; readonly exit: number; readonly output: string; readonly errors: string }
  | {
      readonly status: 'killed';
      readonly why: 'timeout' | 'aborted' | 'signal';
      readonly output: string;
      readonly errors: string;
    }
  | { readonly status: 'not-started'; readonly code: string };

/**
 * Runs a program to its end: in `/`, with nothing on its standard input, in a process group of its own. At its time
 * limit, or when the signal is aborted, the whole group is killed.
 */
export async function runProgram({ argv, env, timeoutMs, keptBytes = KEPT_BYTES, signal }: Program): Promise<Ran> {
  const [program = '', ...args] = argv;
  if (signal.aborted) return { status: 'not-started', code: 'ABORTED' };
  const child = spawn(program, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const [output, errors] = [new Tail(keptBytes), new Tail(keptBytes)];
  child.stdout.on('data', (chunk: Buffer) => output.add(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.add(chunk));
  let why: 'timeout' | 'aborted' | null = null;
  const stop = (reason: 'timeout' | 'aborted'): void => {
    why ??= reason;
    killGroup(child);
  };
  const onAbort = (): void => stop('aborted');
  const timer = setTimeout(() => stop('timeout'), timeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const end = await endOf(child);
    if (end.code !== null) return { status: 'not-started', code: end.code };
    const said = { output: output.text(), errors: errors.text() };
    if (why !== null || end.exit === null) return { status: 'killed', why: why ?? 'signal', ...said };
    return { status: 'ended', exit: end.exit, ...said };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

/** `code`: why it never began. `exit` null: a signal ended it. */
function endOf(child: ChildProcess): Promise<{ readonly code: string | null; readonly exit: number | null }> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: errorCode(error) ?? 'SPAWN_FAILED', exit: null }));
    child.once('close', (exit) => resolve({ code: null, exit }));
    // What it left running in the background may hold the pipes open for ever: its own end counts.
    child.once('exit', (exit) => setTimeout(() => resolve({ code: null, exit }), PIPES_CLOSE_WITHIN_MS));
  });
}

const PIPES_CLOSE_WITHIN_MS = 1_000;
const KEPT_BYTES = 64 * 1024;

/** The end of what a program says, however much it says. */
class Tail {
  readonly #kept: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(kept: number) {
    this.#kept = kept;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > 2 * this.#kept) this.#cut();
  }

  text(): string {
    this.#cut();
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #cut(): void {
    const all = Buffer.concat(this.#chunks);
    const kept = all.subarray(Math.max(0, all.length - this.#kept));
    this.#chunks = [kept];
    this.#size = kept.length;
  }
}

/** Kills what is left of the group. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // Nobody is left in it; or it gave itself another user's rights, and then it is not ours to end.
    const code = errorCode(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
