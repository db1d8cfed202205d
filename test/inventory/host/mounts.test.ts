import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { source } from '../../../src/inventory/host/mounts.ts';
import { collect } from '../../support/inventory.ts';
import { tree } from '../../support/tree.ts';

async function mounts(lines: readonly string[], uuids: Readonly<Record<string, string>> = {}) {
  using root = tree({ 'proc/self/mountinfo': `${lines.join('\n')}\n` });
  mkdirSync(join(root.path, 'dev/disk/by-uuid'), { recursive: true });
  for (const [uuid, target] of Object.entries(uuids)) symlinkSync(target, join(root.path, 'dev/disk/by-uuid', uuid));
  return await collect(source, { root: root.path, procRoot: join(root.path, 'proc') });
}

test('a mount keeps its type, its source by UUID, and what it forbids', async () => {
  expect(
    await mounts(
      [
        '27 1 254:0 / / rw,relatime - ext4 /dev/sda1 rw',
        '28 27 254:2 / /home rw,noexec,nosuid,nodev,relatime shared:1 - xfs /dev/sdb1 rw,attr2',
        '29 27 0:40 / /mnt/nas ro - cifs //nas/share rw,vers=3',
        '30 27 0:41 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw,size=1k',
        '31 27 254:2 /srv /srv/a\\040b rw - xfs /dev/sdb1 rw',
      ],
      { 'aaaa-1': '../../sda1' },
    ),
  ).toEqual({
    facts: {
      'mount//': { type: 'ext4', source: 'UUID=aaaa-1', folder: '/', forbids: [] },
      'mount//home': { type: 'xfs', source: '/dev/sdb1', folder: '/', forbids: ['nodev', 'noexec', 'nosuid'] },
      'mount//mnt/nas': { type: 'cifs', source: '//nas/share', folder: '/', forbids: ['ro'] },
      'mount//tmp': { type: 'tmpfs', source: 'tmpfs', folder: '/', forbids: ['nodev', 'nosuid'] },
      'mount//srv/a b': { type: 'xfs', source: '/dev/sdb1', folder: '/srv', forbids: [] },
    },
    hidden: {},
  });
});

test('the number of a disk or of a loop device may change with the next start', async () => {
  const one = await mounts(['27 1 8:1 / /d rw - ext4 /dev/sda1 rw', '28 1 7:1 / /iso ro - iso9660 /dev/loop1 ro'], {
    u: '../../sda1',
  });
  const two = await mounts(['27 1 8:17 / /d rw - ext4 /dev/sdb1 rw', '28 1 7:3 / /iso ro - iso9660 /dev/loop3 ro'], {
    u: '../../sdb1',
  });
  expect(two).toEqual(one);
});

test('what the kernel, systemd, snaps and containers bring along is left out', async () => {
  const { facts } = await mounts([
    '22 27 0:21 / /proc rw - proc proc rw',
    '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw',
    '32 23 0:28 / /run/user/1000 rw - tmpfs tmpfs rw',
    '33 23 7:1 / /snap/core/1 ro - squashfs /dev/loop0 ro',
    '34 23 0:50 / /var/lib/docker/overlay2/ab/merged rw - overlay overlay rw',
    '35 23 0:51 / /var/lib/kubelet/pods/x/volumes/y rw - tmpfs tmpfs rw',
    '36 23 0:52 / /merged rw - overlay overlay rw',
    '37 23 0:53 / /home/ana/.local/share/containers/storage/overlay rw - ext4 /dev/sda1 rw',
    '38 1 0:99 / /runaway rw - tmpfs tmpfs rw',
  ]);
  expect(Object.keys(facts)).toEqual(['mount//runaway']);
});

test('the root of a container counts though it is an overlay', async () => {
  expect(Object.keys((await mounts(['1 0 0:5 / / rw - overlay overlay rw,lowerdir=/a'])).facts)).toEqual(['mount//']);
});

test('who asks a server, and the password for it, are not kept', async () => {
  const { facts } = await mounts([
    '1 0 0:5 / /a rw - fuse.sshfs ana@host:/x rw',
    '2 0 0:6 / /b rw - davfs https://ana:hunter2@host/x rw',
  ]);
  expect(facts['mount//a']).toMatchObject({ source: 'host:/x' });
  expect(facts['mount//b']).toMatchObject({ source: 'https://host/x' });
});

test('without a list of mounts everything is hidden', async () => {
  using root = tree();
  expect(await collect(source, { root: root.path, procRoot: root.path })).toEqual({
    facts: {},
    hidden: { 'mount/*': 'MOUNTS_UNREADABLE' },
  });
});

test('a line that is none, and names that are not plain, do no harm', async () => {
  const { facts } = await mounts(['nonsense', '', '1 0 0:5', '1 0 0:6 / /a\\012b* rw - ext4 /dev/sda1 rw']);
  expect(Object.keys(facts)).toEqual(['mount//a\\u{a}b%2A']);
});
