import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Line, lineMatcher, partsOf } from '../../../src/checks/host/line-matcher.ts';

const fits = (pattern: string, text: string, ignoreCase = false) => lineMatcher(pattern, ignoreCase)(new Line(text));

describe('a pattern', () => {
  test.each([
    ['error', 'an error came', true],
    ['error', 'an Error came', false],
    ['error*timeout', 'error: read timeout', true],
    ['error*timeout', 'timeout, then error', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*error*', 'error', true],
    ['100\\*', '100*', true],
    ['100\\*', '1000', false],
    ['C:\\\\temp', 'C:\\temp', true],
    ['C:\\temp', 'C:\\temp', true],
    ['(a+)+$', 'the text (a+)+$ itself', true],
    ['(a+)+$', 'aaaa', false],
    ['[error]', 'e', false],
  ])('%j in %j is %s', (pattern, text, expected) => {
    expect(fits(pattern, text)).toBe(expected);
  });

  test('may take capital and small letters for the same', () => {
    expect(fits('OUT of*Memory', 'out OF all memory', true)).toBe(true);
  });

  test('of stars alone has no part to look for', () => {
    expect(partsOf('***')).toEqual([]);
    expect(partsOf('')).toEqual([]);
    expect(partsOf('\\*')).toEqual(['*']);
  });

  test('fits exactly where a regular expression of the same meaning does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\', '.', 'A'), maxLength: 12 });
    fc.assert(
      fc.property(text, text, fc.boolean(), (pattern, line, ignoreCase) => {
        const source = partsOf(pattern)
          .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*');
        expect(fits(pattern, line, ignoreCase)).toBe(new RegExp(source, ignoreCase ? 'i' : '').test(line));
      }),
    );
  });
});
