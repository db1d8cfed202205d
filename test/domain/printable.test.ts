import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable, printableStart } from '../../src/domain/printable.ts';

describe('printable', () => {
  test.each([
    ['/var/log', '/var/log'],
    ['Größe 東京 🦊', 'Größe 東京 🦊'],
    ['a\u001b[31mred', 'a\\u{1b}[31mred'],
    ['line\r\nnext\ttab', 'line\\u{d}\\u{a}next\\u{9}tab'],
    ['\u009b2J\u007f\u0000', '\\u{9b}2J\\u{7f}\\u{0}'],
    ['evil\u202egnp.exe', 'evil\\u{202e}gnp.exe'],
    ['a\u2066b\u2069\u200e\u061c', 'a\\u{2066}b\\u{2069}\\u{200e}\\u{61c}'],
    ['pay\u200bpal\u00ad\ufeff', 'pay\\u{200b}pal\\u{ad}\\u{feff}'],
    ['two\u2028lines\u2029', 'two\\u{2028}lines\\u{2029}'],
    ['\ud800half', '\\u{d800}half'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('leaves nothing that a terminal would act on, whatever comes in, and is settled after one pass', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\u200b-\u200d]/u);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});

test('printableStart is bounded after escaping', () => {
  expect(printableStart('short', 10)).toBe('short');
  expect(printableStart('0123456789', 10)).toBe('0123456789');
  expect(printableStart('0123456789x', 10)).toBe('0123456789…');
  expect(printableStart('\u001b'.repeat(1_000), 12)).toBe('\\u{1b}\\u{1b}…');
});
