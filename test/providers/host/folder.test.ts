import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../../../src/providers/host/folder.ts';
import { tempFolder } from '../../support/temp.ts';

test('a folder stays the one that was opened, whatever becomes of its path', async () => {
  const root = realpathSync(tempFolder());
  mkdirSync(join(root, 'a'));
  writeFileSync(join(root, 'a/file'), 'mine');
  const folder = await Folder.open(join(root, 'a'));
  try {
    renameSync(join(root, 'a'), join(root, 'b'));
    mkdirSync(join(root, 'a'));
    writeFileSync(join(root, 'a/file'), 'yours');
    expect(await readFile(folder.entry('file'), 'utf8')).toBe('mine');
  } finally {
    await folder.close();
  }
});

test('no symbolic link is followed on the way, wherever in the path it stands', async () => {
  const root = realpathSync(tempFolder());
  mkdirSync(join(root, 'real/deep'), { recursive: true });
  symlinkSync(join(root, 'real'), join(root, 'link'));
  await expect(Folder.open(join(root, 'link'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(Folder.open(join(root, 'link/deep'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(Folder.open(join(root, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each(['', '.', '..', 'a/b', '../x', 'a\0'])('%j is not the name of an entry', async (name) => {
  const folder = await Folder.open(tempFolder());
  try {
    expect(() => folder.entry(name)).toThrow('not the name of an entry');
    await expect(folder.down([name], true)).rejects.toThrow('not the name of an entry');
  } finally {
    await folder.close();
  }
});

test('what is missing is made for its owner alone, when asked for', async () => {
  const root = realpathSync(tempFolder());
  const folder = await Folder.open(root);
  try {
    await (await folder.down(['x', 'y'], true)).close();
    expect(statSync(join(root, 'x/y')).mode & 0o777).toBe(0o700);
    await expect(folder.down(['x', 'z'])).rejects.toMatchObject({ code: 'ENOENT' });
    expect(existsSync(join(root, 'x/z'))).toBe(false);
  } finally {
    await folder.close();
  }
});

test.skipIf(process.getuid?.() !== 0)(
  'a folder on the way needs to be passed, not to be listed (needs root to become someone else)',
  () => {
    const root = realpathSync(tempFolder());
    mkdirSync(join(root, 'own'));
    chmodSync(root, 0o711);
    chmodSync(join(root, 'own'), 0o755);
    const script = `
    process.setuid(65534);
    const { Folder } = await import('${join(import.meta.dirname, '../../../src/providers/host/folder.ts')}');
    await (await Folder.open('${root}/own')).close();
    console.log('passed');`;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()).toBe(
      'passed',
    );
  },
);
