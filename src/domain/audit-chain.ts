import { hash } from 'node:crypto';
import type { AuditEntry, AuditLink, AuditRow } from './audit.ts';
import { headOf, isCount, isDigest, isHeadSignedBy, isPublicKey, fingerprintOf } from './audit-seal.ts';
import { canonicalJson } from './canonical-json.ts';
import { CodedError } from './coded-error.ts';
import { digestOfBytes, type Digest } from './digest.ts';

/** What the first entry follows: the digest of nothing. */
export const BEFORE_ALL: AuditLink = { seq: 0, at: 0, digest: digestOfBytes('') };

/** What is kept of an entry, and its digest: `digestOf('audit-entry', entry)` over the same bytes. */
export function sealEntry(entry: Omit<AuditEntry, 'digest' | 'detail'> & { readonly detail: object }): {
  readonly body: string;
  readonly digest: Digest;
} {
  const body = canonicalJson(entry);
  return { body, digest: digestOfBody(body) };
}

/** Reads a log from its first entry on and says what is wrong with the entry at hand. */
export interface ChainReader {
  /** What is wrong with `row` as the next entry; null: nothing, and it was taken as that. */
  take(row: AuditRow): string | null;
  /** The last entry that was taken. */
  last(): AuditLink;
  /** The key that signs from the last `audit-began` on, 64 hex digits; null before the first. */
  key(): string | null;
  /** How many checkpoints were taken, and the entry that the last one vouches for. */
  checkpoints(): { readonly count: number; readonly sealedTo: number };
}

export function readChain(): ChainReader {
  let last = BEFORE_ALL;
  let key: string | null = null;
  let count = 0;
  let sealedTo = 0;
  return {
    take: (row) => {
      const flaw = flawOf(row, last);
      if (typeof flaw === 'string') return flaw;
      const { verb, detail, link } = flaw;
      if (key === null && verb !== 'audit-began') return 'the log does not begin with audit-began';
      if (verb === 'audit-began') {
        const began = keyIn(detail);
        if (began === null) return 'it names no key that could sign';
        key = began;
      }
      if (verb === 'checkpoint') {
        const wrong = checkpointFlaw(detail, last, key ?? '');
        if (wrong !== null) return wrong;
        count += 1;
        sealedTo = last.seq;
      }
      last = link;
      return null;
    },
    last: () => last,
    key: () => key,
    checkpoints: () => ({ count, sealedTo }),
  };
}

interface Taken {
  readonly link: AuditLink;
  readonly verb: unknown;
  readonly detail: unknown;
}

/** What is wrong with a row that should follow `last`; or what it says. */
function flawOf(row: AuditRow, last: AuditLink): Taken | string {
  const seq = last.seq + 1;
  if (row.seq !== seq) {
    return isCount(row.seq) && row.seq > seq
      ? `entries ${seq} to ${row.seq - 1} are gone`
      : `its number is not the next one, ${seq}: it was moved, or stands there twice`;
  }
  if (row.digest !== digestOfBody(row.body)) return 'its text does not have its digest: it was changed';
  const said = parse(row.body);
  if (said === null || !isCanonical(row.body, said)) return 'its text is not canonical JSON';
  const { at, verb, object, id, previous, detail } = said;
  if (said.seq !== seq) return `its text says that it is entry ${JSON.stringify(said.seq)}: it was moved`;
  if (previous !== last.digest) return 'it does not follow the entry before it: that one, or this one, was exchanged';
  if (at !== row.at || verb !== row.verb || object !== row.object || id !== row.id)
    return 'its columns do not say what its text says';
  if (!isCount(at) || at < last.at) return 'its time is before that of the entry before';
  return { link: { seq, at, digest: row.digest }, verb, detail };
}

function checkpointFlaw(detail: unknown, last: AuditLink, key: string): string | null {
  const head = headOf(detail);
  if (head === null) return 'the checkpoint is not one';
  if (head.seq !== last.seq || head.at !== last.at || head.digest !== last.digest)
    return 'the checkpoint was signed over another log';
  if (head.key !== fingerprintOf(key)) return `the checkpoint is signed with another key, ${head.key}`;
  return isHeadSignedBy(head, key) ? null : 'the signature of the checkpoint is not good';
}

/** The key that an `audit-began` names, its fingerprint fitting. */
function keyIn(detail: unknown): string | null {
  if (typeof detail !== 'object' || detail === null || !('publicKey' in detail && 'key' in detail)) return null;
  const { publicKey, key } = detail;
  return isPublicKey(publicKey) && isDigest(key) && fingerprintOf(publicKey) === key ? publicKey : null;
}

function digestOfBody(body: string): Digest {
  return `sha256:${hash('sha256', `holdfast/audit-entry/v1\0${body}`)}`;
}

/** What an entry may say; nothing of it is believed. */
type Said = { readonly [Name in 'seq' | 'at' | 'verb' | 'object' | 'id' | 'previous' | 'detail']?: unknown };

/** A JSON object; null for whatever else the text is. */
function parse(text: string): Said | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null; // not JSON: the caller says so with the entry
  }
}

/**
 * Whether `text` is the canonical JSON of `value`. Nearly always the cheap question answers it: text that JSON
 * writes again as it was, its keys in order, is canonical.
 */
function isCanonical(text: string, value: object): boolean {
  if (JSON.stringify(value) === text && isInOrder(value) && !text.includes('\\ud')) return true;
  try {
    return canonicalJson(value) === text;
  } catch (error) {
    if (error instanceof CodedError) return false; // a lone surrogate, or a number beyond all
    throw error;
  }
}

function isInOrder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before = '';
  for (const key of Object.keys(value)) {
    if (key < before) return false;
    before = key;
  }
  return Object.values(value).every(isInOrder);
}
