import http, { type IncomingMessage } from 'node:http';
import { othersWords } from '../../domain/excerpt.ts';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';

export interface EngineQuestion {
  /** Path of the socket. */
  readonly socket: string;
  readonly path: string;
  /** A longer answer is given up. */
  readonly limitBytes: number;
  readonly signal: AbortSignal;
}

export interface EngineAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** How long one answer may take, milliseconds: an engine whose disk hangs answers nothing any more. */
const ANSWERS_WITHIN_MS = 5_000;

/** Asks an engine one thing over its socket (GET). */
export async function askEngine(question: EngineQuestion, withinMs = ANSWERS_WITHIN_MS): Promise<Looked<EngineAnswer>> {
  question.signal.throwIfAborted();
  const deadline = AbortSignal.timeout(withinMs);
  try {
    const answer = await exchange(question, AbortSignal.any([question.signal, deadline]));
    return answer === null ? tooLong(question) : seen(answer);
  } catch (error) {
    question.signal.throwIfAborted();
    return deadline.aborted
      ? unknown(
          'TIMEOUT',
          `The container engine at ${printable(question.socket)} did not answer within ${withinMs} ms.`,
        )
      : refused(question, error);
  }
}

/**
 * What `parse` makes of an answer in JSON; it gives null for one that is not what the interface documents.
 * @param asked the answer when it is there already.
 */
export async function askForJson<Value>(
  question: EngineQuestion,
  parse: (body: unknown) => Value | null,
  asked?: Looked<EngineAnswer>,
): Promise<Looked<Value>> {
  const answer = asked ?? (await askEngine(question));
  if (answer.status === 'unknown') return answer;
  const body = jsonOf(answer.value.body);
  if (answer.value.status !== 200) return refusal(question, answer.value.status, body);
  const value = body === undefined ? null : parse(body);
  return value === null
    ? unknown(
        'ENGINE_ANSWER_INVALID',
        `What answers at ${printable(question.socket)} does not say what a container engine says to GET ${question.path}.`,
      )
    : seen(value);
}

/** null: the answer is too long. */
function exchange({ socket, path, limitBytes }: EngineQuestion, signal: AbortSignal): Promise<EngineAnswer | null> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      socketPath: socket,
      path,
      method: 'GET',
      headers: { host: 'localhost', 'user-agent': 'holdfast', accept: 'application/json', connection: 'close' },
      agent: false,
      maxHeaderSize: 64 * 1024,
      signal,
    });
    let answered = false;
    request.once('error', reject);
    // An answer that switches protocols, which nobody asked for, ends in neither a response nor an error.
    request.once('close', () => void (answered || reject(new Error('the connection was closed'))));
    request.once('response', (response) => {
      answered = true;
      void gather(response, limitBytes).then(resolve, reject);
    });
    request.end();
  });
}

async function gather(response: IncomingMessage, limitBytes: number): Promise<EngineAnswer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > limitBytes) return null;
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks) };
}

function jsonOf(body: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return value;
  } catch {
    // No JSON, or not all of it: whoever asked says so.
    return undefined;
  }
}

function tooLong({ socket, path, limitBytes }: EngineQuestion): Looked<never> {
  return unknown(
    'ENGINE_ANSWER_TOO_LARGE',
    `The container engine at ${printable(socket)} answered GET ${path} with more than ${limitBytes} bytes.`,
  );
}

/** An engine says why in `message`. */
function refusal({ socket, path }: EngineQuestion, status: number, body: unknown): Looked<never> {
  const said = typeof body === 'object' && body !== null && 'message' in body ? body.message : null;
  const words = typeof said === 'string' ? `: ${othersWords(said)}` : '';
  return unknown(
    `HTTP_${status}`,
    `The container engine at ${printable(socket)} answered ${status} to GET ${path}${words}.`,
  );
}

function refused({ socket, path }: EngineQuestion, error: unknown): Looked<never> {
  const code = errorCode(error) ?? 'ENGINE_BROKE_OFF';
  const place = printable(socket);
  const words: Readonly<Record<string, string>> = {
    EACCES: `This user may not ask the container engine at ${place}; whoever may is as good as root there, so give the right with care.`,
    EPERM: `This user may not ask the container engine at ${place}; whoever may is as good as root there, so give the right with care.`,
    ECONNREFUSED: `There is a socket at ${place}, but no container engine answers at it: systemctl status docker podman.socket.`,
    ENOENT: `There is no socket at ${place}, so no container engine could be asked.`,
  };
  return unknown(
    code,
    words[code] ?? `The container engine at ${place} did not answer GET ${path} to its end (${code}).`,
  );
}
