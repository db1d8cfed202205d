/**
 * All places of many words in a text, in one pass whatever their number: the automaton of Aho and
 * Corasick (CACM 18(6), 1975) with a dense table. Upper and lower case of ASCII are the same to it.
 */
export interface WordFinder {
  /** Calls `found` with the word's index and its end (exclusive), by end, longest first. */
  find(text: string, found: (word: number, end: number) => void): void;
}

const WIDTH = 64;
const SHIFT = 6;

export function createWordFinder(words: readonly string[]): WordFinder {
  const classes = classesOf(words);
  const { next, word, shorter } = build(words, classes);
  const size = words.length;
  return {
    find(text, found) {
      let state = 0;
      for (let index = 0; index < text.length; index += 1) {
        const code = text.charCodeAt(index);
        state = next[(state << SHIFT) | (code < 128 ? (classes[code] ?? 0) : 0)] ?? 0;
        let hit = word[state] ?? size;
        for (let at = state; hit < size; ) {
          found(hit, index + 1);
          at = shorter[at] ?? 0;
          hit = at === 0 ? size : (word[at] ?? size);
        }
      }
    },
  };
}

/** A number below WIDTH for every character that some word has; 0 for the rest. */
function classesOf(words: readonly string[]): Uint8Array {
  const classes = new Uint8Array(128);
  let count = 0;
  for (const char of new Set(words.join('').toLowerCase())) {
    count += 1;
    const code = char.charCodeAt(0);
    if (count >= WIDTH || code >= 128) throw new Error(`too many kinds of characters in the words, at "${char}"`);
    classes[code] = count;
    classes[char.toUpperCase().charCodeAt(0)] = count;
  }
  return classes;
}

interface Tables {
  /** state and class -> state */
  readonly next: Uint16Array;
  /** state -> index of the longest word that ends there, or of a shorter one; words.length for none */
  readonly word: Uint16Array;
  /** state -> the state of the next shorter word that ends there as well; 0 for none */
  readonly shorter: Uint16Array;
}

function build(words: readonly string[], classes: Uint8Array): Tables {
  const limit = words.reduce((sum, each) => sum + each.length, 1);
  const next = new Uint16Array(limit * WIDTH);
  const word = new Uint16Array(limit).fill(words.length);
  const shorter = new Uint16Array(limit);
  let states = 1;
  for (const [index, each] of words.entries()) {
    let state = 0;
    for (const char of each) {
      const edge = state * WIDTH + (classes[char.charCodeAt(0)] ?? 0);
      if (next[edge] === 0) next[edge] = states++;
      state = next[edge] ?? 0;
    }
    word[state] = index;
  }
  linkSuffixes(next, word, shorter, words.length);
  return { next, word, shorter };
}

/** Breadth first: where no word goes on, go on as the longest suffix would. */
function linkSuffixes(next: Uint16Array, word: Uint16Array, shorter: Uint16Array, none: number): void {
  const suffix = new Uint16Array(word.length);
  const queue: number[] = [];
  for (let cls = 0; cls < WIDTH; cls += 1) if (next[cls] !== 0) queue.push(next[cls] ?? 0);
  for (const state of queue) {
    const fallback = suffix[state] ?? 0;
    if (word[state] === none) {
      word[state] = word[fallback] ?? none;
      shorter[state] = shorter[fallback] ?? 0;
    } else shorter[state] = word[fallback] === none ? 0 : fallback;
    for (let cls = 0; cls < WIDTH; cls += 1) {
      const edge = state * WIDTH + cls;
      const onward = next[fallback * WIDTH + cls] ?? 0;
      const child = next[edge] ?? 0;
      if (child === 0) next[edge] = onward;
      else {
        suffix[child] = onward;
        queue.push(child);
      }
    }
  }
}
