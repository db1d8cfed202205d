import { expect, test } from 'vitest';
import { baselineHuman, diffHuman } from '../../../src/cli/views/baseline-human.ts';
import { driftOf } from '../../../src/domain/drift.ts';
import { fact, hiddenFact, inventory } from '../../support/fake-inventory.ts';
import { redactor } from '../../support/sighting.ts';

const plain = (_format: unknown, text: string): string => text;
const kept = (now: ReturnType<typeof inventory>) =>
  ({ inventory: redactor.data(now), digest: 'sha256:0', at: 0 }) as const;

test('what differs is a line each, with what can not be seen made visible', () => {
  const baseline = inventory([fact('user', 'ana', { uid: 1, shell: '/bin/sh' }), fact('user', 'old', {})]);
  const now = inventory([fact('user', 'ana', { uid: 0, shell: '/bin/sh' }), fact('user', 'e\u001B[2Jve', { uid: 5 })], {
    hidden: [hiddenFact('user', 'bob')],
  });
  const diff = { name: 'here', baseline: kept(baseline), at: 0, facts: 2, drift: driftOf(baseline, now) };
  const text = diffHuman(diff, plain);
  expect(text.split('\n').slice(0, 4)).toEqual([
    '~  user  ana           uid: 1 -> 0',
    String.raw`+  user  e\u{1b}[2Jve  uid: 5`,
    '-  user  old',
    '?  user  bob           may not be read',
  ]);
  expect(text).toContain(
    "Facts that differ from the baseline of 1970-01-01 00:00: 3 of 2.\nParts that can't be compared: 1.",
  );
  expect(text).toContain('holdfast baseline accept here --reason');
});

test('a baseline is shown by kind, those without facts and what it lacks among them', () => {
  const shown = inventory([fact('user', 'ana', { uid: 1, groups: ['adm'] })], {
    kinds: ['mount'],
    hidden: [hiddenFact('sudo-rule', '*')],
  });
  expect(baselineHuman({ name: 'here', ...kept(shown) }, plain)).toBe(`here  1 fact as of 1970-01-01 00:00
sha256:0

mount  0

sudo-rule  0
  not in it  *: may not be read

user  1
  ana  groups: ["adm"], uid: 1
`);
});
