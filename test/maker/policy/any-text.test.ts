import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { load } from '../../support/policy.ts';

const SOUND = readFileSync(new URL('../../../policies/ci-staging-scale.yaml', import.meta.url), 'utf8').slice(0, 3_000);
const PIECES = [
  '- ',
  '\n',
  '  ',
  '[',
  ']',
  '{',
  '}',
  ': ',
  ',',
  '"',
  "'",
  '&a ',
  '*a',
  '!!set ',
  '|',
  '>-',
  '#',
  '\t',
  '<<: ',
  '%YAML',
  '? ',
  '---\n',
  '...\n',
  'rules:',
  'match:',
  'not: ',
  'effect: allow',
  'id: a',
  'bounds: ',
  'after.x',
  'window: ',
  'limits: ',
  'tests:',
  'given: ',
  'steps: ',
  'null',
  '~',
  '__proto__',
  'constructor',
  '\u0007',
  '\u2028',
  '\ud800',
  '\u202e',
  '\ufffd',
  '1e999',
  '-1',
  '.nan',
  '0x1F',
  '2027-02-01',
  'true',
];

/** A sound file with some stretches replaced. */
const damaged = fc
  .array(fc.record({ at: fc.nat(SOUND.length), length: fc.nat(12), piece: fc.constantFrom(...PIECES) }), {
    maxLength: 6,
  })
  .map((cuts) =>
    cuts.reduce((text, { at, length, piece }) => text.slice(0, at) + piece + text.slice(at + length), SOUND),
  );

test('whatever a file says, loading it gives a policy or mistakes with a place in it, and never throws', () => {
  const texts = fc.oneof(
    damaged,
    fc.array(fc.constantFrom(...PIECES)).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const { policy, mistakes } = load(text);
      expect(policy === null).toBe(mistakes.length > 0);
      const lines = text.split('\n').length;
      for (const { where, message, level } of mistakes) {
        expect(level).toBe('error');
        expect(where.line).toBeGreaterThanOrEqual(1);
        expect(where.line).toBeLessThanOrEqual(lines + 1);
        expect(where.column).toBeGreaterThanOrEqual(1);
        expect(message).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202e]/u);
        expect(message.length).toBeLessThan(700);
      }
    }),
    { numRuns: 1_500 },
  );
});
