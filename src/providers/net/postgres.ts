import type { Clock } from '../../domain/clock.ts';
import { printableStart } from '../../domain/printable.ts';
import { converse, type Speaker, type Spoken, type TcpQuestion } from './conversation.ts';

export interface PostgresQuestion extends TcpQuestion {
  readonly user: string;
  readonly database: string;
}

export interface PostgresAnswer {
  /** What it said to our start: it asks who we are, or refuses with a code. */
  readonly said: 'authentication' | 'error';
  /** How it wants us to prove it: `scram-sha-256`, `md5`, `none`; null for an error. */
  readonly method: string | null;
  /** SQLSTATE and words of an error; null without. */
  readonly sqlState: string | null;
  readonly words: string | null;
  /** Null when it did not tell. */
  readonly tls: boolean | null;
}

/**
 * Asks whether TLS is offered (SSLRequest), hangs up, and starts a session in plain text without ever
 * sending a password: that the server asks for one, or refuses us by name, shows that it accepts.
 */
export async function askPostgres(question: PostgresQuestion, clock: Clock): Promise<Spoken<PostgresAnswer>> {
  const started = clock.monotonic();
  const first = await converse(question, clock, sslSpeaker());
  if (first.status === 'failed') return first;
  const left = Math.max(1, Math.round(question.timeoutMs - (clock.monotonic() - started)));
  const second = await converse({ ...question, timeoutMs: left }, clock, startSpeaker(question));
  const totalMs = Math.round(clock.monotonic() - started);
  if (second.status === 'failed') return { ...second, totalMs };
  return { ...second, totalMs, value: { ...second.value, tls: first.value } };
}

/** One byte answers: S offered, N not; servers that can't even look at it answer with an error (E). */
function sslSpeaker(): Speaker<boolean | null> {
  return {
    begin: () => ({ next: 'say', bytes: Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]) }),
    hear(heard) {
      const answer = String.fromCharCode(heard[0] ?? 0);
      if (!'SNE'.includes(answer)) return notPostgres(heard);
      return { next: 'done', value: answer === 'E' ? null : answer === 'S' };
    },
  };
}

function startSpeaker({ user, database }: PostgresQuestion): Speaker<PostgresAnswer> {
  return {
    begin: () => ({ next: 'say', bytes: startMessage(user, database) }),
    hear(heard) {
      let rest = heard;
      for (;;) {
        const message = messageOf(rest);
        if (message === 'more') return { next: 'listen' };
        if (message === null) return notPostgres(rest);
        if (message.kind === 'E') return { next: 'done', value: errorAnswer(message.body) };
        if (message.kind === 'Z' || (message.kind === 'R' && !isLetIn(message.body)))
          return { next: 'done', value: authenticationAnswer(message), farewell: TERMINATE };
        // Let in without a proof, it may still be that no connection is left for us: wait until it is ready (Z).
        // Notices, settings and a word on the protocol's version come before what we wait for.
        rest = message.rest;
      }
    },
  };
}

interface Message {
  readonly kind: string;
  readonly body: Buffer;
  readonly rest: Buffer;
}

/** One letter, a length that counts itself, and the rest; null for what can be none at this point. */
function messageOf(heard: Buffer): Message | 'more' | null {
  const kind = String.fromCharCode(heard[0] ?? 'R'.charCodeAt(0));
  if (!'RENvSKZ'.includes(kind)) return null;
  if (heard.length < 5) return 'more';
  const length = heard.readUInt32BE(1);
  if (length < 4 || length > 10_000) return null;
  if (heard.length < length + 1) return 'more';
  return { kind, body: heard.subarray(5, length + 1), rest: heard.subarray(length + 1) };
}

function isLetIn(body: Buffer): boolean {
  return body.length === 4 && body.readUInt32BE(0) === 0;
}

function authenticationAnswer({ kind, body }: Message): PostgresAnswer {
  const asked = body.length < 4 ? 'unknown' : (METHODS[body.readUInt32BE(0)] ?? 'unknown');
  const method = kind === 'Z' ? 'none' : asked;
  return { said: 'authentication', method, sqlState: null, words: null, tls: null };
}

const METHODS: Readonly<Record<number, string>> = {
  2: 'kerberos',
  3: 'password in plain text',
  5: 'md5',
  7: 'gssapi',
  9: 'sspi',
  10: 'scram-sha-256',
};

const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4]);

/** Protocol 3.0 with a user and a database. */
function startMessage(user: string, database: string): Buffer {
  const text = Buffer.from(`user\0${user}\0database\0${database}\0application_name\0holdfast\0\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(text.length + 8, 0);
  head.writeUInt32BE(196_608, 4);
  return Buffer.concat([head, text]);
}

/** Fields of one letter and a text each: C is the SQLSTATE, M the message. */
function errorAnswer(body: Buffer): PostgresAnswer {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
  const state = fields.get('C');
  return {
    said: 'error',
    method: null,
    sqlState: state !== undefined && /^[0-9A-Z]{5}$/.test(state) ? state : null,
    words: printableStart(fields.get('M') ?? '', 200),
    tls: null,
  };
}

function notPostgres(heard: Buffer) {
  const start = printableStart(heard.toString('latin1').split(/\r?\n/)[0] ?? '', 60);
  return { next: 'refuse', reason: `it answers like no PostgreSQL: ${start}` } as const;
}
