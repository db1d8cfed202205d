import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printableStart } from '../../domain/printable.ts';

export interface JsonQuestion {
  readonly url: URL;
  /** For messages: `the runner's token endpoint`. */
  readonly what: string;
  /** Sent as bearer token; null: none. */
  readonly bearer: string | null;
  readonly limitBytes: number;
  /** For all of it, milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What was answered; `again`: whether asking once more may help. */
export interface JsonAnswer {
  readonly looked: Looked<unknown>;
  readonly again: boolean;
}

/**
 * GETs JSON. Whatever the server does, it ends within `timeoutMs` and `limitBytes`; a redirect is trouble, never
 * followed: what it leads to was not configured. Only an abort is thrown. Messages show the origin of the URL alone,
 * for its path and query may be secret.
 */
export async function getJson(question: JsonQuestion): Promise<JsonAnswer> {
  question.signal.throwIfAborted();
  const deadline = AbortSignal.timeout(question.timeoutMs);
  const from = `${question.what} at ${printableStart(question.url.origin, 200)}`;
  try {
    const response = await send(question, AbortSignal.any([question.signal, deadline]));
    try {
      return judgeStatus(response, from) ?? (await readJson(response, question.limitBytes, from));
    } finally {
      response.destroy();
    }
  } catch (error) {
    question.signal.throwIfAborted();
    if (deadline.aborted)
      return trouble('TIMEOUT', `There was no whole answer from ${from} within ${question.timeoutMs} ms.`, true);
    const code = errorCode(error) ?? 'FAILED';
    return trouble(code, `There was no answer from ${from} (${code}).`, true);
  }
}

function send({ url, bearer }: JsonQuestion, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      headers: {
        'user-agent': 'holdfast',
        accept: 'application/json',
        'accept-encoding': 'identity',
        connection: 'close',
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      },
      agent: false,
      signal,
    });
    // After the answer it is for the reading of the body to say how that ended.
    request.on('error', reject);
    request.on('response', resolve);
    request.end();
  });
}

function judgeStatus({ statusCode = 0, headers }: IncomingMessage, from: string): JsonAnswer | null {
  if (statusCode >= 300 && statusCode < 400)
    return trouble('OIDC_REDIRECTED', `Redirected by ${from} (HTTP ${statusCode}), which is not followed.`, false);
  if (statusCode !== 200)
    return trouble(`HTTP_${statusCode}`, `HTTP ${statusCode} from ${from}.`, statusCode === 429 || statusCode >= 500);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() === 'identity') return null;
  return trouble('OIDC_ANSWER_INVALID', `The answer of ${from} is compressed, which was not asked for.`, false);
}

async function readJson(response: IncomingMessage, limit: number, from: string): Promise<JsonAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a body without an encoding comes in buffers');
    length += chunk.length;
    if (length > limit)
      return trouble('OIDC_ANSWER_TOO_LARGE', `The answer of ${from} has more than ${limit} bytes.`, false);
    chunks.push(chunk);
  }
  try {
    return {
      looked: seen(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))),
      again: false,
    };
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
    return trouble('OIDC_ANSWER_INVALID', `The answer of ${from} is not JSON.`, false);
  }
}

function trouble(code: string, message: string, again: boolean): JsonAnswer {
  return { looked: unknown(code, message), again };
}
