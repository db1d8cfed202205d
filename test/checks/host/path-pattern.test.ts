import { expect, test } from 'vitest';
import { fitsPattern } from '../../../src/checks/host/path-pattern.ts';

test.each([
  ['/mnt/a', '/mnt/a', true],
  ['/mnt/a/b', '/mnt/a', false],
  ['/mnt/a', '/mnt/*', true],
  ['/mnt/a/b', '/mnt/*', false],
  ['/mnt/a/b', '/mnt/**', true],
  ['/mnt', '/mnt/**', false],
  ['/a/b/c', '/a/**/c', true],
  ['/snap/core/123', '/snap/*/1*', true],
  ['/a.b', '/a?b', false],
  ['/a+b', '/a+b', true],
  ['/', '/', true],
  ['/x', '**', true],
  ['', '', true],
])('%j against %j is %j', (path, pattern, fits) => {
  expect(fitsPattern(path, pattern)).toBe(fits);
});

test('many stars do not multiply the work', () => {
  expect(fitsPattern('a'.repeat(2_000), `${'*a'.repeat(20)}b`)).toBe(false);
});
