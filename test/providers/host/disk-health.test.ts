import { expect, test } from 'vitest';
import { readDiskHealth } from '../../../src/providers/host/disk-health.ts';
import { tree } from '../../support/tree.ts';

async function health(files: Readonly<Record<string, string>>, platform: NodeJS.Platform = 'linux') {
  using root = tree(files);
  const looked = await readDiskHealth(platform, root.path);
  return JSON.parse(JSON.stringify(looked).replaceAll(root.path, '')) as unknown;
}

const nothing = { arrays: [], fileSystems: [], disks: [] };

test('arrays, file systems that note errors, and disks are told as the kernel has them', async () => {
  expect(
    await health({
      'sys/block/md0/md/array_state': 'active\n',
      'sys/block/md0/md/level': 'raid1\n',
      'sys/block/md0/md/metadata_version': '1.2\n',
      'sys/block/md0/md/raid_disks': '2\n',
      'sys/block/md0/md/degraded': '1\n',
      'sys/block/md0/md/sync_action': 'recover\n',
      'sys/block/sda/device/state': 'running\n',
      'sys/block/loop0/size': '0\n',
      'sys/class/nvme/nvme0/state': 'live\n',
      'sys/fs/ext4/features/batched_discard': 'supported\n',
      'sys/fs/ext4/sda1/errors_count': '3\n',
      'sys/fs/ext4/sda1/last_error_time': '1700000000\n',
      'sys/fs/ext4/sda2/errors_count': '0\n',
      'sys/fs/ext4/sda2/last_error_time': '0\n',
    }),
  ).toEqual({
    status: 'seen',
    value: {
      arrays: [
        {
          source: '/sys/block/md0/md',
          name: 'md0',
          level: 'raid1',
          state: 'active',
          disks: 2,
          missing: 1,
          doing: 'recover',
        },
      ],
      fileSystems: [
        { source: '/sys/fs/ext4/sda1/errors_count', device: 'sda1', errors: 3, lastAt: 1_700_000_000_000 },
        { source: '/sys/fs/ext4/sda2/errors_count', device: 'sda2', errors: 0, lastAt: null },
      ],
      disks: [
        { source: '/sys/block/sda/device/state', name: 'sda', state: 'running' },
        { source: '/sys/class/nvme/nvme0/state', name: 'nvme0', state: 'live' },
      ],
    },
  });
});

test('an array that was taken apart, and the frame of others, are none', async () => {
  expect(
    await health({
      'sys/block/md1/md/array_state': 'clear\n',
      'sys/block/md127/md/array_state': 'inactive\n',
      'sys/block/md127/md/metadata_version': 'external:imsm\n',
    }),
  ).toEqual({ status: 'seen', value: nothing });
});

test('an array inside such a frame is one, and a level with nothing to spare misses none', async () => {
  expect(
    await health({
      'sys/block/md126/md/array_state': 'clean\n',
      'sys/block/md126/md/metadata_version': 'external:/md127/0\n',
      'sys/block/md126/md/level': 'raid0\n',
      'sys/block/md126/md/raid_disks': '2\n',
    }),
  ).toMatchObject({ value: { arrays: [{ name: 'md126', missing: null, doing: '' }] } });
});

test('garbage counts nothing', async () => {
  expect(
    await health({
      'sys/block/sda/device/state': '\n',
      'sys/fs/ext4/sda1/errors_count': 'many\n',
      'sys/fs/ext4/sda2/errors_count': '99999999999999999999\n',
    }),
  ).toEqual({ status: 'seen', value: nothing });
});

test('a container has the disks of its machine, which are not its own', async () => {
  expect(await health({ '.dockerenv': '', 'sys/block/sda/device/state': 'offline' })).toEqual({
    status: 'seen',
    value: null,
  });
});

test('without /sys, and without Linux, it is unknown', async () => {
  expect(await health({})).toMatchObject({ failure: { code: 'SYS_UNREADABLE' } });
  expect(await health({}, 'darwin')).toMatchObject({ failure: { code: 'LINUX_ONLY' } });
});

test.skipIf(process.platform !== 'linux')('the real /sys is read without an error', async () => {
  expect(await readDiskHealth('linux', '')).toMatchObject({ status: 'seen' });
});
