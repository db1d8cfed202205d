import { printable, printableStart } from '../../domain/printable.ts';

/** How much of an offending value a message shows. */
const LONGEST = 48;

/**
 * An offending value in quotes for a message: one printable line, bounded. A long run of letters and digits may
 * be a credential that was pasted in the wrong place, so only its length is said.
 */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : wordsFor(value);
  if (MAY_BE_SECRET.test(text.slice(0, 4_096))) return `(${text.length} characters, not shown)`;
  return `"${printable(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)}"`;
}

/** What a library says, for a message: its first line, without runs that may be a credential. */
export function othersWords(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return printableStart(line.slice(0, 1_000).replaceAll(/[A-Za-z0-9_+=]{20,}/g, '…'), 160);
}

const MAY_BE_SECRET = /(?=[A-Za-z0-9_+=]{20})[A-Za-z_+=]*[0-9][A-Za-z0-9_+=]*/;

function wordsFor(value: unknown): string {
  if (value === undefined) return '';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}
