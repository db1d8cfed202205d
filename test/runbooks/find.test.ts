import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { duplicateNames, findRunbooks } from '../../src/runbooks/find.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-find-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('runbook files are found, sorted; README.md, hidden files, folders and others are not', async () => {
  for (const name of ['b.yaml', 'a.md', 'c.yml', 'README.md', 'readme.md', '.hidden.md', 'notes.txt', 'D.MD'])
    await writeFile(join(folder, name), '');
  await mkdir(join(folder, 'folder.md'));
  await symlink('a.md', join(folder, 'link.md'));
  const { paths, mistakes } = await findRunbooks([folder]);
  expect(paths.map((path) => path.slice(folder.length + 1))).toEqual(['D.MD', 'a.md', 'b.yaml', 'c.yml', 'link.md']);
  expect(mistakes).toEqual([]);
});

test('a folder that is not there has none', async () => {
  expect(await findRunbooks([join(folder, 'none')])).toEqual({ paths: [], mistakes: [] });
});

test('a folder that can not be listed is a mistake and does not hide the others', async () => {
  await writeFile(join(folder, 'file'), '');
  await mkdir(join(folder, 'good'));
  await writeFile(join(folder, 'good', 'a.md'), '');
  const { paths, mistakes } = await findRunbooks([join(folder, 'file'), join(folder, 'good')]);
  expect(paths).toEqual([join(folder, 'good', 'a.md')]);
  expect(mistakes).toMatchObject([
    {
      level: 'error',
      code: 'RUNBOOK_UNREADABLE',
      message: 'the folder could not be read: ENOTDIR',
      where: { file: join(folder, 'file') },
    },
  ]);
});

test('two files of one name are a mistake at the second; the same file twice is not', () => {
  expect(
    duplicateNames([
      { name: 'a', path: '/x/a.md' },
      { name: 'b', path: '/x/b.md' },
      { name: 'a', path: '/y/a.yaml' },
      { name: 'b', path: '/x/b.md' },
    ]),
  ).toMatchObject([
    {
      level: 'error',
      code: 'RUNBOOK_NAME_DUPLICATE',
      message: 'the name "a" is taken by /x/a.md; give one of them another "name:"',
      where: { file: '/y/a.yaml' },
    },
  ]);
});
