/** What a character can be part of; one table look-up per character instead of a regular expression. */
export const LOWER = 1;
export const UPPER = 2;
export const DIGIT = 4;
/** Joins the words of a name: `_ - .` */
const JOINER = 8;
export const SPACE = 32;
export const NEWLINE = 64;
export const QUOTE = 128;

export const LETTER = LOWER | UPPER;
export const ALPHANUMERIC = LETTER | DIGIT;
export const NAME = ALPHANUMERIC | JOINER;
export const BLANK = SPACE | NEWLINE;

const KINDS = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) KINDS[code] = kindOfAscii(String.fromCharCode(code));

function kindOfAscii(char: string): number {
  if (/[a-z]/.test(char)) return LOWER;
  if (/[A-Z]/.test(char)) return UPPER;
  if (/[0-9]/.test(char)) return DIGIT;
  if ('_-.'.includes(char)) return JOINER;
  if (char === '\n' || char === '\r') return NEWLINE;
  if (char === ' ' || char === '\t') return SPACE;
  return '"\'`'.includes(char) ? QUOTE : 0;
}

/** The kind of the character at `index`; 0 for anything else, beyond the end, and all that is not ASCII. */
export function kindAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 128 ? (KINDS[code] ?? 0) : 0;
}

/** The first index from `start` (and before `limit`) whose character is not of `kinds`. */
export function skip(text: string, start: number, kinds: number, limit: number = text.length): number {
  let index = start;
  while (index < limit && (kindAt(text, index) & kinds) !== 0) index += 1;
  return index;
}

/** The first index of the stretch of `kinds` that ends before `end`, looking back no further than `limit`. */
export function skipBack(text: string, end: number, kinds: number, limit: number): number {
  let index = end;
  while (index > limit && index > 0 && (kindAt(text, index - 1) & kinds) !== 0) index -= 1;
  return index;
}
