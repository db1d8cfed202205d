import net, { isIP, type Socket } from 'node:net';
import type { Clock } from '../../domain/clock.ts';
import { TRY_ALL_ADDRESSES } from './address-choice.ts';
import { Stopwatch, type Timings } from './stopwatch.ts';
import { troubleOf, type Trouble } from './trouble.ts';

export interface TcpQuestion {
  /** A name or an address without brackets; of a name every address is tried. */
  readonly host: string;
  readonly port: number;
  /** For all of it, milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Common {
  readonly timings: Timings;
  /** From asking for the name to the last byte that was needed, milliseconds. */
  readonly totalMs: number;
  readonly peer: string | null;
}

export type Spoken<Value> =
  | (Common & { readonly status: 'answered'; readonly value: Value })
  | (Common & { readonly status: 'failed'; readonly trouble: Trouble });

/** What to do next: hear more, say something and hear again, be content, or be sure that this is another protocol. */
export type Move<Value> =
  | { readonly next: 'listen' }
  | { readonly next: 'say'; readonly bytes: Buffer }
  | { readonly next: 'done'; readonly value: Value; readonly farewell?: Buffer }
  | { readonly next: 'refuse'; readonly reason: string };

/** Our side of a protocol, without the network. One object serves one connection: it remembers how far it came. */
export interface Speaker<Value> {
  /** The first move, once there is a connection. */
  begin(): Move<Value>;
  /** @param heard everything since the last move that said something, in one piece. */
  hear(heard: Buffer): Move<Value>;
}

/** No greeting of the protocols that are spoken here is nearly as long. */
const HEARD_AT_MOST = 16_384;

/**
 * Connects, speaks, and hangs up. Whatever the server does, it comes to an end within `timeoutMs` and
 * holds at most 16 KiB; trouble is a value, only an abort is thrown. An answer of another protocol, or
 * one that does not end, is trouble with the code `UNEXPECTED_ANSWER`.
 */
export async function converse<Value>(
  question: TcpQuestion,
  clock: Clock,
  speaker: Speaker<Value>,
): Promise<Spoken<Value>> {
  question.signal.throwIfAborted();
  const deadline = AbortSignal.timeout(question.timeoutMs);
  const spoken = await connection(question, clock, speaker, AbortSignal.any([question.signal, deadline]));
  question.signal.throwIfAborted();
  return spoken;
}

function connection<Value>(
  question: TcpQuestion,
  clock: Clock,
  speaker: Speaker<Value>,
  signal: AbortSignal,
): Promise<Spoken<Value>> {
  const started = clock.monotonic();
  const watch = new Stopwatch(clock, isIP(question.host) === 0);
  return new Promise((resolve) => {
    const socket = net.connect({ host: question.host, port: question.port, ...TRY_ALL_ADDRESSES });
    const heard = new Heard();
    let peer: string | null = null;
    const common = (): Common => ({
      timings: watch.timings(),
      totalMs: Math.round(clock.monotonic() - started),
      peer,
    });
    const end = (): void => {
      signal.removeEventListener('abort', giveUp);
      socket.removeAllListeners('data').pause();
    };
    const fail = (trouble: Trouble): void => {
      end();
      socket.destroy();
      resolve({ ...common(), status: 'failed', trouble });
    };
    const giveUp = (): void => fail(outOfTime(question, watch, heard));
    const take = (move: Move<Value>): void => {
      if (move.next === 'refuse') return fail(unexpected(watch, move.reason));
      if (move.next === 'done') {
        resolve({ ...common(), status: 'answered', value: move.value });
        end();
        return hangUp(socket, move.farewell);
      }
      if (move.next === 'say') {
        heard.forget();
        socket.write(move.bytes);
      }
    };
    signal.addEventListener('abort', giveUp, { once: true });
    watch.watch(socket, false);
    socket.on('error', (error) => fail(troubleOf(error, watch.phase)));
    socket.on('close', () => fail(hungUp(watch, heard)));
    socket.once('connect', () => {
      peer = socket.remoteAddress ?? null;
      take(speaker.begin());
    });
    socket.on('data', (chunk: Buffer) =>
      heard.add(chunk) ? take(speaker.hear(heard.bytes)) : fail(unexpected(watch, 'it did not stop talking')),
    );
    if (signal.aborted) giveUp();
  });
}

class Heard {
  bytes: Buffer = Buffer.alloc(0);

  /** False when it is more than can be meant. */
  add(chunk: Buffer): boolean {
    if (this.bytes.length + chunk.length > HEARD_AT_MOST) return false;
    this.bytes = Buffer.concat([this.bytes, chunk]);
    return true;
  }

  forget(): void {
    this.bytes = Buffer.alloc(0);
  }
}

/** A last word is best effort: the answer is known already. */
function hangUp(socket: Socket, farewell: Buffer | undefined): void {
  if (farewell === undefined) return void socket.destroy();
  socket.end(farewell, () => socket.destroy());
  // A server that reads nothing must not hold the process.
  socket.unref();
}

function unexpected({ phase }: Stopwatch, reason: string): Trouble {
  return { phase, code: 'UNEXPECTED_ANSWER', message: reason, codes: ['UNEXPECTED_ANSWER'] };
}

function hungUp({ phase }: Stopwatch, { bytes }: Heard): Trouble {
  const after = bytes.length === 0 ? 'without a word' : `after ${bytes.length} bytes, in the middle of its answer`;
  return { phase, code: 'ECONNRESET', message: `the server closed the connection ${after}`, codes: ['ECONNRESET'] };
}

function outOfTime({ timeoutMs }: TcpQuestion, { phase }: Stopwatch, { bytes }: Heard): Trouble {
  const so = bytes.length === 0 ? '' : `, but ${bytes.length} bytes of one`;
  return { phase, code: 'TIMEOUT', message: `no answer within ${timeoutMs} ms${so}`, codes: ['TIMEOUT'] };
}
