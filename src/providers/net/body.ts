import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { errorCode } from '../../domain/failure.ts';

/** How much of a body is wanted. */
export interface BodyWish {
  /** In bytes, after decompression. */
  readonly limit: number;
  /** Enough has been read once all of these were found; empty: read on to the end or the limit. */
  readonly until: readonly string[];
  /** How long the body alone may take, milliseconds. */
  readonly withinMs: number;
}

/** The start of a body, and why reading ended there. */
export interface Body {
  readonly text: string;
  readonly bytes: number;
  readonly end: 'complete' | 'enough' | 'limit' | 'timeout' | 'closed' | 'not-decodable';
}

/**
 * Reads what is wanted of a body and not a byte more than fits; the rest is left unread.
 * Whatever goes wrong on the way, what was read so far is the result.
 */
export async function readBody(response: IncomingMessage, wish: BodyWish, signal: AbortSignal): Promise<Body> {
  const decoded = decoder(response);
  const gathered = new Gathered(wish);
  const end =
    decoded === null
      ? 'not-decodable'
      : await drain(decoded, gathered, AbortSignal.any([signal, AbortSignal.timeout(wish.withinMs)]));
  return { text: gathered.text(charsetOf(response)), bytes: gathered.length, end };
}

/** We ask for no compression, but some servers send nothing else. */
function decoder(response: IncomingMessage): Readable | null {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decompress = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress }[
    encoding
  ];
  if (decompress === undefined) return encoding === 'identity' || encoding === '' ? response : null;
  const stream = decompress();
  response.on('error', (error) => stream.destroy(error));
  return response.pipe(stream);
}

async function drain(stream: Readable, gathered: Gathered, signal: AbortSignal): Promise<Body['end']> {
  const abort = (): void => void stream.destroy(new Error('given up', { cause: signal.reason }));
  signal.addEventListener('abort', abort, { once: true });
  try {
    for await (const chunk of stream) {
      const end = gathered.add(chunk);
      if (end !== null) return end;
    }
    return signal.aborted ? 'timeout' : 'complete';
  } catch (error) {
    if (signal.aborted) return 'timeout';
    const code = errorCode(error);
    return code !== null && /^(?:Z_|ERR__?ERROR_|ERR_(?:PADDING|FORMAT)|ERR_BROTLI)/.test(code)
      ? 'not-decodable'
      : 'closed';
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** A buffer that grows to the limit. Each needle is sought only in what is new, so that a body in tiny pieces costs no more than one in large ones. */
class Gathered {
  readonly #limit: number;
  readonly #needles: Set<string>;
  readonly #longest: number;
  readonly #stopWhenFound: boolean;
  #buffer: Buffer;
  length = 0;

  constructor({ limit, until }: BodyWish) {
    this.#limit = limit;
    this.#needles = new Set(until);
    this.#longest = Math.max(0, ...until.map((needle) => Buffer.byteLength(needle)));
    this.#stopWhenFound = until.length > 0;
    this.#buffer = Buffer.alloc(Math.min(limit, 16_384));
  }

  add(chunk: Buffer): 'enough' | 'limit' | null {
    const room = this.#limit - this.length;
    const taken = chunk.subarray(0, room);
    this.#makeRoom(this.length + taken.length);
    taken.copy(this.#buffer, this.length);
    const from = Math.max(0, this.length - this.#longest);
    this.length += taken.length;
    for (const needle of this.#needles) {
      if (this.#buffer.subarray(from, this.length).includes(needle)) this.#needles.delete(needle);
    }
    if (this.#stopWhenFound && this.#needles.size === 0) return 'enough';
    return chunk.length > room ? 'limit' : null;
  }

  text(charset: string): string {
    return new TextDecoder(charset).decode(this.#buffer.subarray(0, this.length));
  }

  #makeRoom(length: number): void {
    if (length <= this.#buffer.length) return;
    const larger = Buffer.alloc(Math.min(this.#limit, Math.max(length, this.#buffer.length * 2)));
    this.#buffer.copy(larger, 0, 0, this.length);
    this.#buffer = larger;
  }
}

/** The declared character set when it is one that exists, else UTF-8. */
function charsetOf(response: IncomingMessage): string {
  const declared = /charset\s*=\s*"?([\w-]{1,40})/i.exec(response.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(declared).encoding;
  } catch {
    // RangeError: no such character set.
    return 'utf-8';
  }
}
