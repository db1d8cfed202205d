import { chmodSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFiles } from '../../../src/providers/host/files.ts';
import { tree } from '../../support/tree.ts';

const NOW = Date.UTC(2026, 10, 20);
const HOUR = 3_600_000;

/** Files with an age in hours each. */
function aged(ages: Readonly<Record<string, number>>) {
  const root = tree(Object.fromEntries(Object.keys(ages).map((name) => [name, name])));
  for (const [name, hours] of Object.entries(ages))
    utimesSync(join(root.path, name), new Date(NOW - hours * HOUR), new Date(NOW - hours * HOUR));
  return root;
}

function find(pattern: string, more: { kind?: 'file' | 'folder'; signal?: AbortSignal; entries?: number } = {}) {
  return findFiles(
    { pattern, kind: more.kind ?? 'file', future: NOW, signal: more.signal ?? new AbortController().signal },
    more.entries,
  );
}

describe('a pattern', () => {
  test('within a name finds the newest of what fits', async () => {
    using root = aged({ 'a.sql.gz': 5, 'b.sql.gz': 2, 'c.sql': 1, '.d.sql.gz': 0, 'sub/e.sql.gz': 0 });
    expect(await find(`${root.path}/*.sql.gz`)).toMatchObject({
      matched: 2,
      newest: { path: `${root.path}/b.sql.gz`, sizeBytes: 8, modifiedAt: NOW - 2 * HOUR },
    });
    expect(await find(`${root.path}/?.sql{,.gz}`)).toMatchObject({ matched: 3 });
    expect(await find(`${root.path}/.*.gz`)).toMatchObject({ matched: 1 });
  });

  test('with ** goes down to any depth, none included', async () => {
    using root = aged({ 'x.log': 5, 'a/x.log': 4, 'a/b/c/x.log': 1, 'a/b/y.txt': 0, '.hidden/x.log': 0 });
    expect(await find(`${root.path}/**/x.log`)).toMatchObject({
      matched: 3,
      newest: { path: `${root.path}/a/b/c/x.log` },
    });
    expect(await find(`${root.path}/**`)).toMatchObject({ matched: 4 });
    expect(await find(`${root.path}/*/b/**/x.log`)).toMatchObject({ matched: 1 });
  });

  test('without wildcards is one file', async () => {
    using root = aged({ 'backup.tar': 3 });
    expect(await find(`${root.path}/backup.tar`)).toMatchObject({ matched: 1, newest: { modifiedAt: NOW - 3 * HOUR } });
    expect(await find(`${root.path}/other.tar`)).toMatchObject({ matched: 0, missingFolder: null, unreadable: [] });
  });

  test('can mean folders', async () => {
    using root = aged({ 'daily.0/x': 1, 'daily.1/x': 2, 'daily.txt': 0 });
    expect(await find(`${root.path}/daily.*`, { kind: 'folder' })).toMatchObject({ matched: 2 });
  });

  test('is found in names with newlines, stars and escapes', async () => {
    using root = aged({ 'a\n\u001b[31m*.sql': 1 });
    expect((await find(`${root.path}/*.sql`)).newest?.path).toBe(`${root.path}/a\n\u001b[31m*.sql`);
  });
});

test('a folder that is missing is named, one that is missing under a wildcard is not', async () => {
  using root = aged({ 'a/x': 1 });
  expect(await find(`${root.path}/backups/*.gz`)).toMatchObject({ matched: 0, missingFolder: `${root.path}/backups` });
  expect(await find(`${root.path}/*/deep/*.gz`)).toMatchObject({ matched: 0, missingFolder: null });
  expect(await find(`${root.path}/a/x/*.gz`)).toMatchObject({ matched: 0, missingFolder: `${root.path}/a/x` });
});

test('a file from the future is kept apart', async () => {
  using root = aged({ 'now.gz': 1, 'soon.gz': -24 });
  expect(await find(`${root.path}/*.gz`)).toMatchObject({
    matched: 2,
    newest: { path: `${root.path}/now.gz` },
    ahead: { path: `${root.path}/soon.gz` },
  });
});

describe('symbolic links', () => {
  test('count with the age of what they lead to; those that lead nowhere are counted apart', async () => {
    using root = aged({ 'store/real.gz': 7 });
    symlinkSync(join(root.path, 'store/real.gz'), join(root.path, 'latest.gz'));
    symlinkSync('/does/not/exist', join(root.path, 'gone.gz'));
    expect(await find(`${root.path}/*.gz`)).toMatchObject({
      matched: 1,
      dangling: 1,
      newest: { path: `${root.path}/latest.gz`, modifiedAt: NOW - 7 * HOUR },
    });
  });

  test('to folders are followed when named or matched, and never by **, so that a circle ends', async () => {
    using root = aged({ 'store/real.gz': 7 });
    symlinkSync(root.path, join(root.path, 'store/circle'));
    symlinkSync(join(root.path, 'store'), join(root.path, 'link'));
    expect(await find(`${root.path}/link/*.gz`)).toMatchObject({ matched: 1 });
    expect(await find(`${root.path}/l*/*.gz`)).toMatchObject({ matched: 1 });
    expect(await find(`${root.path}/**/*.gz`)).toMatchObject({ matched: 1 });
  });
});

test.skipIf(process.getuid?.() === 0)('a folder that may not be read is said (not as root)', async () => {
  using root = aged({ 'a/x.gz': 1, 'locked/x.gz': 1 });
  chmodSync(join(root.path, 'locked'), 0);
  expect(await find(`${root.path}/*/x.gz`)).toMatchObject({
    matched: 1,
    unreadable: [{ path: `${root.path}/locked/x.gz`, code: 'EACCES' }],
  });
  chmodSync(join(root.path, 'locked'), 0o700);
});

test('a link that leads to itself hides something, and is said', async () => {
  using root = aged({ 'a.gz': 1 });
  mkdirSync(join(root.path, 'sub'));
  symlinkSync('loop.gz', join(root.path, 'loop.gz'));
  expect(await find(`${root.path}/*.gz`)).toMatchObject({
    matched: 1,
    unreadable: [{ path: `${root.path}/loop.gz`, code: 'ELOOP' }],
  });
});

test('more than can be looked at is cut, and said', async () => {
  using root = aged({ a: 1, b: 1, c: 1, d: 1 });
  expect(await find(`${root.path}/*`, { entries: 2 })).toMatchObject({ cut: true, matched: 2 });
  expect(await find(`${root.path}/*`, { entries: 4 })).toMatchObject({ cut: false, matched: 4 });
});

test('an abort is thrown', async () => {
  using root = aged({ a: 1 });
  await expect(find(`${root.path}/*`, { signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over');
});
