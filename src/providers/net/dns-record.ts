import { printable } from '../../domain/printable.ts';
import { readName } from './dns-name.ts';

/** The types that can be asked for, by the numbers of the registry. */
export const RECORD_TYPES = { A: 1, NS: 2, CNAME: 5, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, CAA: 257 } as const;

export type RecordType = keyof typeof RECORD_TYPES;

export interface DnsRecord {
  readonly owner: string;
  readonly type: RecordType;
  /** As zone files write it: `10 mx.example.com`; names in lower case without the last dot, of a TXT the text alone. */
  readonly value: string;
}

interface Place {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** Null for a type that is not known here; `broken` when its data is not what its type says. */
export function readRecord(bytes: Buffer, { type, start, end }: Place): Omit<DnsRecord, 'owner'> | null | 'broken' {
  const known = Object.entries(READERS).find(([name]) => isType(name) && RECORD_TYPES[name] === type)?.[0];
  if (known === undefined || !isType(known)) return null;
  const value = READERS[known](bytes, start, end);
  return value === null ? 'broken' : { type: known, value };
}

type Read = (bytes: Buffer, start: number, end: number) => string | null;

const nameAt =
  (offset: number): Read =>
  (bytes, start, end) => {
    const read = readName(bytes, start + offset);
    return read === null || read.end !== end ? null : read.name;
  };

/** Numbers of 16 bits, then a name. */
const numbersAndName =
  (count: number): Read =>
  (bytes, start, end) => {
    if (end - start < count * 2 + 1) return null;
    const name = nameAt(count * 2)(bytes, start, end);
    const numbers = Array.from({ length: count }, (_, index) => bytes.readUInt16BE(start + index * 2));
    return name === null ? null : [...numbers, name === '' ? '.' : name].join(' ');
  };

const READERS: Readonly<Record<RecordType, Read>> = {
  A: (bytes, start, end) => (end - start === 4 ? bytes.subarray(start, end).join('.') : null),
  AAAA: (bytes, start, end) => (end - start === 16 ? address6(bytes.subarray(start, end)) : null),
  CNAME: nameAt(0),
  NS: nameAt(0),
  PTR: nameAt(0),
  MX: numbersAndName(1),
  SRV: numbersAndName(3),
  TXT: text,
  CAA: authorisation,
};

function isType(name: string): name is RecordType {
  return Object.hasOwn(RECORD_TYPES, name);
}

/** The short form of RFC 5952, which is what a URL makes of an address. */
function address6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

/** Strings of a length and so many bytes, joined as everyone who uses them does. */
function text(bytes: Buffer, start: number, end: number): string | null {
  const parts: Buffer[] = [];
  for (let at = start; at < end; at += 1 + (bytes[at] ?? 0)) {
    const next = at + 1 + (bytes[at] ?? 0);
    if (next > end) return null;
    parts.push(bytes.subarray(at + 1, next));
  }
  return printable(Buffer.concat(parts).toString('utf8'));
}

/** RFC 8659: flags, a tag and a value. */
function authorisation(bytes: Buffer, start: number, end: number): string | null {
  const length = bytes[start + 1] ?? 0;
  const valueAt = start + 2 + length;
  if (end - start < 2 || valueAt > end) return null;
  const [tag, value] = [bytes.toString('utf8', start + 2, valueAt), bytes.toString('utf8', valueAt, end)];
  return `${bytes[start] ?? 0} ${printable(tag)} "${printable(value)}"`;
}
