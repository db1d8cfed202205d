import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Clock } from '../../domain/clock.ts';
import { printableStart } from '../../domain/printable.ts';
import { TRY_ALL_ADDRESSES, type AddressChoice } from './address-choice.ts';
import { readBody, type Body, type BodyWish } from './body.ts';
import { nextStop, type Hop, type RefusedRedirect } from './redirect.ts';
import { shownUrl } from './shown-url.ts';
import { Stopwatch, type Timings } from './stopwatch.ts';
import { trustedAuthorities } from './authorities.ts';
import { troubleOf, type Trouble } from './trouble.ts';
import { wantedHeaders, type WantedHeaders } from './wanted-headers.ts';

export interface HttpQuestion {
  /** Absolute, http or https; user and password are sent as Basic authorisation and shown nowhere. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  /** Certificates in PEM form to trust besides the usual ones. */
  readonly authorities: string | null;
  /** How many redirects to follow; null follows none and takes the redirect for the answer. */
  readonly redirectsAtMost: number | null;
  /** For all of it: name, connection, redirects and body; milliseconds. */
  readonly timeoutMs: number;
  /** What is wanted of the body of an answer with this status; null for nothing. */
  readonly bodyWish: (status: number) => BodyWish | null;
  /** The headers of the answer that are wanted, by their names in lower case. */
  readonly headersWanted?: readonly string[];
  readonly signal: AbortSignal;
}

interface Common {
  /** The last address asked, fit to be shown. */
  readonly url: string;
  readonly hops: readonly Hop[];
  readonly timings: Timings;
  readonly totalMs: number;
  /** The address that answered. */
  readonly peer: string | null;
}

export type Answer =
  | (Common & {
      readonly status: 'answered';
      readonly httpStatus: number;
      readonly location: string | null;
      readonly contentType: string | null;
      /** Those that were wanted and sent. */
      readonly headers: WantedHeaders;
      readonly refusedRedirect: RefusedRedirect | null;
      readonly body: Body | null;
    })
  | (Common & { readonly status: 'failed'; readonly trouble: Trouble });

export interface HttpDeps {
  readonly clock: Clock;
  readonly learn: (secret: string) => void;
}

/**
 * Asks a web server one question. Whatever the server does, it comes to an end within `timeoutMs`;
 * only an abort is thrown. Proxies of the environment are not used: it is the endpoint that is asked.
 */
export async function ask(question: HttpQuestion, { clock, learn }: HttpDeps): Promise<Answer> {
  question.signal.throwIfAborted();
  const started = clock.monotonic();
  const deadline = AbortSignal.timeout(question.timeoutMs);
  const journey = new Journey(question, learn);
  for (;;) {
    const watch = new Stopwatch(clock, isIP(bareHost(journey.url)) === 0);
    const exchange = await once(journey, watch, AbortSignal.any([question.signal, deadline]));
    question.signal.throwIfAborted();
    const common = {
      url: shownUrl(journey.url),
      hops: journey.hops,
      timings: watch.timings(),
      totalMs: Math.round(clock.monotonic() - started),
      peer: exchange.peer,
    };
    if ('error' in exchange)
      return {
        ...common,
        status: 'failed',
        trouble: deadline.aborted ? outOfTime(question, watch) : troubleOf(exchange.error, watch.phase),
      };
    const refusedRedirect = journey.follow(exchange.status, exchange.location);
    if (refusedRedirect === 'followed') continue;
    return {
      ...common,
      status: 'answered',
      httpStatus: exchange.status,
      location: exchange.location === null ? null : shownLocation(exchange.location, journey.url),
      contentType: exchange.contentType,
      headers: exchange.headers,
      refusedRedirect,
      body: exchange.body,
    };
  }
}

/** Where we are after any number of redirects, and what may still be sent there. */
class Journey {
  readonly question: HttpQuestion;
  url: URL;
  headers: Readonly<Record<string, string>>;
  hops: readonly Hop[] = [];

  constructor(question: HttpQuestion, learn: (secret: string) => void) {
    this.question = question;
    this.url = new URL(question.url);
    this.headers = { ...question.headers, ...basicAuthorisation(this.url, learn) };
    // From here on they are a header; left in, a relative redirect would inherit them.
    this.url.username = '';
    this.url.password = '';
    for (const [name, value] of Object.entries(question.headers)) if (SECRET_HEADER.test(name)) learn(value);
  }

  follow(status: number, location: string | null): RefusedRedirect | 'followed' | null {
    const { redirectsAtMost } = this.question;
    if (!isRedirect(status) || location === null || redirectsAtMost === null) return null;
    const stop = nextStop(this.url, location, redirectsAtMost - this.hops.length);
    if ('refused' in stop) return stop.refused;
    // What the operator wrote for one origin is never told to another, nor sent again on the way back.
    if (stop.url.origin !== this.url.origin) this.headers = {};
    this.url = stop.url;
    this.hops = [...this.hops, { status, to: shownUrl(stop.url) }];
    return 'followed';
  }

  /** Only the answer that is not followed any further has a body that matters. */
  bodyWish(status: number, location: string | null): BodyWish | null {
    const onTheWay = this.question.redirectsAtMost !== null && isRedirect(status) && location !== null;
    return onTheWay || this.question.method === 'HEAD' ? null : this.question.bodyWish(status);
  }
}

const SECRET_HEADER = /auth|cookie|token|secret|key|password|credential|session/i;

function basicAuthorisation(url: URL, learn: (secret: string) => void): Record<string, string> {
  if (url.username === '' && url.password === '') return {};
  const [user, password] = [decoded(url.username), decoded(url.password)];
  const pair = Buffer.from(`${user}:${password}`).toString('base64');
  learn(pair);
  if (password !== '') learn(password);
  return { authorization: `Basic ${pair}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign: it is meant as it stands.
    return text;
  }
}

type Exchange =
  | { readonly peer: string | null; readonly error: unknown }
  | {
      readonly peer: string | null;
      readonly status: number;
      readonly location: string | null;
      readonly contentType: string | null;
      readonly headers: WantedHeaders;
      readonly body: Body | null;
    };

/** One request and its answer, without following anything. */
function once(journey: Journey, watch: Stopwatch, signal: AbortSignal): Promise<Exchange> {
  const { url } = journey;
  const encrypted = url.protocol === 'https:';
  return new Promise((resolve) => {
    const request = (encrypted ? https : http).request(optionsOf(journey, signal));
    let peer: string | null = null;
    let isAnswered = false;
    // After the answer it is for the reading of the body to say how that ended.
    const fail = (error: unknown): void => {
      if (!isAnswered) resolve({ peer, error });
    };
    request.on('error', fail);
    request.on('socket', (socket) => {
      watch.watch(socket, encrypted);
      socket.once('connect', () => (peer = socket.remoteAddress ?? null));
    });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ peer, status: response.statusCode ?? 101, location: null, contentType: null, headers: {}, body: null });
    });
    request.on('response', (response) => {
      watch.answered();
      isAnswered = true;
      response.on('error', fail);
      void readAnswer(journey, response, signal)
        .then(
          (answer) => resolve({ peer, ...answer }),
          (error: unknown) => resolve({ peer, error }),
        )
        .finally(() => request.destroy());
    });
    request.end();
  });
}

async function readAnswer(journey: Journey, response: IncomingMessage, signal: AbortSignal) {
  const status = response.statusCode ?? 0;
  const location = response.headers.location ?? null;
  const wish = journey.bodyWish(status, location);
  return {
    status,
    location,
    contentType:
      response.headers['content-type'] === undefined ? null : printableStart(response.headers['content-type'], 100),
    headers: wantedHeaders(response, journey.question.headersWanted ?? []),
    body: wish === null ? null : await readBody(response, wish, signal),
  };
}

function optionsOf({ url, headers, question }: Journey, signal: AbortSignal): https.RequestOptions & AddressChoice {
  return {
    method: question.method,
    host: bareHost(url),
    ...(url.port === '' ? {} : { port: url.port }),
    path: `${url.pathname}${url.search}`,
    headers: {
      'user-agent': 'holdfast',
      accept: '*/*',
      'accept-encoding': 'identity',
      connection: 'close',
      host: url.host,
      ...headers,
    },
    // A connection of our own: a kept one would answer without a new lookup or handshake.
    agent: false,
    signal,
    maxHeaderSize: 64 * 1_024,
    ...TRY_ALL_ADDRESSES,
    ...(question.authorities === null ? {} : { ca: trustedAuthorities(question.authorities) }),
  };
}

function outOfTime({ timeoutMs }: HttpQuestion, { phase }: Stopwatch): Trouble {
  return { phase, code: 'TIMEOUT', message: `no answer within ${timeoutMs} ms`, codes: ['TIMEOUT'] };
}

function shownLocation(location: string, base: URL): string {
  const url = URL.parse(location, base.href);
  return url === null ? printableStart(location, 200) : shownUrl(url);
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** An IPv6 address without its brackets. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
