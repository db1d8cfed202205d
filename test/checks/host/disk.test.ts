import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/host/disk.ts';
import { seen, unknown } from '../../../src/domain/failure.ts';
import type { HostReader, Mount, Space } from '../../../src/providers/host/reader.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';
import { mayHang, mayMount, mayUnshare, mountHanging, sh } from '../../support/mounting.ts';
import { tree } from '../../support/tree.ts';

test('the real machine has a root with room on it', async () => {
  const { observations } = await look(check, hostReader(), {});
  expect(observations).toContainEqual(expect.objectContaining({ status: 'seen', resource: 'host:test/mount//' }));
});

describe.skipIf(!mayMount)('a really filled tmpfs (needs root)', () => {
  test('fires, and resolves once the file is deleted', async () => {
    using folder = tree();
    sh(`mount -t tmpfs -o size=8m tmpfs '${folder.path}'`);
    try {
      writeFileSync(join(folder.path, 'big'), Buffer.alloc(8 * 2 ** 20 - 8_192, 1));
      const full = await look(check, hostReader(), { paths: [folder.path] });
      expect(full.drafts).toMatchObject([{ discriminator: 'space', severity: 'critical', evidenceClass: 'level' }]);
      expect(full.drafts[0]?.title).toBe(`${folder.path} is 99.9 % full, 8 KiB left`);
      rmSync(join(folder.path, 'big'));
      expect((await look(check, hostReader(), { paths: [folder.path] })).drafts).toEqual([]);
    } finally {
      sh(`umount '${folder.path}'`);
    }
  });

  test('without inodes left fires too, though there is space', async () => {
    using folder = tree();
    sh(`mount -t tmpfs -o size=8m,nr_inodes=100 tmpfs '${folder.path}'`);
    try {
      for (let index = 0; index < 99; index += 1) writeFileSync(join(folder.path, `${index}`), '');
      expect((await look(check, hostReader(), { paths: [folder.path] })).drafts).toMatchObject([
        { discriminator: 'inodes', severity: 'critical' },
      ]);
    } finally {
      sh(`umount '${folder.path}'`);
    }
  });
});

test.skipIf(!mayUnshare)('a filled tmpfs in a namespace of one who is not root fires as well (needs unshare)', () => {
  const script = `
    import { check } from '${join(import.meta.dirname, '../../../src/checks/host/disk.ts')}';
    import { look } from '${join(import.meta.dirname, '../../support/look.ts')}';
    import { hostReader } from '${join(import.meta.dirname, '../../support/host-reader.ts')}';
    const { drafts } = await look(check, hostReader(), { paths: ['/mnt'] });
    console.log(JSON.stringify(drafts.map(({ discriminator, severity }) => [discriminator, severity])));`;
  const output = execFileSync(
    'unshare',
    [
      '-Urm',
      'bash',
      '-c',
      `mount -t tmpfs -o size=4m tmpfs /mnt && head -c 4190000 /dev/zero > /mnt/big && exec '${process.execPath}' --input-type=module -e "$SCRIPT"`,
    ],
    { encoding: 'utf8', env: { ...process.env, SCRIPT: script } },
  );
  expect(JSON.parse(output)).toEqual([['space', 'critical']]);
});

test.skipIf(!mayHang)('a dead mount is unknown by itself (needs root and /dev/fuse)', async () => {
  using folder = tree();
  const dead = join(folder.path, 'dead');
  mkdirSync(dead);
  const letGo = mountHanging(dead);
  try {
    const { observations } = await look(check, hostReader(), { timeLimit: '500ms' });
    expect(observations).toContainEqual(
      expect.objectContaining({
        status: 'unknown',
        resource: `host:test/mount/${dead}`,
        failure: expect.objectContaining({ code: 'TIMEOUT' }),
      }),
    );
    expect(observations).toContainEqual(expect.objectContaining({ status: 'seen', resource: 'host:test/mount//' }));
  } finally {
    letGo();
  }
});

describe('which file systems are looked at', () => {
  test('one of each that can fill up', async () => {
    expect(
      await lookedAt([
        mount('/', { fsType: 'ext4', device: '8:1' }),
        mount('/proc', { fsType: 'proc', device: '0:1' }),
        mount('/snap/core/1', { fsType: 'squashfs', device: '7:0', readOnly: true }),
        mount('/media/cd', { fsType: 'iso9660', device: '11:0', readOnly: true }),
        mount('/run/small', { fsType: 'tmpfs', device: '0:2' }, 2 ** 20),
        mount('/tmp', { fsType: 'tmpfs', device: '0:3' }, 2 ** 30),
        mount('/sys/fs/cgroup', { fsType: 'tmpfs', device: '0:4' }, 2 ** 30),
        mount('/var/lib/docker/overlay2/x/merged', { fsType: 'overlay', device: '0:5' }),
        mount('/mnt/image', { device: '8:5', readOnly: true }),
        mount('/mnt/broken', { device: '8:6', readOnly: true, readOnlyByError: true }),
        mount('/srv/bind', { device: '8:2', root: '/sub' }),
        mount('/a/very/long/name', { device: '8:2' }),
        mount('/etc/hosts', { device: '8:7', root: '/x/hosts' }),
        mount('/empty', { device: '0:9' }, 0),
      ]),
    ).toEqual(['/', '/a/very/long/name', '/mnt/broken', '/tmp']);
  });

  test('in a container its own root, though it is an overlay', async () => {
    expect(
      await lookedAt([
        mount('/', { fsType: 'overlay', device: '0:50' }),
        mount('/data', { device: '8:1', root: '/volumes/x' }),
      ]),
    ).toEqual(['/', '/data']);
  });

  test('not those that are excluded, by name or by pattern', async () => {
    const mounts = ['/', '/media/me/stick', '/media/x', '/mnt/a', '/mnt/a/b'].map((point, index) =>
      mount(point, { device: `8:${index}` }),
    );
    expect(await lookedAt(mounts, { exclude: ['/media/**', '/mnt/*'] })).toEqual(['/', '/mnt/a/b']);
    expect(await lookedAt(mounts, { exclude: ['/media'] })).toHaveLength(5);
  });

  test('two folders on one file system are one', async () => {
    const { observations } = await look(check, hostReader(), { paths: ['/proc/self', '/proc', '/does/not/exist'] });
    expect(observations).toMatchObject([
      { status: 'unknown', resource: 'host:test/mount//proc', failure: { code: 'NO_SIZE' } },
      { status: 'unknown', resource: 'host:test/mount//does/not/exist', failure: { code: 'ENOENT' } },
    ]);
  });

  test('without a list of them all are unknown', async () => {
    const { observations } = await look(check, hostReader({ procRoot: '/nope' }), {});
    expect(observations).toMatchObject([
      { status: 'unknown', resource: 'host:test/mount/*', failure: { code: 'MOUNTS_UNREADABLE' } },
    ]);
  });

  test('on a platform that has no list, the root and the home folder', async () => {
    const { observations } = await look(check, hostReader({ platform: 'darwin', home: '/proc' }), {});
    expect(observations.map(({ resource }) => resource)).toEqual(['host:test/mount//']);
  });

  test('a name with escapes and newlines is shown with them visible', async () => {
    const point = '/mnt/\u001b[2J\nall is well';
    const { observations } = await look(check, faked([mount(point)]), {});
    expect(observations[0]).toMatchObject({ name: '/mnt/\\u{1b}[2J\\u{a}all is well', facts: { mountPoint: point } });
    expect(observations[0]?.resource).not.toMatch(/[\u0000-\u001f]/);
  });
});

test('one that fails hides itself alone', async () => {
  const reader = faked([mount('/', { device: '8:1' }), mount('/mnt/nas', { device: '0:9', remote: true })]);
  const { observations } = await look(
    check,
    {
      ...reader,
      space: (path, ...rest) =>
        path === '/mnt/nas' ? Promise.resolve(unknown('ESTALE', 'stale')) : reader.space(path, ...rest),
    },
    {},
  );
  expect(observations).toMatchObject([
    { status: 'seen', name: '/' },
    { status: 'unknown', resource: 'host:test/mount//mnt/nas', failure: { code: 'ESTALE' } },
  ]);
});

describe('parameters', () => {
  test.each([
    [{ warn: '85%' }, 'plain number'],
    [{ warn: 96 }, 'must not be below'],
    [{ paths: ['var/log'] }, 'whole path'],
    [{ treshold: 3 }, 'treshold'],
    [{ plentyFree: 'much' }, 'is not a size'],
    [{ fullWithin: '3 days' }, 'is not a duration'],
  ])('%j is refused with a word on %s', (input, word) => {
    const parsed = check.params.safeParse(input);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.success ? [] : parsed.error.issues)).toContain(word);
  });
});

interface Sized extends Mount {
  readonly totalBytes: number;
}

function mount(mountPoint: string, more: Partial<Mount> = {}, totalBytes = 2 ** 40): Sized {
  return {
    mountPoint,
    root: '/',
    device: '8:1',
    fsType: 'ext4',
    source: '/dev/x',
    readOnly: false,
    readOnlyByError: false,
    remote: false,
    totalBytes,
    ...more,
  };
}

function faked(mounts: readonly Sized[]): HostReader {
  return {
    ...hostReader(),
    mounts: () => Promise.resolve(seen(mounts)),
    space: (path) =>
      Promise.resolve(seen(spaceOf(mounts.find((candidate) => candidate.mountPoint === path)?.totalBytes ?? 0))),
  };
}

function spaceOf(totalBytes: number): Space {
  return { totalBytes, usedBytes: 0, availableBytes: totalBytes, inodes: 0, inodesUsed: 0, inodesFree: 0 };
}

async function lookedAt(mounts: readonly Sized[], params: object = {}): Promise<readonly string[]> {
  return (await look(check, faked(mounts), params)).observations.map(({ name }) => name);
}
