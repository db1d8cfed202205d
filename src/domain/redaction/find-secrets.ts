import { createBudget } from './budget.ts';
import { kindAt, NEWLINE, QUOTE } from './characters.ts';
import { familyTokenAt } from './family-token.ts';
import { isSecretValue } from './judge-value.ts';
import { keyNameAt } from './key-name.ts';
import { KEY_WORDS } from './key-words.ts';
import type { Strength } from './key-words.ts';
import { kubernetesSecretAt } from './kubernetes-secret.ts';
import { randomTokens } from './random-token.ts';
import type { Mention } from './random-token.ts';
import type { Span } from './span.ts';
import { STRUCTURES } from './structures.ts';
import type { PublicPart } from './structures.ts';
import { TOKEN_FAMILIES } from './token-families.ts';
import { ValueReader } from './value.ts';
import { createWordFinder } from './word-finder.ts';

const FIRST_FAMILY = KEY_WORDS.length;
const FIRST_STRUCTURE = FIRST_FAMILY + TOKEN_FAMILIES.length;
const vocabulary = createWordFinder([
  ...KEY_WORDS.map((key) => key.word),
  ...TOKEN_FAMILIES.map((family) => family.beginning.toLowerCase()),
  ...STRUCTURES.map((structure) => structure.anchor),
]);

/**
 * Where secrets stand in `text`, by patterns, names and shape; in no order, and they may overlap.
 * One pass finds every word of the vocabulary, a second one the strings that look random; what is
 * looked at around each word is bounded, so the work grows with the text and not faster.
 * Throws when a text is built so that it would (the caller withholds it).
 */
export function findSecrets(text: string): Span[] {
  const spans: Span[] = [];
  const mentions: Mention[] = [];
  const publicParts: PublicPart[] = [];
  const budget = createBudget(text.length);
  const values = new ValueReader(text);
  let coveredTo = 0;
  let manifestTo = 0;
  vocabulary.find(text, (word, end) => {
    if (end <= coveredTo) return;
    if (word < FIRST_FAMILY) keyed(word, end);
    else if (word < FIRST_STRUCTURE) {
      const family = TOKEN_FAMILIES[word - FIRST_FAMILY];
      const token = family === undefined ? null : familyTokenAt(text, family, end);
      if (token !== null) add({ ...token, layer: 'pattern' });
    } else {
      const found = STRUCTURES[word - FIRST_STRUCTURE]?.find(text, end, budget) ?? null;
      if (found === null) return;
      if (found.layer === 'public') publicParts.push(found);
      else add(found);
    }
  });

  function keyed(word: number, end: number): void {
    const key = KEY_WORDS[word];
    if (key === undefined) return;
    if (key.word === 'secret' && end > manifestTo) {
      const manifest = kubernetesSecretAt(text, end, budget);
      if (manifest !== null) {
        manifestTo = manifest.seen.end;
        for (const span of manifest.spans) spans.push(span);
      }
    }
    const name = keyNameAt(text, key, end);
    if (name === null) return;
    mentions.push({ end, strong: isStrong(name.strength) && !isCount(text, key.word, end) });
    const value = values.after(name.start, name.end);
    if (value === null || !isSecretValue(text, value, name.strength)) return;
    add({ start: value.start, end: key.word === 'cookie' ? endOfCookies(text, value.end) : value.end, layer: 'keyed' });
  }

  function add(span: Span): void {
    spans.push(span);
    if (span.end > coveredTo) coveredTo = span.end;
  }

  for (const span of randomTokens(text, mentions, publicParts)) spans.push(span);
  return spans;
}

/** One header has many cookies (RFC 6265, 4.2), any of which may be the session. */
function endOfCookies(text: string, from: number): number {
  let end = from;
  while (
    end < text.length &&
    end < from + LONGEST_HEADER &&
    (kindAt(text, end) & (NEWLINE | QUOTE)) === 0 &&
    text[end] !== '\\'
  )
    end += 1;
  return end;
}

const LONGEST_HEADER = 4_096;

/** `cached_tokens: 79` of a language model says nothing about what stands nearby. */
function isCount(text: string, word: string, end: number): boolean {
  return word === 'token' && text[end] === 's';
}

function isStrong(strength: Strength): boolean {
  return strength === 'secret' || strength === 'password';
}
