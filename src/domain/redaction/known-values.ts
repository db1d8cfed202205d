import { formsOf } from './encodings.ts';
import type { Layer, Span } from './span.ts';

/**
 * A value with fewer characters than this is not learnt: masking `1234` or `root` wherever they
 * stand would make every text unreadable and hide nothing.
 */
const SHORTEST_KNOWN = 6;

/** Values that are long enough and still say nothing: masking them would shred ordinary text. */
const TOO_ORDINARY: ReadonlySet<string> = new Set([
  'password',
  'secret',
  'default',
  'disabled',
  'enabled',
  'example',
  'localhost',
  'production',
  'staging',
  'system',
  'unknown',
  'undefined',
]);

/** Many strings searched for at once, after Wu and Manber (TR 94-17, University of Arizona, 1994). */
export interface KnownValues {
  /** Takes `secret` and all its encodings; false when it is too short or too ordinary. */
  learn(secret: string): boolean;
  find(text: string): Span[];
}

/** A line of a longer secret (a PEM key) is a secret of its own from this length on: texts indent lines. */
const LONG_LINE = 24;

export function createKnownValues(
  layer: Layer = 'known',
  encodings: (secret: string) => Iterable<string> = formsOf,
): KnownValues {
  const search = createSearch();
  const known = new Set<string>();

  function take(secret: string, form: string): void {
    if (form.length >= SHORTEST_KNOWN) search.add(form, secret);
  }

  return {
    learn(secret) {
      const trimmed = secret.trim();
      if (trimmed.length < SHORTEST_KNOWN || TOO_ORDINARY.has(trimmed.toLowerCase())) return false;
      for (const value of [secret, trimmed]) {
        if (known.has(value)) continue;
        known.add(value);
        for (const form of encodings(value)) take(trimmed, form);
      }
      for (const line of trimmed.includes('\n') ? trimmed.split('\n') : []) {
        const text = line.trim();
        if (text.length >= LONG_LINE && !text.startsWith('-----')) take(trimmed, text);
      }
      return true;
    },
    find: (text) => search.find(text).map((hit) => ({ ...hit, layer })),
  };
}

interface Needle {
  readonly form: string;
  readonly secret: string;
  /** Where in `form` the characters stand by which it is looked up. */
  readonly offset: number;
}

const WINDOW = SHORTEST_KNOWN;
const BLOCK = 3;
const SHIFTS = 1 << 16;

interface Hit {
  readonly start: number;
  readonly end: number;
  readonly secret: string;
}

function createSearch(): { add(form: string, secret: string): void; find(text: string): Hit[] } {
  const shifts = new Uint8Array(SHIFTS).fill(WINDOW - BLOCK + 1);
  const needles = new Map<string, Needle[]>();
  const forms = new Set<string>();

  return {
    add(form, secret) {
      if (forms.has(form)) return;
      forms.add(form);
      const offset = rarestWindow(form, needles);
      const window = form.slice(offset, offset + WINDOW);
      const bucket = needles.get(window);
      if (bucket === undefined) needles.set(window, [{ form, secret, offset }]);
      else bucket.push({ form, secret, offset });
      for (let index = 0; index + BLOCK <= WINDOW; index += 1) {
        const block = blockAt(window, index);
        const shift = WINDOW - BLOCK - index;
        if (shift < (shifts[block] ?? 0)) shifts[block] = shift;
      }
    },
    find(text) {
      const hits: Hit[] = [];
      if (needles.size === 0) return hits;
      for (let start = 0; start + WINDOW <= text.length; ) {
        const shift = shifts[blockAt(text, start + WINDOW - BLOCK)] ?? 0;
        if (shift > 0) {
          start += shift;
          continue;
        }
        for (const needle of needles.get(text.slice(start, start + WINDOW)) ?? []) {
          const from = start - needle.offset;
          if (from < 0 || !text.startsWith(needle.form, from)) continue;
          hits.push({ start: from, end: from + needle.form.length, secret: needle.secret });
        }
        start += 1;
      }
      return hits;
    },
  };
}

/** Tokens of one family begin alike; they are told apart where they differ. */
function rarestWindow(form: string, needles: ReadonlyMap<string, readonly Needle[]>): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  const last = form.length - WINDOW;
  for (const offset of [last >> 1, last, (last * 3) >> 2, last >> 2, 0]) {
    const size = needles.get(form.slice(offset, offset + WINDOW))?.length ?? 0;
    if (size < least) [best, least] = [offset, size];
  }
  return best;
}

function blockAt(text: string, index: number): number {
  return (
    ((text.charCodeAt(index) * 961) ^ (text.charCodeAt(index + 1) * 31) ^ text.charCodeAt(index + 2)) & (SHIFTS - 1)
  );
}
