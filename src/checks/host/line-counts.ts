import type { PatternCount } from './log-patterns-facts.ts';
import { Line, lineMatcher } from './line-matcher.ts';
import { keyOf, type LogPatternsParams, type WantedPattern } from './log-patterns-params.ts';

/** Counts the lines that each pattern means, and keeps the last few. */
export class LineCounts {
  readonly #counters: readonly Counter[];

  constructor({ patterns, ignoreCase }: LogPatternsParams) {
    this.#counters = patterns.map((wanted) => new Counter(wanted, ignoreCase));
  }

  add(text: string): void {
    const line = new Line(text);
    for (const counter of this.#counters) counter.add(line);
  }

  result(): PatternCount[] {
    return this.#counters.map((counter) => counter.result());
  }
}

class Counter {
  readonly #wanted: WantedPattern;
  readonly #fits: (line: Line) => boolean;
  readonly #excepted: readonly ((line: Line) => boolean)[];
  #count = 0;
  #last: string[] = [];

  constructor(wanted: WantedPattern, ignoreCase: boolean) {
    this.#wanted = wanted;
    this.#fits = lineMatcher(wanted.match, ignoreCase);
    this.#excepted = wanted.except.map((text) => lineMatcher(text, ignoreCase));
  }

  add(line: Line): void {
    if (!this.#fits(line) || this.#excepted.some((fits) => fits(line))) return;
    this.#count += 1;
    this.#last.push(excerptOf(line.text));
    if (this.#last.length > LINES_KEPT) this.#last.shift();
  }

  result(): PatternCount {
    const { severity, atLeast } = this.#wanted;
    return { key: keyOf(this.#wanted), severity, atLeast, count: this.#count, last: this.#last };
  }
}

const LINES_KEPT = 5;
const SHOWN_CHARACTERS = 300;

/**
 * The beginning of a line, up to the end of a word: what is cut in the middle may be a secret, which is known as one
 * only while it is whole.
 */
export function excerptOf(line: string): string {
  if (line.length <= SHOWN_CHARACTERS) return line;
  const whole = line.slice(0, SHOWN_CHARACTERS).replace(/\S+$/, '').trimEnd();
  return whole === '' ? `(${line.length} characters without a space, not shown)` : `${whole} …`;
}
