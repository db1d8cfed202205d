import type { Place } from '../domain/mistake.ts';

export type Split =
  /** `yaml` begins on line 2. */
  | { readonly status: 'front-matter'; readonly yaml: string; readonly prose: string }
  | { readonly status: 'none' }
  | { readonly status: 'broken'; readonly message: string; readonly at: Place };

/**
 * Takes a Markdown file apart: front matter stands between a first line `---` and the next line `---`.
 * A block that begins later would silently be read as prose, so it is refused.
 */
export function splitFrontMatter(text: string): Split {
  const lines = text.split('\n');
  if (isFence(lines[0])) {
    const end = lines.findIndex((line, index) => index > 0 && isFence(line));
    if (end < 0)
      return {
        status: 'broken',
        message: 'the front matter has no end; put a line "---" below it',
        at: { line: 1, column: 1 },
      };
    return {
      status: 'front-matter',
      yaml: lines.slice(1, end).join('\n'),
      prose: lines
        .slice(end + 1)
        .join('\n')
        .trim(),
    };
  }
  const first = lines.findIndex((line) => line.trim() !== '');
  const second = lines.slice(first + 1).find((line) => line.trim() !== '');
  if (first > 0 && isFence(lines[first]) && /^[A-Za-z][\w-]*:(?:\s|$)/.test(second ?? '')) {
    return {
      status: 'broken',
      message: 'front matter must begin on line 1; take out the blank lines above it',
      at: { line: first + 1, column: 1 },
    };
  }
  return { status: 'none' };
}

function isFence(line: string | undefined): boolean {
  return line !== undefined && /^---[ \t]*$/.test(line);
}
