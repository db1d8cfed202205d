import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINE_BYTES_AT_MOST, LineSplitter } from '../../../src/providers/host/line-splitter.ts';

function split(...pieces: readonly (string | Buffer)[]): { lines: string[]; splitter: LineSplitter } {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const piece of pieces) splitter.add(Buffer.from(piece));
  return { lines, splitter };
}

test('lines come out as they went in, however they are cut into pieces', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'ä', '€', ' ', '😀'), minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.array(fc.nat(40), { maxLength: 20 }), (wanted, cuts) => {
      const bytes = Buffer.from(wanted.map((text) => `${text}\n`).join(''));
      const pieces: Buffer[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        pieces.push(bytes.subarray(at, at + cut));
        at += cut;
      }
      const { lines, splitter } = split(...pieces);
      expect(lines).toEqual(wanted);
      expect(splitter.lines).toBe(wanted.length);
    }),
  );
});

test('a line without an end is open until it is ended', () => {
  const { lines, splitter } = split('one\ntwo');
  expect(lines).toEqual(['one']);
  expect(splitter.open).toBe(3);
  splitter.end();
  expect(lines).toEqual(['one', 'two']);
});

test('of a very long line only the beginning is kept, and it is counted', () => {
  const piece = Buffer.alloc(1024 * 1024, 'x');
  const { lines, splitter } = split(piece, piece, piece, '\nshort\n');
  expect(lines.map((line) => line.length)).toEqual([LINE_BYTES_AT_MOST, 5]);
  expect(splitter.cutLines).toBe(1);
});

test('zeros before a line, as a hole gives them, and the ends of lines of Windows are left out', () => {
  const { lines } = split(Buffer.alloc(300_000), 'text\r\n', '\n', Buffer.from('a\0b\n'));
  expect(lines).toEqual(['text', 'a\0b']);
});

test('a line that is dropped is dropped to its end alone', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  splitter.dropLine();
  splitter.add(Buffer.from('lf of a li'));
  splitter.add(Buffer.from('ne\nwhole\n'));
  expect(lines).toEqual(['whole']);
});
