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

test('what covers a pattern fits whatever that fits', () => {
  fc.assert(
    fc.property(piece, piece, piece, (wide, narrow, text) => {
      fc.pre(coversPattern(wide, narrow) && isResource(text, narrow) === true);
      expect(isResource(text, wide)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a pattern of many stars on a long name takes no longer than reading both', () => {
  expect(isResource(`${'a'.repeat(100_000)}b`, `${'a*'.repeat(2_000)}c`)).toBe(false);
});
