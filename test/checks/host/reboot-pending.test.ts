import { expect, test } from 'vitest';
import { check } from '../../../src/checks/host/reboot-pending.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';
import { tree } from '../../support/tree.ts';

const PROC = {
  'proc/sys/kernel/osrelease': '6.1.0-25-amd64\n',
  'proc/sys/kernel/random/boot_id': 'b1\n',
  'proc/stat': 'btime 1000000000\n',
};

async function machine(files: Readonly<Record<string, string>>) {
  using root = tree(files);
  return await look(check, hostReader({ root: root.path, procRoot: `${root.path}/proc` }), {});
}

test('a flag and a newer kernel are one finding, and what is remembered is since when', async () => {
  const { observations, drafts } = await machine({
    ...PROC,
    'run/reboot-required': '',
    'boot/vmlinuz-6.1.0-26-amd64': '',
  });
  expect(drafts).toMatchObject([{ discriminator: 'reboot', severity: 'low' }]);
  const [seen] = observations;
  const sample = seen?.status === 'seen' ? check.sample?.(seen) : null;
  expect(sample).toEqual({ boot: 'b1', since: expect.any(Number) });
});

test('a machine with nothing due, and a container, are quiet', async () => {
  const well = await machine(PROC);
  expect(well.observations).toHaveLength(1);
  expect(well.drafts).toEqual([]);
  expect(await machine({ ...PROC, '.dockerenv': '', 'run/reboot-required': '' })).toEqual({
    observations: [],
    drafts: [],
  });
});

test('a kernel that tells nothing is unknown', async () => {
  expect((await machine({})).observations).toMatchObject([
    { status: 'unknown', resource: 'host:test/boot/current', failure: { code: 'PROC_UNREADABLE' } },
  ]);
});
