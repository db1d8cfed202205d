import { ALPHANUMERIC, kindAt, NAME } from './characters.ts';
import { isUuid } from './judge-value.ts';
import { isFiller } from './family-token.ts';
import { shapeOf } from './shape.ts';
import type { Range, Span } from './span.ts';

/** Shorter strings are left alone unless something is said about them. */
const LEAST = 16;
/** A random string this long is redacted wherever it stands. */
const LEAST_ALONE = 20;
/** At least one piece of it, when nothing is said about it. */
const LEAST_PIECE = 12;
/** How far after a word such as `token` a random string is taken for one. */
const NEARBY = 100;

const IN_TOKEN = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) {
  const char = String.fromCharCode(code);
  IN_TOKEN[code] = /[A-Za-z0-9_+/~.-]/.test(char) ? 1 : 0;
}

/** The end of a word that speaks of secrets. */
export interface Mention {
  readonly end: number;
  /** `token`, `password`: even an id near it is suspect. Not so near `key` or `auth`. */
  readonly strong: boolean;
}

type Nearness = 'alone' | 'near' | 'very-near';

/**
 * Strings that look random by themselves, or do so near one of `mentions` (in order), outside the
 * `publicParts` (in order). One pass: every character is looked at a fixed number of times.
 */
export function randomTokens(text: string, mentions: readonly Mention[], publicParts: readonly Range[]): Span[] {
  const found: Span[] = [];
  let mention = 0;
  let lastStrong = Number.NEGATIVE_INFINITY;
  let lastAny = Number.NEGATIVE_INFINITY;
  let part = 0;
  let start = -1;
  for (let index = 0; index <= text.length; index += 1) {
    const code = index < text.length ? text.charCodeAt(index) : 0;
    if (code < 128 && IN_TOKEN[code] === 1) {
      if (start < 0) start = index;
      continue;
    }
    if (start >= 0 && index - start >= LEAST) {
      for (let next = mentions[mention]; next !== undefined && next.end <= start; next = mentions[mention]) {
        lastAny = next.end;
        if (next.strong) lastStrong = next.end;
        mention += 1;
      }
      while (part < publicParts.length && (publicParts[part]?.end ?? 0) <= start) part += 1;
      const isOpen = (publicParts[part]?.start ?? Number.POSITIVE_INFINITY) <= start;
      const near: Nearness = start - lastStrong <= NEARBY ? 'very-near' : start - lastAny <= NEARBY ? 'near' : 'alone';
      if (!isOpen && isRandomToken(text, start, index, near))
        found.push({ start, end: withPadding(text, index), layer: 'shape' });
    }
    start = -1;
  }
  return found;
}

function isRandomToken(text: string, from: number, to: number, nearness: Nearness): boolean {
  const near = nearness !== 'alone';
  let start = from;
  let end = to;
  while (start < end && (kindAt(text, start) & ALPHANUMERIC) === 0 && text[start] !== '_') start += 1;
  while (end > start && (kindAt(text, end - 1) & ALPHANUMERIC) === 0) end -= 1;
  if (end - start < LEAST) return false;
  const shape = shapeOf(text, start, end);
  const opaque =
    nearness === 'very-near' && !text.slice(start, end).includes('/') ? shape.opaque : shape.opaque - shape.opaqueHex;
  if (opaque < (near ? LEAST : LEAST_ALONE) || shape.hex || !shape.hasDigit) return false;
  const looked = Math.min(end - start, 256);
  if (shape.opaque * 4 < looked * 3) return false;
  if (shape.changes * 5 < shape.opaque || (!near && shape.longest < LEAST_PIECE)) return false;
  if (!near && !(shape.hasUpper && shape.hasLower) && shape.opaque < 32) return false;
  return !isPublic(text, start, end, nearness);
}

/** Random by nature and known to everyone: digests, certificates, public keys, ids. */
function isPublic(text: string, start: number, end: number, nearness: Nearness): boolean {
  const head = text.slice(start, start + 24);
  if (/^MI[I][A-Za-z0-9+/]/.test(head)) return !/^MII[A-Za-z0-9+/]{0,8}IBA[AD]/.test(head);
  if (/^(?:_{1,2}Z[A-Z\d]|0x[\da-f]+$)/.test(head)) return true;
  if (/^(?:AAAA[BCE][23]N|LS0tLS1CRUdJTiB(?:DRVJU|QVUJM)|ey[A-Z]2IjoibWV0YS5rOHMuaW8v)/.test(head)) return true;
  const before = text.slice(Math.max(0, start - 12), start);
  if (/(?:sha\d{1,3}[-:=]|SHA\d{1,3}:|h1:|md5[-:=]|[rpaf]-)$/.test(before)) return true;
  if (/^sha\d{1,3}-/.test(head)) return true;
  if (RESOURCE_ID.test(text.slice(start, end)) || isUuid(text.slice(start, end)) || isFiller(text, start, end))
    return true;
  return isNamedOrdinary(text, start, nearness);
}

/** `vpc-0f00ed71e3b56f8ae`: words and one hexadecimal number. */
const RESOURCE_ID = /^[a-z]{1,12}(?:-[a-z]{1,12})*-(?:[0-9a-f]{8,17}|[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Names of values that are random and no secret. */
const ORDINARY_NAMES =
  /(?:continue|nexttoken|next_?token|pagetoken|marker|cursor|digest|integrity|checksum|sum|sha\d*|hash|hashes|etag|commit|revision|rev|fingerprint|thumbprint|requestid|request_id|hostid|host_id|id_2|cabundle|ca\.crt|ca|cert|certificate|certificates|certificate_authority_data|public_?key|publickey|nonce|traceid|trace_id|spanid|span_id|uid|uuid|arn|name|generatename|path|url|uri|image|imageid|version|resourceversion|stream|group)$/;
const IDENTITY = /ids?$/;

function isNamedOrdinary(text: string, start: number, nearness: Nearness): boolean {
  let index = start;
  const floor = Math.max(0, start - 16);
  while (index > floor && ' \t\r\n:=,>"\'[\\'.includes(text[index - 1] ?? 'x')) index -= 1;
  if (index === start) return false;
  let nameStart = index;
  while (nameStart > index - 32 && nameStart > 0 && (kindAt(text, nameStart - 1) & NAME) !== 0) nameStart -= 1;
  const name = text.slice(nameStart, index).toLowerCase().replaceAll('-', '_');
  return ORDINARY_NAMES.test(name) || (nearness !== 'very-near' && IDENTITY.test(name));
}

function withPadding(text: string, end: number): number {
  let index = end;
  while (index < end + 2 && text[index] === '=') index += 1;
  return index;
}
