import { stripVTControlCharacters } from 'node:util';

/** The widest that prose is set, however wide the terminal is. */
export const WIDEST = 100;

/** `text` broken at spaces to `width` columns, every line but the first set in by `indent`. */
export function wrap(text: string, width: number, indent: number): string {
  const room = Math.max(20, width - indent);
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) lines.push(...wrapLine(paragraph, room));
  return lines.join(`\n${' '.repeat(indent)}`);
}

function wrapLine(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** `left`, and `right` at the end of a line of `width` columns, or on the next one when there is no room. */
export function leftRight(left: string, right: string, width: number): string {
  const gap = width - widthOf(left) - widthOf(right);
  if (gap >= 2) return left + ' '.repeat(gap) + right;
  return `${left}\n${' '.repeat(Math.max(0, width - widthOf(right)))}${right}`;
}

/** Columns of a table, each as wide as its widest cell; the last one is not padded. */
export function table(rows: readonly (readonly string[])[], gap = '  '): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => widthOf(row[index] ?? ''))),
  );
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === row.length - 1 ? cell : padEnd(cell, widths[index] ?? 0)))
        .join(gap)
        .trimEnd(),
    )
    .join('\n');
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

let segmenter: Intl.Segmenter | null = null;

/** Made when it is first needed: its tables take memory that \`up\` would keep for days. */
function graphemes(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Terminal columns, colour codes not counted; wide East Asian characters and emoji take two. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  let width = 0;
  for (const { segment } of graphemes(plain)) {
    width +=
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return width;
}

/** `1 finding`, `2 findings`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
