import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../src/domain/glob.ts';

describe('a glob', () => {
  it.each([
    ['host/disk', 'host/disk', true],
    ['host/disk', 'host/disks', false],
    ['disk', 'host/disk', false],
    ['host', 'host/disk', false],
    ['host/*', 'host/disk', true],
    ['host/*', 'xhost/disk', false],
    ['*/disk', 'host/disk', true],
    ['*/disk', 'host/disk2', false],
    ['host:*/mount//var/*', 'host:abc/mount//var/log/a', true],
    ['host:*/mount//var/*', 'host:abc/mount//data', false],
    ['logs', 'my-logs-bucket', false],
    ['*logs*', 'my-logs-bucket', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['ab*ba', 'aba', false],
    ['**', '', true],
    ['*', 'anything/at all', true],
    ['', '', true],
    ['', 'x', false],
    ['a.c', 'abc', false],
    ['a?c', 'abc', false],
    ['https://x/?q=[1]', 'https://x/?q=[1]', true],
    ['Host/*', 'host/disk', false],
  ])('%j fits %j: %j', (glob, text, fits) => {
    expect(matchesGlob(glob, text)).toBe(fits);
  });

  it('fits what a star was put into, whatever it stands for, and agrees with an anchored regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (glob, text) => {
        const source = glob.split('*').map((part) => part.replaceAll(/[.\\/]/g, String.raw`\$&`));
        expect(matchesGlob(glob, text)).toBe(new RegExp(`^${source.join('[^]*')}$`).test(text));
      }),
    );
  });

  it('does not multiply its work with its stars', () => {
    // A backtracking match of this takes longer than the universe.
    expect(matchesGlob(`${'*a'.repeat(100)}*b`, 'a'.repeat(20_000))).toBe(false);
  });
});
