import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { coversPattern, isAction, isResource } from '../../../src/maker/policy/pattern.ts';

test.each([
  ['host/*', 'host/prune-directory', true],
  ['host/*', 'hosts/prune-directory', false],
  ['host/*', 'host', false],
  ['*', 'host/prune-directory', true],
  ['host/prune-directory', 'host/prune-directory-now', false],
  ['host/.*', 'host/prune-directory', false],
  ['host/prune.directory', 'host/prune-directory', false],
  ['(host|aws)/*', 'host/prune-directory', false],
])('the action pattern %s on %s: %s, and nothing in it is a regular expression', (pattern, id, fits) => {
  expect(isAction(id, pattern)).toBe(fits);
});

test.each([
  ['a*c', 'abc', true],
  ['a*c', 'ac', true],
  ['a*c', 'a/b/c', true],
  ['a*c', 'acb', false],
  ['ab*ba', 'aba', false],
  ['*b*', 'abc', true],
  ['*b*c*', 'acb', false],
  ['a**b', 'ab', true],
  ['a.c', 'abc', false],
  ['a?c', 'abc', false],
  ['A*', 'abc', false],
])('the resource pattern %s on %s: %s', (pattern, id, fits) => {
  expect(isResource(id, pattern)).toBe(fits);
});

test('what is no name is not known to fit, nor not to', () => {
  for (const seen of ['', undefined, null, 4, ['a']]) {
    expect(isResource(seen, '*')).toBeNull();
    expect(isAction(seen, '*')).toBeNull();
  }
});

const piece = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*'), maxLength: 8 });

test('a pattern fits what the regular expression of it fits', () => {
  fc.assert(
    fc.property(piece, piece, (pattern, text) => {
      fc.pre(text !== '');
      const expression = new RegExp(
        `^${pattern
          .split('*')
          .map((part) => part.replaceAll('.', '\\.'))
          .join('[^]*')}$`,
      );
      expect(isResource(text, pattern)).toBe(expression.test(text));
    }),
    { numRuns: 3_000 },
  );
});

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 1, maxLength: 3 });
const filledIn = (pattern: string, parts: readonly string[]) =>
  pattern
    .split('*')
    .map((part, index) => (index === 0 ? part : (parts[index % parts.length] ?? '') + part))
    .join('');

test('what covers a pattern fits whatever that fits', () => {
  let covering = 0;
  fc.assert(
    fc.property(piece, fc.array(piece, { minLength: 1 }), fc.array(letters, { minLength: 1 }), (wide, parts, texts) => {
      const narrow = filledIn(wide, parts);
      const text = filledIn(narrow, texts);
      fc.pre(text !== '' && !text.includes('*'));
      expect(isResource(text, narrow)).toBe(true);
      if (!coversPattern(wide, narrow)) return;
      covering += 1;
      expect(isResource(text, wide)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
  expect(covering).toBeGreaterThan(500);
});

test('no pattern covers one that means more', () => {
  expect(coversPattern('host/*', '*')).toBe(false);
  expect(coversPattern('a*c', 'a*')).toBe(false);
  expect(coversPattern('a', 'a*')).toBe(false);
  expect(coversPattern('*', 'a*')).toBe(true);
});

test('a pattern of many stars on a long name takes no longer than reading both', () => {
  expect(isResource(`${'a'.repeat(100_000)}b`, `${'a*'.repeat(2_000)}c`)).toBe(false);
});
