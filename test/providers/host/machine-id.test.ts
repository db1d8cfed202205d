import { expect, test } from 'vitest';
import { readMachineId } from '../../../src/providers/host/machine-id.ts';
import { tree } from '../../support/tree.ts';

const ID = '3d1219c7c4c5404aaa1f6d2a48adfda4';

test('is a keyed hash of the machine id, and never shows a part of it', async () => {
  using root = tree({ 'machine-id': `${ID}\n` });
  const shown = await readMachineId([`${root.path}/machine-id`], 'instance');
  expect(shown).toMatch(/^[0-9a-f]{12}$/);
  expect(ID).not.toContain(shown);
  expect(await readMachineId([`${root.path}/machine-id`], 'another instance')).toBe(shown);
});

test('is taken from the second place when the first is missing', async () => {
  using root = tree({ 'machine-id': ID, 'dbus-id': ID });
  expect(await readMachineId(['/nope', `${root.path}/dbus-id`], 'x')).toBe(
    await readMachineId([`${root.path}/machine-id`], 'x'),
  );
});

test.each(['', 'uninitialized\n', '0'.repeat(32), 'not an id'])(
  'of %j it falls back to the id that was handed in',
  async (text) => {
    using root = tree({ 'machine-id': text });
    const one = await readMachineId([`${root.path}/machine-id`], 'instance one');
    expect(one).toMatch(/^[0-9a-f]{12}$/);
    expect(one).not.toBe(await readMachineId([`${root.path}/machine-id`], 'instance two'));
  },
);
