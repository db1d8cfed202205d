/**
 * Says whether a line holds what a pattern means: its text anywhere in the line, with `*` for anything in between;
 * `\*` is a star and `\\` a backslash. Each part is looked for once, behind the one before, so that a line costs its
 * length times the parts at most: there is nothing to go back to, and no pattern that takes for ever.
 */
export function lineMatcher(pattern: string, ignoreCase: boolean): (line: Line) => boolean {
  const parts = partsOf(pattern).map((part) => (ignoreCase ? part.toLowerCase() : part));
  return (line) => {
    const text = ignoreCase ? line.lowered : line.text;
    let from = 0;
    for (const part of parts) {
      const found = text.indexOf(part, from);
      if (found < 0) return false;
      from = found + part.length;
    }
    return true;
  };
}

/** A line, and the same in lower case: made once, whatever the number of patterns. */
export class Line {
  readonly text: string;
  #lowered: string | null = null;

  constructor(text: string) {
    this.text = text;
  }

  get lowered(): string {
    this.#lowered ??= this.text.toLowerCase();
    return this.#lowered;
  }
}

/** The texts between the stars, without empty ones; none: the pattern would fit every line. */
export function partsOf(pattern: string): readonly string[] {
  const parts: string[] = [''];
  for (const [piece] of pattern.matchAll(/\\[\\*]|[\s\S]/g)) {
    if (piece === '*') parts.push('');
    else parts.push(`${parts.pop() ?? ''}${piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece}`);
  }
  return parts.filter((part) => part !== '');
}
