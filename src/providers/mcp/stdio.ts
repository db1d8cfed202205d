import { ReadBuffer, serializeMessage, type JSONRPCMessage, type Transport } from '@modelcontextprotocol/client';
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { errorCode } from '../../domain/failure.ts';
import { printableStart } from '../../domain/printable.ts';
import { ServerTrouble } from './trouble.ts';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** All that it is given: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Of one message, bytes. */
  readonly messageBytes: number;
}

/** Whatever a program says in one connection, bytes; then it is ended. */
const ALL_BYTES = 64 * 1024 * 1024;
/** So long it may take to end by itself. */
const GRACE_MS = 500;
/** Of what it says on stderr, the end is told when it dies. */
const LAST_WORDS = 2_000;

/**
 * A server that is a program of this machine, spoken to line by line (MCP 2025-11-25, Transports, stdio). The SDK's own
 * transport hands on a part of our environment, and ends the program but not what that started; so this is ours.
 */
export class ProgramTransport implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: JSONRPCMessage) => void) | undefined;
  readonly #program: Program;
  readonly #buffer: ReadBuffer;
  #child: ChildProcessByStdio<Writable, Readable, Readable> | null = null;
  #bytes = 0;
  #errors = '';
  #trouble: ServerTrouble | null = null;

  constructor(program: Program) {
    this.#program = program;
    this.#buffer = new ReadBuffer({ maxBufferSize: program.messageBytes });
  }

  /** Why there is no more to be had of it; null while nothing is wrong with it. */
  get trouble(): ServerTrouble | null {
    return this.#trouble;
  }

  start(): Promise<void> {
    const { command, args, env, cwd } = this.#program;
    // A group of its own, so that it ends with whatever it started.
    const child = spawn(command, args, {
      env,
      cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    });
    this.#child = child;
    endWithThisProcess(child);
    child.once('exit', () => signalGroup(child.pid, 'SIGKILL')); // what it started goes with it, and holds no pipe open
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr.on(
      'data',
      (chunk: Buffer) => (this.#errors = `${this.#errors}${chunk.toString('utf8')}`.slice(-LAST_WORDS)),
    );
    // It may be gone before it has read what it was sent: that it is, is told when it closes.
    child.stdin.on('error', () => undefined);
    child.once('close', (code, signal) =>
      this.#ended(code === null ? `was ended by ${signal ?? 'a signal'}` : `ended (exit ${code})`),
    );
    return new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        const code = errorCode(error) ?? 'SPAWN_FAILED';
        reject(new ServerTrouble('MCP_NOT_STARTED', `could not be started (${code}): ${printableStart(command, 200)}`));
      });
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    const { stdin } = this.#child ?? {};
    if (stdin === undefined || !stdin.writable)
      return Promise.reject(this.#trouble ?? new ServerTrouble('MCP_DIED', 'is not there any more'));
    return new Promise((resolve) => stdin.write(serializeMessage(message), () => resolve()));
  }

  /** Told by the end of its input and SIGTERM; what has not ended by then is killed. */
  async close(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    child.stdin.end();
    child.stdout.destroy();
    child.stderr.destroy();
    signalGroup(child.pid, 'SIGTERM');
    const grace = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
    child.once('exit', () => clearTimeout(grace));
    this.onclose?.();
  }

  #read(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > ALL_BYTES) return this.#giveUp('MCP_TOO_LARGE', `said more than ${ALL_BYTES} bytes`);
    try {
      this.#buffer.append(chunk);
    } catch {
      return this.#giveUp('MCP_TOO_LARGE', `sent a message of more than ${this.#program.messageBytes} bytes`);
    }
    for (;;) {
      try {
        const message = this.#buffer.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        // A line of its own log, say: it may be skipped, as one that is no JSON is.
        this.onerror?.(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #giveUp(code: string, what: string): void {
    this.#trouble ??= new ServerTrouble(code, what);
    void this.close();
  }

  #ended(how: string): void {
    const last = this.#errors.trim().split('\n').at(-1)?.trim() ?? '';
    this.#trouble ??= new ServerTrouble('MCP_DIED', last === '' ? how : `${how}: ${printableStart(last, 300)}`);
    if (this.#child === null) return;
    this.#child = null;
    this.onclose?.();
  }
}

/** Programs that run; what ends this process ends them too, and what they started. */
const running = new Set<ChildProcess>();
/** The process ends at once, and without its timers: so long, milliseconds, it waits for programs that were told to end. */
const LAST_GRACE_MS = 50;

function endWithThisProcess(child: ChildProcess): void {
  if (running.size === 0) process.on('exit', endAll);
  running.add(child);
  const ended = (): void => {
    if (running.delete(child) && running.size === 0) process.off('exit', endAll);
  };
  child.once('exit', ended);
  child.once('error', ended);
}

function endAll(): void {
  for (const { pid } of running) signalGroup(pid, 'SIGTERM');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_GRACE_MS);
  for (const { pid } of running) signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
