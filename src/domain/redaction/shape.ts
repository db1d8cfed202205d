import { ALPHANUMERIC, DIGIT, kindAt, LETTER, LOWER, UPPER } from './characters.ts';
import { isCommonPair } from './common-pairs.ts';

/** How a string looks, without regard to where it stands. */
export interface Shape {
  /** Letters and digits in those pieces between punctuation that are neither word nor number. */
  readonly opaque: number;
  /** Letters and digits in all. */
  readonly size: number;
  /** How much of `opaque` is in pieces of hexadecimal digits of one case: digests, ids. */
  readonly opaqueHex: number;
  /** Length of the longest opaque piece. */
  readonly longest: number;
  /** Changes between upper case, lower case and digits within the opaque pieces. */
  readonly changes: number;
  readonly hasLetter: boolean;
  readonly hasDigit: boolean;
  readonly hasUpper: boolean;
  readonly hasLower: boolean;
  /** Nothing but hexadecimal digits of one case, and dashes. */
  readonly hex: boolean;
}

/** No more than this of a string is looked at: enough to know, and a bound on the work. */
const LOOKED_AT = 256;

/** The shape of `text` from `start` to `end`: cut at punctuation, each piece is a word, a number or opaque. */
export function shapeOf(text: string, start = 0, end: number = text.length): Shape {
  const stop = Math.min(end, start + LOOKED_AT);
  const seen = { opaque: 0, opaqueHex: 0, size: 0, longest: 0, changes: 0, kinds: 0, hex: true, hexCases: 0 };
  for (let index = start; index < stop; ) {
    if ((kindAt(text, index) & ALPHANUMERIC) === 0) {
      if (text.charCodeAt(index) !== DASH) seen.hex = false;
      index += 1;
      continue;
    }
    let pieceEnd = index;
    while (pieceEnd < stop && (kindAt(text, pieceEnd) & ALPHANUMERIC) !== 0) pieceEnd += 1;
    addPiece(seen, text, index, pieceEnd);
    index = pieceEnd;
  }
  return {
    opaque: seen.opaque,
    opaqueHex: seen.opaqueHex,
    size: seen.size,
    longest: seen.longest,
    changes: seen.changes,
    hasLetter: (seen.kinds & LETTER) !== 0,
    hasDigit: (seen.kinds & DIGIT) !== 0,
    hasUpper: (seen.kinds & UPPER) !== 0,
    hasLower: (seen.kinds & LOWER) !== 0,
    hex: seen.hex && seen.hexCases !== LETTER,
  };
}

const DASH = 45;
/** A piece this short says nothing: `v1`, `k8s`, `x509`. */
const TELLING = 5;
/** The suffix of a pod is 5 characters long. */
const POD_SUFFIX = 5;

interface Sum {
  opaque: number;
  opaqueHex: number;
  size: number;
  longest: number;
  changes: number;
  kinds: number;
  hex: boolean;
  hexCases: number;
}

function addPiece(seen: Sum, text: string, start: number, end: number): void {
  const size = end - start;
  const piece = lookAt(text, start, end);
  seen.size += size;
  seen.kinds |= piece.kinds;
  seen.hexCases |= piece.kinds & LETTER;
  if (!piece.hex) seen.hex = false;
  if (size < TELLING || isOrdinary(piece, size)) return;
  seen.opaque += size;
  if (piece.hex && (piece.kinds & LETTER) !== LETTER) seen.opaqueHex += size;
  seen.changes += piece.changes;
  if (size > seen.longest) seen.longest = size;
}

interface Piece {
  kinds: number;
  /** Changes of kind; a capital before small letters counts with them. */
  changes: number;
  /** Changes between letters and digits. */
  switches: number;
  humps: number;
  pairs: number;
  rare: number;
  letters: number;
  hex: boolean;
}

function lookAt(text: string, start: number, end: number): Piece {
  const piece: Piece = { kinds: 0, changes: 0, switches: 0, humps: 0, pairs: 0, rare: 0, letters: 0, hex: true };
  let before = 0;
  let beforeCode = 0;
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    const kind = kindAt(text, index);
    piece.kinds |= kind;
    if ((kind & LETTER) !== 0) {
      piece.letters += 1;
      if ((code | 32) > F_LOWER) piece.hex = false;
    }
    if (before !== 0) {
      if (kind !== before) {
        piece.changes += 1;
        if (((kind | before) & DIGIT) !== 0) piece.switches += 1;
        else if (kind === UPPER) piece.humps += 1;
      }
      if ((kind & LETTER) !== 0 && (before & LETTER) !== 0 && !(before === LOWER && kind === UPPER)) {
        piece.pairs += 1;
        if (!isCommonPair(beforeCode, code)) piece.rare += 1;
      }
    }
    before = kind;
    beforeCode = code;
  }
  return piece;
}

const F_LOWER = 102;

function isOrdinary(piece: Piece, size: number): boolean {
  if (piece.letters === 0) return true;
  if ((piece.kinds & DIGIT) === 0) return isWord(piece, size);
  if (size <= POD_SUFFIX) return true;
  const digits = size - piece.letters;
  // utf8, node12, sha256, 20240518T143210Z, 64Mi: a word and a number, each in one stretch.
  if (piece.switches === 1 && isWord(piece, piece.letters)) return true;
  // base64Encode, generateEd25519Key: one number in the midst of words.
  return (
    piece.switches <= 2 &&
    ((digits <= 5 && piece.rare * 5 <= piece.pairs && isWord(piece, piece.letters)) || piece.letters <= 2)
  );
}

/** From here on a word has as few rare pairs as words have on average. */
const LONG_WORD = 16;

/** Letters only: few rare pairs, and no more capitals inside than camelCase has. */
function isWord(piece: Piece, letters: number): boolean {
  const tolerated = letters < LONG_WORD ? piece.pairs + 1 : (piece.pairs * 3) / 4;
  return piece.rare * 3 <= tolerated && piece.humps * 3 <= letters;
}
