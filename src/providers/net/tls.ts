import { isIP } from 'node:net';
import tls, { type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Clock } from '../../domain/clock.ts';
import { TRY_ALL_ADDRESSES, type AddressChoice } from './address-choice.ts';
import { trustedAuthorities } from './authorities.ts';
import { chainOf, isFor, type Certificate } from './certificate.ts';
import { Stopwatch, type Timings } from './stopwatch.ts';
import { troubleOf, type Trouble } from './trouble.ts';

export interface TlsQuestion {
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** The name that is asked for and that the certificate must bear. */
  readonly name: string;
  /** Certificates in PEM form to trust besides the usual ones. */
  readonly authorities: string | null;
  /** For all of it, milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Common {
  readonly timings: Timings;
  readonly peer: string | null;
}

export type Greeting =
  | (Common & {
      readonly status: 'greeted';
      /** `TLSv1.3`. */
      readonly protocol: string;
      readonly cipher: string;
      /** Why the chain is not trusted, as OpenSSL calls it (`DEPTH_ZERO_SELF_SIGNED_CERT`); null when it is. */
      readonly chainError: string | null;
      readonly nameMatches: boolean;
      /** The server's own certificate first. */
      readonly chain: readonly Certificate[];
    })
  | (Common & { readonly status: 'failed'; readonly trouble: Trouble });

/**
 * Shakes hands with a TLS server, takes down its certificates, valid or not, and hangs up.
 * A server that speaks nothing newer than TLS 1.1 is met once more on its own terms, so that it
 * can be told from one that speaks no TLS at all. Only an abort is thrown.
 */
export async function greet(question: TlsQuestion, clock: Clock): Promise<Greeting> {
  question.signal.throwIfAborted();
  const deadline = AbortSignal.timeout(question.timeoutMs);
  const first = await handshake(question, clock, {}, deadline);
  question.signal.throwIfAborted();
  if (first.status === 'greeted' || !first.trouble.codes.some((code) => TOO_OLD.has(code))) return first;
  const second = await handshake(question, clock, OLD_TERMS, deadline);
  question.signal.throwIfAborted();
  return second.status === 'greeted' ? second : first;
}

const TOO_OLD: ReadonlySet<string> = new Set([
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_WRONG_SSL_VERSION',
  'ERR_SSL_VERSION_TOO_LOW',
]);

/** OpenSSL 3 allows the old protocols only without its rules for strength. Nothing is ever sent over such a connection. */
const OLD_TERMS: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };

function handshake(
  question: TlsQuestion,
  clock: Clock,
  terms: ConnectionOptions,
  deadline: AbortSignal,
): Promise<Greeting> {
  const watch = new Stopwatch(clock, isIP(question.host) === 0);
  const signal = AbortSignal.any([question.signal, deadline]);
  return new Promise((resolve) => {
    const socket = tls.connect({ ...optionsOf(question), ...terms });
    let peer: string | null = null;
    const settle = (greeting: Greeting): void => {
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve(greeting);
    };
    const fail = (error: unknown): void =>
      settle({
        status: 'failed',
        timings: watch.timings(),
        peer,
        trouble: signal.aborted ? outOfTime(question, watch) : troubleOf(error, watch.phase),
      });
    const giveUp = (): void => fail(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    watch.watch(socket, true);
    socket.on('error', fail);
    socket.on('close', () => fail(hungUp()));
    socket.once('connect', () => (peer = socket.remoteAddress ?? null));
    socket.once('secureConnect', () => settle({ ...read(socket, question), timings: watch.timings(), peer }));
    if (signal.aborted) giveUp();
  });
}

function optionsOf({ host, port, name, authorities }: TlsQuestion): ConnectionOptions & AddressChoice {
  return {
    host,
    port,
    // An address must not be sent as a name (RFC 6066).
    ...(isIP(name) === 0 ? { servername: name } : {}),
    // A bad certificate is what we came to see; it is judged, and nothing is sent.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...TRY_ALL_ADDRESSES,
    ...(authorities === null ? {} : { ca: trustedAuthorities(authorities) }),
  };
}

function read(socket: TLSSocket, { name }: TlsQuestion) {
  const leaf = socket.getPeerX509Certificate();
  return {
    status: 'greeted' as const,
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
    chainError: socket.authorized ? null : chainError(socket),
    nameMatches: leaf !== undefined && isFor(leaf, name),
    chain: leaf === undefined ? [] : chainOf(leaf),
  };
}

/** Node's typings say Error; it is the code as a text for a failed verification. */
function chainError({ authorizationError }: { readonly authorizationError: unknown }): string {
  if (typeof authorizationError === 'string') return authorizationError;
  return authorizationError instanceof Error ? troubleOf(authorizationError, 'tls').code : 'UNTRUSTED';
}

function hungUp(): Error {
  return Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' });
}

function outOfTime({ timeoutMs }: TlsQuestion, { phase }: Stopwatch): Trouble {
  return { phase, code: 'TIMEOUT', message: `no handshake within ${timeoutMs} ms`, codes: ['TIMEOUT'] };
}
