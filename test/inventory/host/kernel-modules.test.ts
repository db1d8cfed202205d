import { expect, test } from 'vitest';
import { source } from '../../../src/inventory/host/kernel-modules.ts';
import { collect } from '../../support/inventory.ts';
import { tree } from '../../support/tree.ts';

async function modules(text: string | null, taint = '0\n') {
  using proc = tree({ 'sys/kernel/tainted': taint, ...(text === null ? {} : { modules: text }) });
  return await collect(source, { procRoot: proc.path });
}

test("the kernel's own modules are told apart from those that taint it; no count and no address is kept", async () => {
  const text = [
    'nf_tables 356352 0 - Live 0xffffffffc0a8e000',
    'zfs 6365184 6 - Live 0x0000000000000000 (POE)',
    'wl 6456320 0 - Live 0x0000000000000000 (P)',
    'going 1 0 - Unloading 0x0',
    '',
  ].join('\n');
  expect(await modules(text, '12289\n')).toEqual({
    facts: {
      'kernel-module/nf_tables': {},
      'tainting-module/zfs': { taints: ['out of tree', 'proprietary', 'unsigned'] },
      'tainting-module/wl': { taints: ['proprietary'] },
      'kernel-taint/kernel': { taints: ['out of tree', 'proprietary', 'unsigned'] },
    },
    hidden: {},
  });
});

test('what else an error leaves in the kernel is none of the modules', async () => {
  expect((await modules('', `${2 ** 9 + 2 ** 7}\n`)).facts).toEqual({ 'kernel-taint/kernel': { taints: [] } });
});

test('a module that hides itself has left its mark', async () => {
  expect((await modules('', '4096\n')).facts).toEqual({ 'kernel-taint/kernel': { taints: ['out of tree'] } });
});

test('a kernel without modules has none', async () => {
  expect(await modules(null)).toEqual({ facts: { 'kernel-taint/kernel': { taints: [] } }, hidden: {} });
});

test.each(['', 'x\n', '1'.repeat(40)])('a taint of %j hides everything', async (taint) => {
  const code = 'TAINT_UNREADABLE';
  expect(await modules('', taint)).toEqual({
    facts: {},
    hidden: { 'kernel-module/*': code, 'tainting-module/*': code, 'kernel-taint/*': code },
  });
});

test('half a line is no module', async () => {
  expect((await modules('nf_tables 3563')).facts).toEqual({ 'kernel-taint/kernel': { taints: [] } });
});
