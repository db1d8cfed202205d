import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/host/file-age.ts';
import { seen } from '../../../src/domain/failure.ts';
import type { FilesSeen } from '../../../src/providers/host/reader.ts';
import { hostReader } from '../../support/host-reader.ts';
import { look } from '../../support/look.ts';
import { mayHang, mountHanging } from '../../support/mounting.ts';
import { tree } from '../../support/tree.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 20, 12);

function age(path: string, hours: number): void {
  utimesSync(path, new Date(NOW - hours * HOUR), new Date(NOW - hours * HOUR));
}

function backups(path: string | readonly string[], params: object = {}, reader = hostReader()) {
  return look(check, reader, { path, olderThan: '26h', ...params }, { now: NOW });
}

test('a backup of last night has no finding, one of two nights ago has, one of a week is high', async () => {
  using root = tree({ 'db.sql.gz': 'data' });
  const path = join(root.path, 'db.sql.gz');
  const severityAt = async (hours: number) => {
    age(path, hours);
    return (await backups(`${root.path}/*.gz`)).drafts[0]?.severity;
  };
  expect(await severityAt(26)).toBeUndefined();
  expect(await severityAt(26.1)).toBe('medium');
  expect(await severityAt(53)).toBe('high');
});

test('an empty backup, and one that is smaller than it should be', async () => {
  using root = tree({ 'empty.gz': '', 'small/small.gz': 'tiny' });
  age(join(root.path, 'empty.gz'), 1);
  age(join(root.path, 'small/small.gz'), 1);
  expect((await backups(`${root.path}/empty.gz`)).drafts).toMatchObject([
    { discriminator: 'size', severity: 'high', evidenceClass: 'empty' },
  ]);
  expect((await backups(`${root.path}/small/*`, { minSize: '1 KiB' })).drafts).toMatchObject([
    { discriminator: 'size', severity: 'medium', evidenceClass: 'small' },
  ]);
});

test('nothing there and no folder at all are findings of one kind, and told apart', async () => {
  using root = tree({ 'notes.txt': 'x' });
  expect((await backups(`${root.path}/*.gz`)).drafts).toMatchObject([
    { discriminator: 'age', severity: 'high', evidenceClass: 'none' },
  ]);
  const { drafts } = await backups(`${root.path}/backups/*.gz`);
  expect(drafts).toMatchObject([
    {
      discriminator: 'age',
      severity: 'high',
      evidenceClass: 'no-folder',
      title: `The folder ${root.path}/backups does not exist`,
    },
  ]);
});

test('a file from the future is said and does not count as the newest', async () => {
  using root = tree({ 'old.gz': 'x', 'future.gz': 'x' });
  age(join(root.path, 'old.gz'), 30);
  age(join(root.path, 'future.gz'), -48);
  expect((await backups(`${root.path}/*.gz`)).drafts).toMatchObject([
    { discriminator: 'age', severity: 'medium' },
    { discriminator: 'clock', severity: 'low', title: `${root.path}/future.gz is from the future, by 2 d` },
  ]);
});

test('a file that is a little ahead, as file servers are, is no trouble', async () => {
  using root = tree({ 'a.gz': 'x' });
  age(join(root.path, 'a.gz'), -1 / 20);
  expect((await backups(`${root.path}/*.gz`)).drafts).toEqual([]);
});

test('~ is the home folder, and several paths are looked at one by one', async () => {
  using root = tree({ 'b/a.gz': 'x' });
  age(join(root.path, 'b/a.gz'), 1);
  const { observations } = await backups(['~/b/*.gz', '~/c/*.gz'], {}, hostReader({ home: root.path }));
  expect(observations).toMatchObject([
    { status: 'seen', resource: 'host:test/file/~/b/%2A.gz', facts: { matched: 1 } },
    { status: 'seen', resource: 'host:test/file/~/c/%2A.gz', facts: { missingFolder: `${root.path}/c` } },
  ]);
});

test('of folders the time of the folder counts, and no size', async () => {
  using root = tree({ 'daily.0/x': '' });
  age(join(root.path, 'daily.0'), 1);
  expect((await backups(`${root.path}/daily.*`, { kind: 'folder' })).drafts).toEqual([]);
});

describe('what can not be read', () => {
  const found = (files: Partial<FilesSeen>) => ({
    ...hostReader(),
    files: () =>
      Promise.resolve(
        seen({
          matched: 1,
          newest: { path: '/b/x', sizeBytes: 9, modifiedAt: NOW - HOUR },
          ahead: null,
          missingFolder: null,
          unreadable: [],
          dangling: 0,
          cut: false,
          ...files,
        }),
      ),
  });
  const old = { path: '/b/x', sizeBytes: 9, modifiedAt: NOW - 99 * HOUR };

  test.each([
    [{ unreadable: [{ path: '/b/y', code: 'EACCES' }] }, 'EACCES'],
    [{ cut: true }, 'TOO_MANY'],
  ])('makes an old file unknown, as a newer one may hide there: %j', async (files, code) => {
    expect((await backups('/b/*', {}, found({ ...files, newest: old }))).observations).toMatchObject([
      { status: 'unknown', failure: { code } },
    ]);
    expect((await backups('/b/*', {}, found({ ...files, newest: null, matched: 0 }))).observations).toMatchObject([
      { status: 'unknown', failure: { code } },
    ]);
  });

  test('does not matter when something new enough was found', async () => {
    expect(await backups('/b/*', {}, found({ unreadable: [{ path: '/b/y', code: 'EACCES' }] }))).toMatchObject({
      observations: [{ status: 'seen' }],
      drafts: [],
    });
  });

  test.skipIf(process.getuid?.() !== 0)(
    'is really not read by one who is not root (needs root to become someone else)',
    () => {
      using root = tree({ 'locked/x.gz': 'x' });
      chmodSync(root.path, 0o755);
      chmodSync(join(root.path, 'locked'), 0o700);
      const script = `
      process.setuid(65534);
      const { look } = await import('${join(import.meta.dirname, '../../support/look.ts')}');
      const { hostReader } = await import('${join(import.meta.dirname, '../../support/host-reader.ts')}');
      const { check } = await import('${join(import.meta.dirname, '../../../src/checks/host/file-age.ts')}');
      const { observations } = await look(check, hostReader(), { path: '${root.path}/locked/*.gz', olderThan: '1h' });
      console.log(observations[0].status, observations[0].failure?.code);`;
      expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()).toBe(
        'unknown EACCES',
      );
    },
  );

  test.skipIf(!mayHang)(
    'as it lies on a dead mount is unknown, and nothing hangs (needs root and /dev/fuse)',
    async () => {
      using root = tree();
      const dead = join(root.path, 'dead');
      mkdirSync(dead);
      const letGo = mountHanging(dead);
      try {
        expect((await backups(`${dead}/*.gz`)).observations).toMatchObject([
          { status: 'unknown', failure: { code: 'TIMEOUT' } },
        ]);
      } finally {
        letGo();
      }
    },
  );
});

describe('parameters', () => {
  test.each([
    [{ path: '/b/*' }, 'olderThan'],
    [{ path: 'b/*', olderThan: '1d' }, 'whole path'],
    [{ path: '/b/{x/y,z}', olderThan: '1d' }, 'must not hold'],
    [{ path: [], olderThan: '1d' }, 'path'],
    [{ path: '/b', olderThan: '1d', minsize: '1 B' }, 'minsize'],
  ])('%j is refused with a word on %s', (input, word) => {
    const parsed = check.params.safeParse(input);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.success ? [] : parsed.error.issues)).toContain(word);
  });
});
