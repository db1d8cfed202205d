import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Access, Way } from './access.ts';
import type { Answer, Ask, Call } from './call.ts';
import { withoutManagedFields } from './managed-fields.ts';
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

const unzip = promisify(gunzip);

/**
 * Calls over HTTP/1.1 with node:https (docs/decisions/0015). Only reads are made again: where the server asks for it
 * (429 and 503 with Retry-After), where the connection broke, and once where the credential was refused. A write is
 * sent once, over a connection of its own, always with its length: what came of it without an answer is unknown.
 */
export function createAsk(way: Way, patience: Patience = PATIENCE): Ask {
  return async (call, signal) => {
    signal.throwIfAborted();
    const deadline = AbortSignal.timeout(patience.wholeMs);
    try {
      return await persist(call, way, patience, AbortSignal.any([signal, deadline]));
    } catch (error) {
      signal.throwIfAborted();
      const late = new GivenUp('TIMEOUT', `there was no whole answer within ${patience.wholeMs} ms`);
      throw noAnswer(deadline.aborted ? late : error, way.server, call);
    }
  };
}

async function persist(call: Call, way: Way, patience: Patience, signal: AbortSignal): Promise<Answer> {
  const mayRepeat = call.method === 'GET';
  let access = await way.access(false);
  let [renewed, reset] = [false, false];
  for (let tried = 1; ; tried += 1) {
    let answer: Answer;
    try {
      answer = await exchange(call, way.server, access, patience.headersMs, signal);
    } catch (error) {
      if (!mayRepeat || reset || signal.aborted || !isReset(error)) throw error;
      reset = true;
      continue;
    }
    if (!mayRepeat) return answer;
    if (answer.status === 401 && !renewed) {
      renewed = true;
      access = await way.access(true);
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

function exchange(call: Call, server: URL, access: Access, headersMs: number, signal: AbortSignal): Promise<Answer> {
  const { method, body } = call;
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
      gather(response, call).then(resolve, reject);
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

async function gather(response: IncomingMessage, { limitBytes: limit = BODY_BYTES_MAX, slim }: Call): Promise<Answer> {
  const packed = await bytesOf(response, limit);
  const whole = response.headers['content-encoding'] === 'gzip' ? await unpacked(packed, limit) : packed;
  const bytes = slim === true ? withoutManagedFields(whole) : whole;
  return { status: response.statusCode ?? 0, headers: response.headers, body: bytes.toString('utf8') };
}

function bytesOf(response: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) response.destroy(tooLong(limit));
      else chunks.push(chunk);
    });
    response.once('error', reject);
    response.once('end', () => resolve(Buffer.concat(chunks)));
    response.once('close', () => reject(Object.assign(new Error('the answer broke off'), { code: 'ECONNRESET' })));
  });
}

async function unpacked(packed: Buffer, limit: number): Promise<Buffer> {
  try {
    return await unzip(packed, { maxOutputLength: limit });
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLong(limit) : error;
  }
}

function tooLong(limit: number): GivenUp {
  return new GivenUp('ANSWER_TOO_LONG', `the answer is longer than ${limit} bytes`);
}
