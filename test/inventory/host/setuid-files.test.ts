import { chmodSync, linkSync, mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { source } from '../../../src/inventory/host/setuid-files.ts';
import { findSetuidFiles } from '../../../src/providers/host/setuid-files.ts';
import { collect } from '../../support/inventory.ts';
import { tree } from '../../support/tree.ts';

function setuid(root: string, path: string, mode = 0o4755): void {
  chmodSync(join(root, path), mode);
}

test('files with either bit are facts, at any depth, by mode, owner and what is in them', async () => {
  using root = tree({
    'usr/bin/sudo': 'sudo',
    'usr/bin/ls': 'ls',
    'usr/lib/a/b/helper': 'h',
    'opt/x/y': 'y',
    'home/z': 'z',
  });
  setuid(root.path, 'usr/bin/sudo');
  setuid(root.path, 'usr/lib/a/b/helper', 0o2711);
  setuid(root.path, 'home/z');
  mkdirSync(join(root.path, 'usr/bin/folder'));
  setuid(root.path, 'usr/bin/folder', 0o2755);
  const { facts, hidden } = await collect(source, { root: root.path });
  expect(hidden).toEqual({});
  expect(Object.keys(facts)).toEqual(['setuid-file//usr/bin/sudo', 'setuid-file//usr/lib/a/b/helper']);
  expect(facts['setuid-file//usr/bin/sudo']).toEqual({
    mode: '4755',
    uid: process.getuid?.(),
    gid: process.getgid?.(),
    content: expect.stringMatching(/^sha256:/),
  });
  utimesSync(join(root.path, 'usr/bin/sudo'), 1, 1);
  expect((await collect(source, { root: root.path })).facts).toEqual(facts);
});

test('a folder that is a link, as /bin often is, is looked at once, by its real path', async () => {
  using root = tree({ 'usr/bin/su': 'su' });
  setuid(root.path, 'usr/bin/su');
  symlinkSync('usr/bin', join(root.path, 'bin'));
  symlinkSync('../../usr', join(root.path, 'usr/bin/round'));
  expect(Object.keys((await collect(source, { root: root.path })).facts)).toEqual(['setuid-file//usr/bin/su']);
});

test('no link is followed on the way, and one file under two names is two facts', async () => {
  using root = tree({ 'usr/bin/a': 'a', 'home/evil': 'e' });
  setuid(root.path, 'usr/bin/a');
  setuid(root.path, 'home/evil');
  linkSync(join(root.path, 'usr/bin/a'), join(root.path, 'usr/bin/b'));
  symlinkSync('../../home', join(root.path, 'usr/bin/c'));
  symlinkSync('../../home/evil', join(root.path, 'usr/bin/d'));
  symlinkSync('e', join(root.path, 'usr/bin/e'));
  expect(Object.keys((await collect(source, { root: root.path })).facts)).toEqual([
    'setuid-file//usr/bin/a',
    'setuid-file//usr/bin/b',
  ]);
});

test('names with a newline, and such that are no text at all, hide nothing', async () => {
  using root = tree({ 'usr/bin/x\ny': '', 'usr/bin/z': '' });
  setuid(root.path, 'usr/bin/x\ny');
  setuid(root.path, 'usr/bin/z');
  const odd = Buffer.concat([Buffer.from(join(root.path, 'usr/bin/')), Buffer.from([0xff, 0x41, 0xfe])]);
  renameSync(join(root.path, 'usr/bin/z'), odd);
  const { facts, hidden } = await collect(source, { root: root.path });
  expect(hidden).toEqual({});
  expect(Object.keys(facts).toSorted()).toEqual([
    'setuid-file//usr/bin/\\u{dcff}A\\u{dcfe}',
    'setuid-file//usr/bin/x\\u{a}y',
  ]);
});

test('no such folders is no such files', async () => {
  using root = tree();
  expect(await collect(source, { root: root.path })).toEqual({ facts: {}, hidden: {} });
});

test('more files than we are willing to look at are said, not passed over', async () => {
  using root = tree();
  mkdirSync(join(root.path, 'opt'));
  for (let index = 0; index < 12; index += 1) writeFileSync(join(root.path, `opt/${index}`), '');
  const { signal } = new AbortController();
  expect(await findSetuidFiles(root.path, ['/opt'], signal, 11)).toMatchObject({ cut: true });
  expect(await findSetuidFiles(root.path, ['/opt'], signal, 12)).toMatchObject({ cut: false });
});

test('a scan that is given up ends', async () => {
  using root = tree({ 'opt/x': '' });
  await expect(findSetuidFiles(root.path, ['/opt'], AbortSignal.abort())).rejects.toThrow('abort');
});
