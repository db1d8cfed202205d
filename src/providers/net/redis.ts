import { printableStart } from '../../domain/printable.ts';
import type { Speaker, Move } from './conversation.ts';

export interface RedisWish {
  /** Null asks without; a user of null is the default one. */
  readonly login: { readonly user: string | null; readonly password: string } | null;
  readonly replication: boolean;
}

export interface RedisAnswer {
  /** `PONG`, or the code of an error: `NOAUTH`, `LOADING`, `MASTERDOWN`, `DENIED`, `ERR`. */
  readonly ping: string;
  /** The words of that error; null for `PONG`. */
  readonly words: string | null;
  /** What came of AUTH: `OK`, or the code of its error; null when there was none. Its words may repeat the password, so they are not kept. */
  readonly login: string | null;
  /** `INFO replication`, by key; null when it was not asked for, or refused. */
  readonly replication: ReadonlyMap<string, string> | null;
  /** The code of what refused it. */
  readonly replicationError: string | null;
}

/** AUTH when there is a password, PING, INFO replication, QUIT; in RESP2, which every version speaks. */
export function redisSpeaker(wish: RedisWish): Speaker<RedisAnswer> {
  const answer: { -readonly [Key in keyof RedisAnswer]: RedisAnswer[Key] } = {
    ping: '',
    words: null,
    login: null,
    replication: null,
    replicationError: null,
  };
  const questions = questionsOf(wish);
  let asked = questions.shift();
  return {
    begin: () => (asked === undefined ? { next: 'refuse', reason: 'nothing to ask' } : asking(asked.words)),
    hear(heard): Move<RedisAnswer> {
      const reply = replyOf(heard);
      if (reply === 'more') return { next: 'listen' };
      if (reply === null) return { next: 'refuse', reason: `it answers like no Redis: ${firstLine(heard)}` };
      asked?.keep(reply, answer);
      const isOver = asked?.name === 'ping' && answer.ping !== 'PONG';
      asked = isOver ? undefined : questions.shift();
      return asked === undefined ? { next: 'done', value: answer, farewell: command(['QUIT']) } : asking(asked.words);
    },
  };
}

type Reply = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'error'; readonly text: string };
type Draft = { -readonly [Key in keyof RedisAnswer]: RedisAnswer[Key] };

interface Question {
  readonly name: 'login' | 'ping' | 'replication';
  readonly words: readonly string[];
  keep(reply: Reply, answer: Draft): void;
}

function questionsOf({ login, replication }: RedisWish): Question[] {
  const auth: Question | null =
    login === null
      ? null
      : {
          name: 'login',
          words: ['AUTH', ...(login.user === null ? [] : [login.user]), login.password],
          keep: (reply, answer) => void (answer.login = reply.kind === 'error' ? codeOf(reply.text) : 'OK'),
        };
  const ping: Question = {
    name: 'ping',
    words: ['PING'],
    keep(reply, answer) {
      answer.ping = reply.kind === 'error' ? codeOf(reply.text) : reply.text.slice(0, 40);
      answer.words = reply.kind === 'error' ? printableStart(reply.text, 200) : null;
    },
  };
  const info: Question | null = replication
    ? {
        name: 'replication',
        words: ['INFO', 'replication'],
        keep(reply, answer) {
          if (reply.kind === 'error') answer.replicationError = codeOf(reply.text);
          else answer.replication = pairs(reply.text);
        },
      }
    : null;
  return [auth, ping, info].filter((question) => question !== null);
}

function asking(words: readonly string[]): Move<RedisAnswer> {
  return { next: 'say', bytes: command(words) };
}

/** An array of bulk strings: nothing in a word can end it. */
function command(words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}

/** A simple string, an error or a bulk string; null for what is none of RESP's. */
function replyOf(heard: Buffer): Reply | 'more' | null {
  const kind = String.fromCharCode(heard[0] ?? 0);
  if (!'+-$'.includes(kind)) return null;
  const end = heard.indexOf('\r\n');
  if (end === -1) return heard.length > 1_024 ? null : 'more';
  const line = heard.toString('utf8', 1, end);
  if (kind !== '$') return { kind: kind === '-' ? 'error' : 'text', text: line };
  if (!/^\d{1,9}$/.test(line)) return null;
  const bytes = heard.subarray(end + 2);
  const length = Number(line);
  if (bytes.length < length + 2) return 'more';
  return { kind: 'text', text: bytes.toString('utf8', 0, length) };
}

/** The first word of an error, by which clients tell errors apart. */
function codeOf(text: string): string {
  return /^[A-Z][A-Z0-9_]{1,39}(?= |$)/.exec(text)?.[0] ?? 'ERR';
}

/** Lines of `key:value`; of a value only what can be shown, and not much of it. */
function pairs(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^([a-z_]{1,60}\d{0,4}):([^\r\n]*)\r?$/gm)].map(([, key = '', value = '']) => [
      key,
      printableStart(value, 120),
    ]),
  );
}

function firstLine(heard: Buffer): string {
  return printableStart(heard.toString('latin1').split(/\r?\n/)[0] ?? '', 80);
}
