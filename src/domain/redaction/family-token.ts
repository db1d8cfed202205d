import { ALPHANUMERIC, kindAt, NAME } from './characters.ts';
import type { Range } from './span.ts';
import { shapeOf } from './shape.ts';
import type { TokenFamily } from './token-families.ts';

/** The token that begins (case and all) at the family's beginning ending at `end`; null when it is none. */
export function familyTokenAt(text: string, family: TokenFamily, end: number): Range | null {
  const start = end - family.beginning.length;
  if (start > 0 && (kindAt(text, start - 1) & ALPHANUMERIC) !== 0) return null;
  if (!text.startsWith(family.beginning, start)) return null;
  let stop = end;
  while (belongs(text, stop, family)) stop += 1;
  while (stop > end && text[stop - 1] === '.') stop -= 1;
  if (stop - end < family.least || isFiller(text, end, stop) || !isCoded(text, end, stop)) return null;
  return { start, end: stop };
}

function belongs(text: string, index: number, family: TokenFamily): boolean {
  if ((kindAt(text, index) & NAME) !== 0) return family.dots || text[index] !== '.';
  return family.base64 ? '+/='.includes(text[index] ?? ' ') : text[index] === '=';
}

/** `key-file-argument-is-set` begins like a token and goes on in words. */
function isCoded(text: string, start: number, end: number): boolean {
  const shape = shapeOf(text, start, end);
  return (
    shape.opaque >= 6 ||
    hasRun(text, start, end) ||
    (shape.hasDigit && shape.size - shape.opaque >= 8 && !shape.hasLetter)
  );
}

/** So many letters and digits without a break are no words. */
const LONG_RUN = 24;

function hasRun(text: string, start: number, end: number): boolean {
  let runStart = start;
  for (let index = start; index < end; index += 1) {
    if ((kindAt(text, index) & ALPHANUMERIC) === 0) runStart = index + 1;
    else if (index + 1 - runStart >= LONG_RUN) return true;
  }
  return false;
}

/** `xxxxxxxx`, `XXXX-XXXX`, `0000`: shown in documentation instead of a token. */
export function isFiller(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const char = text[index] ?? '';
    if ((kindAt(text, index) & ALPHANUMERIC) !== 0 && char !== 'x' && char !== 'X' && char !== '0') return false;
  }
  return true;
}
