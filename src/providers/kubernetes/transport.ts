import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { Access, Way } from './access.ts';
import type { Answer, Ask, Call } from './call.ts';
import { createRoom, type Room } from './room.ts';
import { GivenUp, noAnswer } from './trouble.ts';

/** How long is waited, and how often is asked again. */
export interface Patience {
  /** From the call to the first byte of the answer. */
  readonly headersMs: number;
  /** The whole call, with all that is asked again. */
  readonly wholeMs: number;
  /** How often a read is made at most when the server asks to come again. */
  readonly tries: number;
  /** A longer Retry-After is not waited for. */
  readonly pauseMs: number;
}

export const PATIENCE: Patience = { headersMs: 15_000, wholeMs: 60_000, tries: 3, pauseMs: 10_000 };

/** Single objects and the like; lists say their own. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Calls over HTTP/1.1 with node:https (docs/decisions/0015). Only reads are made again: where the server asks for it
 * (429 and 503 with Retry-After), where the connection broke, and once where the credential was refused. A write is
 * sent once, over a connection of its own, always with its length: what came of it without an answer is unknown.
 */
export function createAsk(way: Way, patience: Patience = PATIENCE): Ask {
  const room = createRoom();
  return async (call, signal) => {
    signal.throwIfAborted();
    const deadline = AbortSignal.timeout(patience.wholeMs);
    try {
      return await persist(call, way, { patience, room }, AbortSignal.any([signal, deadline]));
    } catch (error) {
      signal.throwIfAborted();
      const late = new GivenUp('TIMEOUT', `there was no whole answer within ${patience.wholeMs} ms`);
      throw noAnswer(deadline.aborted ? late : error, way.server, call);
    }
  };
}

interface Means {
  readonly patience: Patience;
  readonly room: Room;
}

async function persist(call: Call, way: Way, means: Means, signal: AbortSignal): Promise<Answer> {
  const { patience } = means;
  const mayRepeat = call.method === 'GET';
  let access = await way.access(null);
  let [renewed, reset] = [false, false];
  for (let tried = 1; ; tried += 1) {
    let answer: Answer;
    try {
      answer = await exchange(call, way.server, access, means, signal);
    } catch (error) {
      if (!mayRepeat || reset || signal.aborted || !isReset(error)) throw error;
      reset = true;
      continue;
    }
    if (!mayRepeat) return answer;
    if (answer.status === 401 && !renewed) {
      renewed = true;
      access = await way.access(access);
      continue;
    }
    const wait = waitFor(answer);
    if (wait === null || tried >= patience.tries || wait > patience.pauseMs) return answer;
    await pause(wait, undefined, { signal });
  }
}

/** An idle connection that the server had closed, a load balancer that was changed: nothing but bad luck, once. */
function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Milliseconds; null: it does not ask to come again. An APIService without a backend answers 503 without it. */
function waitFor({ status, headers }: Answer): number | null {
  const seconds = headers['retry-after'];
  if ((status !== 429 && status !== 503) || typeof seconds !== 'string' || !/^\d{1,6}$/.test(seconds)) return null;
  return Number(seconds) * 1_000;
}

function exchange(call: Call, server: URL, access: Access, means: Means, signal: AbortSignal): Promise<Answer> {
  const { method, body } = call;
  const { headersMs } = means.patience;
  return new Promise((resolve, reject) => {
    const request = (server.protocol === 'https:' ? https : http).request(
      new URL(`${server.href.replace(/\/$/, '')}${call.path}`),
      {
        method,
        agent: method === 'GET' ? access.agent : access.agentOfWrites,
        headers: headersOf(call, access),
        signal,
      },
    );
    const timer = setTimeout(
      () => request.destroy(new GivenUp('TIMEOUT', `there was no answer within ${headersMs} ms`)),
      headersMs,
    );
    let answered = false;
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      reject(error instanceof Error ? error : new Error('the connection was closed'));
    };
    request.once('error', fail);
    // Nobody asked to switch protocols; such an answer is neither a response nor an error.
    request.once('close', () => void (answered || fail(undefined)));
    request.once('response', (response) => {
      answered = true;
      clearTimeout(timer);
      gather(response, call, means.room).then(resolve, reject);
    });
    request.end(body);
  });
}

function headersOf(call: Call, access: Access): http.OutgoingHttpHeaders {
  const { method, body, contentType } = call;
  return {
    ...access.headers,
    accept: call.accept ?? 'application/json',
    'accept-encoding': 'gzip',
    'user-agent': 'holdfast',
    // Without it a server takes the body of a DELETE for none, and its preconditions with it.
    ...(method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body ?? '') }),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
}

async function gather(response: IncomingMessage, call: Call, room: Room): Promise<Answer> {
  const { statusCode: status = 0, headers } = response;
  const limit = call.limitBytes ?? BODY_BYTES_MAX;
  const body = headers['content-encoding'] === 'gzip' ? unpacked(response) : response;
  if (call.read === undefined || status !== 200)
    return { status, headers, body: (await bytesOf(body, limit, Buffer.alloc(0))).toString('utf8') };
  const buffer = room.take();
  const bytes = await bytesOf(body, limit, buffer);
  call.read(bytes);
  room.giveBack(Buffer.from(bytes.buffer));
  return { status, headers, body: '', wasRead: true };
}

/** Reads to the end, into `into` while it is large enough. */
function bytesOf(stream: Readable, limit: number, into: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let buffer = into;
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      if (size + chunk.length > limit) return void stream.destroy(tooLong(limit));
      if (size + chunk.length > buffer.length) buffer = grown(buffer, size, size + chunk.length);
      chunk.copy(buffer, size);
      size += chunk.length;
    });
    stream.once('error', reject);
    stream.once('end', () => resolve(buffer.subarray(0, size)));
    stream.once('close', () => reject(Object.assign(new Error('the answer broke off'), { code: 'ECONNRESET' })));
  });
}

function grown(buffer: Buffer, size: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * buffer.length, 64 * 1024));
  buffer.copy(larger, 0, 0, size);
  return larger;
}

function unpacked(response: IncomingMessage): Readable {
  const unzip = createGunzip({ chunkSize: 256 * 1024 });
  // What breaks the one off breaks the other off.
  pipeline(response, unzip, () => undefined);
  return unzip;
}

function tooLong(limit: number): GivenUp {
  return new GivenUp('ANSWER_TOO_LONG', `the answer is longer than ${limit} bytes`);
}
