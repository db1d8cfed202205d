import { printable, printableStart } from './printable.ts';

/** How much of an offending value a message shows. */
const LONGEST = 48;

/**
 * An offending value in quotes for a message: one line, printable, bounded. A long run of letters and
 * digits may be a credential in the wrong place, so only its length is said.
 */
export function excerpt(value: unknown): string {
  const text = withoutUserInfo(typeof value === 'string' ? value : asText(value));
  if (LOOKS_SECRET.test(text.slice(0, 4_096))) return `(${text.length} characters, not shown)`;
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return `"${printable(shown)}"`;
}

/** 20 and more characters of a token's alphabet in one piece, of which one is a digit. */
const LOOKS_SECRET = /(?=[A-Za-z0-9_+=]{20})[A-Za-z_+=]*[0-9][A-Za-z0-9_+=]*/;

/** `https://user:password@host` keeps its host only. */
function withoutUserInfo(text: string): string {
  return text.replace(/(:\/\/)[^/@\s]{1,500}@/g, '$1…@');
}

function asText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}

/** `"every: 30 min"`: a key with its offending value. */
export function keyed(key: string, value: unknown): string {
  const shown = excerpt(value);
  return shown.startsWith('"')
    ? `"${printable(key.slice(0, LONGEST))}: ${shown.slice(1)}`
    : `the value of "${printable(key.slice(0, LONGEST))}" ${shown}`;
}

/** What a library says of a value, for a message: one line, printable, bounded, and without long runs that may be a credential. */
export function othersWords(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return printableStart(line.slice(0, 1_000).replace(/[A-Za-z0-9_+=]{20,}/g, '…'), 160);
}
