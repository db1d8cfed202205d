import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { CodedError } from '../../domain/coded-error.ts';
import { errorCode } from '../../domain/failure.ts';
import { authorityOf, type Listen } from '../../domain/loopback.ts';
import { readBody } from './body.ts';
import { refusal, refusalOf, type GuardRules, type Refusal } from './guard.ts';
import { createRate } from './rate.ts';
import type { Served } from './serve.ts';

export interface Listening {
  /** `http://127.0.0.1:39393/mcp` */
  readonly url: string;
  isWatched(): boolean;
  resourceUpdated(uri: string): void;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly listen: Listen;
  readonly origins: readonly string[];
  isToken(presented: string): boolean;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  /** Speaks the protocol: made for the first caller that was let in, so that nobody pays for it who is not called. */
  readonly serve: () => Promise<Served>;
  /** Called for what was refused, and for what went wrong. */
  readonly onRefused: (refusal: Refusal) => void;
  readonly onTrouble: (error: unknown) => void;
}

const MOST_CONNECTIONS = 512;
/** Requests whose answer is being made. */
const MOST_AT_ONCE = 256;
const EACH = { burst: 300, perSecond: 50 };
const ALL = { burst: 2_000, perSecond: 500 };
const SWEEP_EVERY_MS = 60_000;
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
const MOST_HEADER_BYTES = 16 * 1024;

/** Listens on this machine's own address and nowhere else. MCP_PORT_TAKEN when somebody does already. */
export async function listenLoopback(options: ListenOptions): Promise<Listening> {
  const http = createServer({
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    maxHeaderSize: MOST_HEADER_BYTES,
    requireHostHeader: false, // answered by the guard, with 403
  });
  http.maxConnections = MOST_CONNECTIONS;
  const port = await bound(http, options.listen);
  const door = openDoor(options, port);
  http.on('request', (request, response) => void door.answer(request, response));
  // Nothing may be sent before it is known that it may be sent.
  http.on('checkContinue', (request, response) => void door.answer(request, response));
  http.on('upgrade', (_request: IncomingMessage, socket: Socket) => socket.destroy());
  http.on('connect', (_request: IncomingMessage, socket: Socket) => socket.destroy());
  http.on('clientError', (_error: Error, socket: Socket) => socket.destroy());
  const sweeping = setInterval(() => door.served()?.sweep(), SWEEP_EVERY_MS).unref();
  return {
    url: `http://${authorityOf(options.listen.host, port)}/mcp`,
    isWatched: () => door.served()?.isWatched() ?? false,
    resourceUpdated: (uri) => door.served()?.resourceUpdated(uri),
    close: async () => {
      clearInterval(sweeping);
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      await door.served()?.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

function openDoor({ listen, origins, isToken, now, serve, onRefused, onTrouble }: ListenOptions, port: number) {
  const rules: GuardRules = { hosts: hostsOf(listen.host, port), origins: new Set(origins), isToken };
  const rate = createRate(EACH, ALL, now);
  let atOnce = 0;
  let served: Served | null = null;
  let serving: Promise<Served> | null = null;
  const begun = async (): Promise<Served> => (served ??= await (serving ??= serve()));

  const tried = async (request: IncomingMessage, response: ServerResponse): Promise<Refusal | null> => {
    const { method = '', url: target = '', rawHeaders } = request;
    const refused = refusalOf({ method, target, rawHeaders }, rules) ?? refusedPace(rate.take(callerOf(request)));
    if (refused !== null) return refused;
    if (atOnce >= MOST_AT_ONCE)
      return refusal(503, `${MOST_AT_ONCE} requests are being answered`, { 'Retry-After': '1' });
    if (request.headers.expect !== undefined) response.writeContinue();
    const read = method === 'POST' ? await readBody(request) : { status: 'read' as const, value: undefined };
    if (read.status === 'refused') return read.refusal;
    atOnce += method === 'POST' ? 1 : 0;
    if (method === 'POST') response.once('close', () => (atOnce -= 1));
    return (await begun()).handle(request, response, read.value);
  };

  return {
    served: () => served,
    answer: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      try {
        const refused = await tried(request, response);
        if (refused === null) return;
        onRefused(refused);
        refuse(request, response, refused);
      } catch (error) {
        // A caller that goes away in the middle of its own body is no trouble of ours.
        if (errorCode(error) !== 'ECONNRESET') onTrouble(error);
        if (response.headersSent) response.destroy();
        else refuse(request, response, { status: 400, says: 'the request could not be read', headers: {} });
      }
    },
  };
}

/** What a caller is told apart by: the session, else what it calls itself. */
function callerOf({ headers }: IncomingMessage): string {
  return String(headers['mcp-session-id'] ?? headers['user-agent'] ?? '').slice(0, 200);
}

function refusedPace(waitMs: number | null): Refusal | null {
  return waitMs === null
    ? null
    : refusal(429, 'too many requests', { 'Retry-After': String(Math.ceil(waitMs / 1000)) });
}

/** Says no, and hangs up: what is left of the body is not read. */
function refuse(request: IncomingMessage, response: ServerResponse, { status, says, headers }: Refusal): void {
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message: says }, id: null });
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    ...(request.complete ? {} : { Connection: 'close' }),
  });
  response.end(body, () => {
    if (!request.complete) request.destroy();
  });
}

function hostsOf(host: string, port: number): ReadonlySet<string> {
  const names = ['localhost', host].flatMap((name) => {
    const whole = authorityOf(name, port);
    // A browser or a client leaves the port out when it is that of http.
    return port === 80 ? [whole, whole.replace(/:80$/, '')] : [whole];
  });
  return new Set(names);
}

function bound(http: Server, { host, port }: Listen): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error) => reject(taken(error, host, port)));
    http.listen({ host, port, exclusive: true }, () => {
      const address = http.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function taken(error: unknown, host: string, port: number): unknown {
  const code = errorCode(error);
  if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') return error;
  return new CodedError('MCP_PORT_TAKEN', `${authorityOf(host, port)} can't be listened on (${code})`, {
    where: authorityOf(host, port),
    next: 'give another port with --listen 127.0.0.1:<port>; a `holdfast up` of this account serves MCP already, if it is the one',
    cause: error,
  });
}
