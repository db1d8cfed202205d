import { ALPHANUMERIC, DIGIT, kindAt, LETTER, LOWER, NAME, skip, skipBack, UPPER } from './characters.ts';
import {
  HARMLESS_ENDINGS,
  HARMLESS_NAMES,
  HARMLESS_QUALIFIERS,
  HARMLESS_TOKENS,
  ID_ENDINGS,
  KEY_QUALIFIERS,
  KEY_WORDS,
} from './key-words.ts';
import type { KeyWord, Strength } from './key-words.ts';
import { createWordFinder } from './word-finder.ts';

/** A name in a text that may hold a secret. */
export interface KeyName {
  readonly start: number;
  readonly end: number;
  readonly strength: Strength;
}

/** Names longer than this are cut: a bound on the work for one word. */
const LONGEST_NAME = 64;
const LONGEST_EXACT = 32;

/** Helm's custom for an annotation that changes with a manifest: `checksum/secret: 0f7e…`. */
const CHECKSUM_OF = 'checksum/';

/** The name around the key word that ends at `wordEnd`; null when it is part of another word or says otherwise. */
export function keyNameAt(text: string, key: KeyWord, wordEnd: number): KeyName | null {
  const wordStart = wordEnd - key.word.length;
  if (!beginsWord(text, wordStart, key.glued)) return null;
  const singularEnd = endOfWord(text, wordEnd);
  if (singularEnd === null) return null;
  const start = skipBack(text, wordStart, NAME, Math.max(0, wordStart - LONGEST_NAME));
  const end = trimEnd(text, wordEnd, skip(text, wordEnd, NAME, wordEnd + LONGEST_NAME));
  if (end - start < LONGEST_EXACT && HARMLESS_NAMES.has(text.slice(start, end))) return null;
  if (key.word === 'token' && HARMLESS_TOKENS.has(wordBefore(text, start, wordStart))) return null;
  if (text.startsWith(CHECKSUM_OF, start - CHECKSUM_OF.length)) return null;
  let strength = key.word === 'key' ? strengthOfKey(text, start, wordStart) : key.strength;
  if (strength !== null) strength = afterEnding(strength, key, text, singularEnd, end);
  return strength === null ? null : { start, end, strength };
}

const nameWords = createWordFinder(KEY_WORDS.map((key) => key.word));
const RANK: Readonly<Record<Strength, number>> = { password: 3, secret: 2, possible: 1, near: 0 };

/** What a whole name (an object's key, a variable) says about its value; null when nothing. */
export function strengthOfName(name: string): Strength | null {
  let strongest: Strength | null = null;
  const cut = name.length > LONGEST_NAME ? name.slice(-LONGEST_NAME) : name;
  nameWords.find(cut, (word, end) => {
    const key = KEY_WORDS[word];
    const found = key === undefined ? null : keyNameAt(cut, key, end);
    if (found !== null && (strongest === null || RANK[found.strength] > RANK[strongest])) strongest = found.strength;
  });
  return strongest;
}

function beginsWord(text: string, start: number, glued: boolean): boolean {
  if (glued || start === 0) return true;
  const before = kindAt(text, start - 1);
  if ((before & LETTER) === 0) return true;
  return before === LOWER && kindAt(text, start) === UPPER;
}

/** Where the word ends, with its plural s; null when it goes on (`tokenizer`, `SECRETARY`). */
function endOfWord(text: string, end: number): number | null {
  const last = kindAt(text, end - 1);
  const next = kindAt(text, end);
  if ((next & LETTER) === 0 || (last === LOWER && next === UPPER)) return end;
  const plural = (text.charCodeAt(end) | 32) === S_LOWER;
  if (plural && kindAt(text, end + 1) !== next) return end + 1;
  return null;
}

const S_LOWER = 115;

function trimEnd(text: string, from: number, end: number): number {
  let trimmed = end;
  while (trimmed > from && (kindAt(text, trimmed - 1) & ALPHANUMERIC) === 0) trimmed -= 1;
  return trimmed;
}

/** `key` alone may be anything; what stands before it decides. */
function strengthOfKey(text: string, nameStart: number, wordStart: number): Strength | null {
  const before = wordBefore(text, nameStart, wordStart);
  if (HARMLESS_QUALIFIERS.has(before)) return null;
  return KEY_QUALIFIERS.has(before) ? 'secret' : 'possible';
}

/** The last word before `end`, in small letters: `access` of `AWS_ACCESS_KEY`, `private` of `private key`. */
function wordBefore(text: string, nameStart: number, end: number): string {
  let stop = end;
  if (stop > 0 && (kindAt(text, stop - 1) & LETTER) === 0) stop -= 1;
  let start = stop;
  const floor = Math.max(0, Math.min(nameStart, stop - LONGEST_WORD), stop - LONGEST_WORD);
  while (start > floor && (kindAt(text, start - 1) & LETTER) !== 0) {
    start -= 1;
    if (kindAt(text, start) === UPPER && kindAt(text, start + 1) === LOWER) break;
  }
  return text.slice(start, stop).toLowerCase();
}

const LONGEST_WORD = 16;

function afterEnding(strength: Strength, key: KeyWord, text: string, from: number, end: number): Strength | null {
  const ending = lastWord(text, from, end);
  if (ending === '') return strength;
  if (ID_ENDINGS.has(ending)) return key.word === 'secret' ? 'possible' : 'near';
  if (HARMLESS_ENDINGS.has(ending)) return null;
  return strength === 'password' ? 'secret' : strength === 'secret' ? 'possible' : 'near';
}

/** The last word of a name after its key word, without digits: `seconds` of `ExpirationSeconds2`. */
function lastWord(text: string, from: number, end: number): string {
  let stop = end;
  while (stop > from && (kindAt(text, stop - 1) & LETTER) === 0) stop -= 1;
  let start = stop;
  while (start > from && (kindAt(text, start - 1) & (LETTER | DIGIT)) !== 0) {
    start -= 1;
    if (kindAt(text, start) === UPPER && kindAt(text, start + 1) === LOWER) break;
  }
  return text.slice(start, stop).toLowerCase();
}
