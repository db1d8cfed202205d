import { readName, writeName } from './dns-name.ts';
import { readRecord, type DnsRecord, type RecordType, RECORD_TYPES } from './dns-record.ts';

export interface DnsMessage {
  readonly id: number;
  readonly truncated: boolean;
  /** The resolver says that it has checked the signatures (RFC 4035, 3.2.3). */
  readonly authentic: boolean;
  /** 0 fine, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  readonly responseCode: number;
  readonly question: { readonly name: string; readonly type: number };
  /** Of the types that are known here. */
  readonly answers: readonly DnsRecord[];
}

export interface DnsAsk {
  readonly id: number;
  readonly name: string;
  readonly type: RecordType;
  /** Asks for the answer even when its signatures are wrong (RFC 4035, 3.2.2). */
  readonly checkingDisabled: boolean;
}

/**
 * A query of one question with recursion desired. The AD bit says that we understand it in the answer
 * (RFC 6840, 5.7), so no EDNS is needed, and an answer over UDP is at most 512 bytes.
 */
export function encodeQuery({ id, name, type, checkingDisabled }: DnsAsk): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(RECURSION_DESIRED | AUTHENTIC_DATA | (checkingDisabled ? CHECKING_DISABLED : 0), 2);
  head.writeUInt16BE(1, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(RECORD_TYPES[type], 0);
  tail.writeUInt16BE(INTERNET, 2);
  return Buffer.concat([head, writeName(name), tail]);
}

const RECURSION_DESIRED = 0x100;
const AUTHENTIC_DATA = 0x20;
const CHECKING_DISABLED = 0x10;
const RESPONSE = 0x8000;
const TRUNCATED = 0x200;
const INTERNET = 1;

/** A response with one question; null for anything else, and for one whose answers do not fit what it says of them. */
export function decodeResponse(bytes: Buffer): DnsMessage | null {
  if (bytes.length < 12) return null;
  const flags = bytes.readUInt16BE(2);
  if ((flags & RESPONSE) === 0 || bytes.readUInt16BE(4) !== 1) return null;
  const asked = readName(bytes, 12);
  if (asked === null || asked.end + 4 > bytes.length || bytes.readUInt16BE(asked.end + 2) !== INTERNET) return null;
  const truncated = (flags & TRUNCATED) !== 0;
  // Of a truncated answer nothing is used: the whole one is fetched over TCP.
  const answers = truncated ? [] : readAnswers(bytes, asked.end + 4, bytes.readUInt16BE(6));
  if (answers === null) return null;
  return {
    id: bytes.readUInt16BE(0),
    truncated,
    authentic: (flags & AUTHENTIC_DATA) !== 0,
    responseCode: flags & 0xf,
    question: { name: asked.name, type: bytes.readUInt16BE(asked.end) },
    answers,
  };
}

function readAnswers(bytes: Buffer, from: number, count: number): readonly DnsRecord[] | null {
  const records: DnsRecord[] = [];
  let at = from;
  for (let index = 0; index < count; index += 1) {
    const owner = readName(bytes, at);
    if (owner === null || owner.end + 10 > bytes.length) return null;
    const start = owner.end + 10;
    at = start + bytes.readUInt16BE(owner.end + 8);
    if (at > bytes.length) return null;
    if (bytes.readUInt16BE(owner.end + 2) !== INTERNET) continue;
    const record = readRecord(bytes, { type: bytes.readUInt16BE(owner.end), start, end: at });
    if (record === 'broken') return null;
    if (record !== null) records.push({ owner: owner.name, ...record });
  }
  return records;
}
