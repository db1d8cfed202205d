import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { source } from '../../../src/inventory/host/named-files.ts';
import { collect } from '../../support/inventory.ts';
import { tree } from '../../support/tree.ts';

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

test('a file is known by digest, mode and owner; a touch changes nothing, a byte does', async () => {
  using root = tree({ 'etc/app.conf': 'a=1' });
  const path = join(root.path, 'etc/app.conf');
  chmodSync(path, 0o640);
  const look = () => collect(source, { root: root.path }, ['/etc/app.conf']);
  const first = await look();
  expect(first).toEqual({
    facts: {
      'named-file//etc/app.conf': {
        is: 'file',
        mode: '0640',
        uid: process.getuid?.(),
        gid: process.getgid?.(),
        content: sha256('a=1'),
      },
    },
    hidden: {},
  });
  utimesSync(path, 1, 1);
  expect(await look()).toEqual(first);
  writeFileSync(path, 'a=2');
  expect(await look()).not.toEqual(first);
});

test('that a file is missing is a fact, and so is a folder, a device and where a link leads', async () => {
  using root = tree({ 'a/file': 'x' });
  const at = (name: string) => join(root.path, name);
  mkdirSync(at('folder'), { mode: 0o755 });
  symlinkSync('a/file', at('link'));
  symlinkSync('nowhere', at('dangling'));
  execFileSync('mkfifo', ['-m', '600', at('pipe')]);
  const names = ['/gone', '/a/file/below', '/folder', '/link', '/dangling', '/pipe'];
  const { facts, hidden } = await collect(source, { root: root.path }, names);
  expect(hidden).toEqual({});
  expect(facts).toMatchObject({
    'named-file//gone': { is: 'missing' },
    'named-file//a/file/below': { is: 'missing' },
    'named-file//folder': { is: 'folder', mode: '0755' },
    'named-file//link': { is: 'file', link: 'a/file', content: sha256('x') },
    'named-file//dangling': { is: 'dangling link', link: 'nowhere' },
    'named-file//pipe': { is: 'other', mode: '0600' },
  });
  expect(facts['named-file//folder']).not.toHaveProperty('content');
});

test('a file that is too large for a digest says so, and is not read', async () => {
  using root = tree({ large: '', fits: '' });
  truncateSync(join(root.path, 'fits'), 16 * 2 ** 20);
  truncateSync(join(root.path, 'large'), 50 * 2 ** 30);
  utimesSync(join(root.path, 'large'), 1_700_000_000, 1_700_000_000);
  const { facts } = await collect(source, { root: root.path }, ['/large', '/fits']);
  expect(facts['named-file//large']).toMatchObject({
    content: 'too large for a digest',
    sizeBytes: 50 * 2 ** 30,
    modified: '2023-11-14T22:13:20.000Z',
  });
  expect(facts['named-file//fits']?.['content']).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('a link that leads to itself is hidden, and nothing else is', async () => {
  using root = tree({ fine: '' });
  symlinkSync('loop', join(root.path, 'loop'));
  const { facts, hidden } = await collect(source, { root: root.path }, ['/loop', '/fine']);
  expect(Object.keys(facts)).toEqual(['named-file//fine']);
  expect(hidden).toEqual({ 'named-file//loop': 'ELOOP' });
});

test('a file named twice is one fact, and ~ is the home folder', async () => {
  using root = tree({ 'home/me/x': 'x' });
  const { facts } = await collect(source, { root: root.path, home: '/home/me' }, ['~/x', '/home/me/x']);
  expect(Object.keys(facts)).toEqual(['named-file//home/me/x']);
});

test('no file named is nothing to look at, on any platform', async () => {
  expect(await collect(source, { platform: 'darwin' })).toEqual({ facts: {}, hidden: {} });
  expect((await collect(source, { platform: 'darwin' }, ['/x'])).hidden).toEqual({ 'named-file/*': 'LINUX_ONLY' });
});
