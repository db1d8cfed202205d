import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../domain/clock.ts';
import { converse, type Speaker } from './conversation.ts';
import { decodeResponse, encodeQuery, type DnsAsk, type DnsMessage } from './dns-message.ts';
import { RECORD_TYPES, type DnsRecord, type RecordType } from './dns-record.ts';
import { troubleOf } from './trouble.ts';

export interface Resolver {
  /** Always an address. */
  readonly host: string;
  readonly port: number;
}

export interface DnsQuestion {
  readonly name: string;
  readonly type: RecordType;
  readonly resolver: Resolver;
  readonly checkingDisabled: boolean;
  /** For all of it, milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type DnsReply =
  | {
      readonly status: 'answered';
      readonly responseCode: number;
      readonly authentic: boolean;
      readonly answers: readonly DnsRecord[];
      readonly via: 'udp' | 'tcp';
      /** Answers that came before and were to another question, or to nobody's. */
      readonly strangers: number;
    }
  | {
      readonly status: 'failed';
      /** `TIMEOUT`, `DNS_GARBAGE`, `DNS_TRUNCATED` when the whole answer could not be had over TCP, or the system's own. */
      readonly code: string;
      readonly message: string;
    };

/**
 * Asks one resolver one question over UDP, and once more over TCP when the answer did not fit.
 * An answer counts only when it comes from whom was asked, bears the number and repeats the question:
 * others are waited past. Trouble is a value, only an abort is thrown.
 */
export async function query(question: DnsQuestion, clock: Clock): Promise<DnsReply> {
  question.signal.throwIfAborted();
  const started = clock.monotonic();
  const overUdp = await askUdp(question);
  question.signal.throwIfAborted();
  if ('code' in overUdp) return { status: 'failed', ...overUdp };
  const { message, strangers } = overUdp;
  if (!message.truncated) return answered(message, 'udp', strangers);
  const timeoutMs = Math.max(1, Math.round(question.timeoutMs - (clock.monotonic() - started)));
  const { host, port } = question.resolver;
  const ask = newAsk(question);
  const spoken = await converse({ host, port, timeoutMs, signal: question.signal }, clock, tcpSpeaker(ask));
  if (spoken.status === 'answered') return answered(spoken.value, 'tcp', strangers);
  const { code, message: why } = spoken.trouble;
  return {
    status: 'failed',
    code: 'DNS_TRUNCATED',
    message: `the answer was cut short over UDP, and over TCP there was none (${code}: ${why})`,
  };
}

/** Those that this machine asks, in its order. */
export function ownResolvers(): readonly Resolver[] {
  return getServers().flatMap((text) => {
    const [, bracketed, after] = /^\[(.+)\]:(\d+)$/.exec(text) ?? [];
    if (bracketed !== undefined) return [{ host: bracketed, port: Number(after) }];
    const [, plain, port] = /^([\d.]+):(\d+)$/.exec(text) ?? [];
    return [{ host: plain ?? text, port: Number(port ?? 53) }];
  });
}

function answered({ responseCode, authentic, answers }: DnsMessage, via: 'udp' | 'tcp', strangers: number): DnsReply {
  return { status: 'answered', responseCode, authentic, answers, via, strangers };
}

function newAsk({ name, type, checkingDisabled }: DnsQuestion): DnsAsk {
  return { id: randomInt(65_536), name, type, checkingDisabled };
}

function isAnswerTo(message: DnsMessage, { id, name, type }: DnsAsk): boolean {
  return message.id === id && message.question.name === name && message.question.type === RECORD_TYPES[type];
}

type Datagram =
  | { readonly message: DnsMessage; readonly strangers: number }
  | { readonly code: string; readonly message: string };

function askUdp(question: DnsQuestion): Promise<Datagram> {
  const { resolver, timeoutMs } = question;
  const ask = newAsk(question);
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(timeoutMs)]);
  return new Promise((resolve) => {
    // Connected, so that the system drops what others send; the port is the system's to choose.
    const socket = createSocket(isIPv6(resolver.host) ? 'udp6' : 'udp4');
    let [strangers, isOver] = [0, false];
    const settle = (datagram: Datagram): void => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener('abort', giveUp);
      socket.close();
      resolve(datagram);
    };
    const fail = (error: unknown): void => {
      const { code, message } = troubleOf(error, 'dns');
      settle({ code, message });
    };
    const giveUp = (): void => settle(outOfTime(timeoutMs, strangers));
    signal.addEventListener('abort', giveUp, { once: true });
    socket.on('error', fail);
    socket.on('message', (bytes) => {
      const message = decodeResponse(bytes);
      if (message !== null && isAnswerTo(message, ask)) settle({ message, strangers });
      else strangers += 1;
    });
    socket.on('connect', () => {
      if (!isOver) socket.send(encodeQuery(ask), (error) => error !== null && fail(error));
    });
    socket.connect(resolver.port, resolver.host);
    if (signal.aborted) giveUp();
  });
}

function outOfTime(timeoutMs: number, strangers: number): Datagram {
  if (strangers === 0) return { code: 'TIMEOUT', message: `no answer within ${timeoutMs} ms` };
  return {
    code: 'DNS_GARBAGE',
    message: `${strangers} answers within ${timeoutMs} ms, none of them to the question`,
  };
}

/** Over TCP a message is preceded by its length (RFC 1035, 4.2.2). */
function tcpSpeaker(ask: DnsAsk): Speaker<DnsMessage> {
  return {
    begin() {
      const bytes = encodeQuery(ask);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return { next: 'say', bytes: Buffer.concat([length, bytes]) };
    },
    hear(heard) {
      if (heard.length < 2 || heard.length < heard.readUInt16BE(0) + 2) return { next: 'listen' };
      const message = decodeResponse(heard.subarray(2, heard.readUInt16BE(0) + 2));
      return message === null || message.truncated || !isAnswerTo(message, ask)
        ? { next: 'refuse', reason: 'it is no answer to the question' }
        : { next: 'done', value: message };
    },
  };
}
