import { printableStart } from '../../domain/printable.ts';
import type { Speaker, Move } from './conversation.ts';

export interface MysqlAnswer {
  /** `8.4.3`, `11.4.2-MariaDB`; null when it refused before it greeted. */
  readonly version: string | null;
  readonly tls: boolean | null;
  /** Code and words of its last error; a login that is denied (1045) is one, and shows that it accepts. */
  readonly errorCode: number | null;
  readonly words: string | null;
}

/**
 * Hears the greeting and logs in as nobody, without a password, until the server denies it.
 *
 * Hanging up after the greeting would be simpler, but the server counts that as a failed handshake,
 * and blocks our machine after `max_connect_errors` of them. A denied login is not counted there.
 */
export function mysqlSpeaker(user: string): Speaker<MysqlAnswer> {
  let greeting: Pick<MysqlAnswer, 'version' | 'tls'> | null = null;
  return {
    begin: () => ({ next: 'listen' }),
    hear(heard): Move<MysqlAnswer> {
      const packet = packetOf(heard);
      if (packet === 'more') return { next: 'listen' };
      if (packet === null) return notMysql(heard);
      const { body, sequence } = packet;
      if (body[0] === 0xff && body.length >= 3)
        return { next: 'done', value: { version: null, tls: null, ...greeting, ...errorOf(body) } };
      if (greeting === null) {
        greeting = greetingOf(body);
        return greeting === null ? notMysql(heard) : { next: 'say', bytes: login(user, sequence + 1) };
      }
      // It wants another proof: an empty one, for the same password that there is not.
      if (body[0] === 0xfe) return { next: 'say', bytes: packed(Buffer.alloc(0), sequence + 1) };
      // Let in (0x00), or in the middle of another exchange (0x01): it accepts.
      const value = { ...greeting, errorCode: null, words: null };
      return body[0] === 0 || body[0] === 1
        ? { next: 'done', value, farewell: packed(Buffer.from([1]), 0) }
        : notMysql(heard);
    },
  };
}

/** Three bytes of length, one that counts, and the rest; null for what can be none at this point. */
function packetOf(heard: Buffer): { readonly body: Buffer; readonly sequence: number } | 'more' | null {
  if (heard.length < 4) return 'more';
  const length = heard.readUIntLE(0, 3);
  if (length === 0 || length > 4_096) return null;
  return heard.length < length + 4 ? 'more' : { body: heard.subarray(4, length + 4), sequence: heard.readUInt8(3) };
}

/** Version 10 of the handshake, which every server since 3.21 speaks; null for anything else. */
function greetingOf(body: Buffer): Pick<MysqlAnswer, 'version' | 'tls'> | null {
  const end = body.indexOf(0, 1);
  // After the version: thread 4, salt 8, filler 1, then the lower half of the capabilities.
  const at = end + 1 + 4 + 8 + 1;
  if (body[0] !== 10 || end === -1 || body.length < at + 2) return null;
  return {
    version: printableStart(body.toString('latin1', 1, end), 80),
    tls: (body.readUInt16LE(at) & CLIENT_SSL) !== 0,
  };
}

const CLIENT_SSL = 0x800;
/** LONG_PASSWORD, PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH. */
const CAPABILITIES = 0x1 | 0x200 | 0x8000 | 0x80000;
const UTF8 = 33;

/** HandshakeResponse41 with an empty proof. */
function login(user: string, sequence: number): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(CAPABILITIES, 0);
  head.writeUInt32LE(65_536, 4);
  head.writeUInt8(UTF8, 8);
  return packed(Buffer.concat([head, Buffer.from(`${user}\0\0mysql_native_password\0`)]), sequence);
}

function packed(body: Buffer, sequence: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head.writeUInt8(sequence % 256, 3);
  return Buffer.concat([head, body]);
}

/** A code, then `#` and a state of five once the protocol is agreed on, then words. */
function errorOf(body: Buffer): Pick<MysqlAnswer, 'errorCode' | 'words'> {
  const words = body.toString('utf8', 3).replace(/^#[0-9A-Z]{5}/, '');
  return { errorCode: body.readUInt16LE(1), words: printableStart(words, 200) };
}

function notMysql(heard: Buffer): Move<MysqlAnswer> {
  const start = printableStart(heard.toString('latin1').split(/\r?\n/)[0] ?? '', 60);
  return { next: 'refuse', reason: `it greets like no MySQL: ${start}` };
}
