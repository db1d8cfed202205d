import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { load } from '../support/runbook-source.ts';

const SOUND =
  '---\nname: a\nevery: 30m\nactiveHours: { from: "07:00", to: "23:00" }\nchecks:\n  - host/*\n  - net/http: { url: "https://a.test/" }\nagent: { when: new }\nnotify: [desktop, { file: x }]\n---\nProse\n\ntasks:\n- name: a\n  interval: 5m\n  prompt: p\n';
const PIECES = [
  '---\n',
  'checks:',
  '- ',
  '\n',
  '  ',
  '[',
  ']',
  '{',
  '}',
  ': ',
  '"',
  "'",
  '&a ',
  '*a',
  '!!set ',
  '|',
  '#',
  '\t',
  '<<',
  '%YAML',
  '?',
  'every',
  '30m',
  '\u0007',
  '\u2028',
  '\ud800',
  '1e999',
  '-1',
  'null',
  '~',
  '<!--',
  'tasks:\n',
  '- name: ',
  'interval:',
];
const paths = fc.constantFrom('a.md', 'a.yaml', 'clawd/HEARTBEAT.md');

/** A sound file with some stretches replaced. */
const damaged = fc
  .array(fc.record({ at: fc.nat(SOUND.length), length: fc.nat(12), piece: fc.constantFrom(...PIECES) }), {
    maxLength: 6,
  })
  .map((cuts) =>
    cuts.reduce((text, { at, length, piece }) => text.slice(0, at) + piece + text.slice(at + length), SOUND),
  );

test('whatever a file says, loading it gives a runbook or mistakes with a place in it, and never throws', async () => {
  const texts = fc.oneof(
    damaged,
    fc.array(fc.constantFrom(...PIECES)).map((pieces) => pieces.join('')),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(texts, paths, async (text, path) => {
      const { runbook, mistakes } = await load(text, path);
      expect(runbook === null).toBe(mistakes.some(({ level }) => level === 'error'));
      const lines = text.split('\n');
      for (const { where, message } of mistakes) {
        expect(where.line).toBeGreaterThanOrEqual(1);
        expect(where.line).toBeLessThanOrEqual(lines.length + 1);
        expect(where.column).toBeGreaterThanOrEqual(1);
        expect(message).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]/u);
        expect(message.length).toBeLessThan(700);
      }
    }),
    { numRuns: 1_500 },
  );
});
