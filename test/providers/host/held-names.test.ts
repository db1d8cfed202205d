import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { heldName, isHeldName } from '../../../src/providers/host/held-names.ts';

test('a key that can be a name is one', () => {
  expect(heldName('p-8K2M4QXV7C1D-s1')).toBe('p-8K2M4QXV7C1D-s1');
});

test('any key becomes a name of one folder, always the same, and no two keys the same', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      const safe = (key: string) => heldName(`p-${key}`);
      expect(isHeldName(safe(one))).toBe(true);
      expect(safe(one)).toMatch(/^[^/.][^/]*$/);
      expect(safe(one) === safe(other)).toBe(one === other);
    }),
  );
});
