import { expect, test } from 'vitest';
import { check } from '../../../src/checks/host/disk-health.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';
import { tree } from '../../support/tree.ts';

async function machine(files: Readonly<Record<string, string>>) {
  using root = tree(files);
  return await look(check, hostReader({ root: root.path }), {});
}

test('arrays, file systems and disks are resources of their own, also where they share a name', async () => {
  const { observations, drafts } = await machine({
    'sys/block/md0/md/array_state': 'clean',
    'sys/block/md0/md/degraded': '1',
    'sys/block/md0/md/raid_disks': '2',
    'sys/fs/ext4/md0/errors_count': '1',
    'sys/block/sda/device/state': 'offline',
  });
  expect(observations.map(({ resource }) => resource)).toEqual([
    'host:test/health/raid/md0',
    'host:test/health/ext4/md0',
    'host:test/health/disk/sda',
  ]);
  expect(drafts.map(({ discriminator }) => discriminator)).toEqual(['array', 'errors', 'state']);
});

test('a name that would rewrite the line is shown harmless, and a "!" is a slash in its path', async () => {
  const { drafts } = await machine({
    'sys/block/cciss!c0d0/size': '1',
    'sys/fs/ext4/cciss!c0d0p1/errors_count': '1',
    'sys/fs/ext4/x\u001b[2J/errors_count': '2',
  });
  expect(drafts).toMatchObject([
    { next: expect.stringContaining('/dev/cciss/c0d0p1') },
    { title: expect.stringContaining('x\\u{1b}[2J noted 2 errors') },
  ]);
});

test('a machine with healthy disks, and a container, are quiet', async () => {
  expect((await machine({ 'sys/block/sda/device/state': 'running' })).drafts).toEqual([]);
  expect(await machine({ '.dockerenv': '', 'sys/block/sda/device/state': 'offline' })).toEqual({
    observations: [],
    drafts: [],
  });
});

test('without /sys all of it is unknown', async () => {
  expect((await machine({})).observations).toMatchObject([
    { status: 'unknown', resource: 'host:test/health/*', failure: { code: 'SYS_UNREADABLE' } },
  ]);
});
