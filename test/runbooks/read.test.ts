import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRunbook } from '../../src/runbooks/open.ts';
import { readRunbook } from '../../src/runbooks/read.ts';
import { catalogForTests } from '../support/catalog.ts';
import { said } from '../support/runbook-source.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-read-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function outcome(name: string): Promise<string> {
  const read = await readRunbook(name, folder);
  return read.status === 'read' ? 'read' : said(read.mistake);
}

test('a file is read with its digest, named as it was named', async () => {
  await writeFile(join(folder, 'a.md'), 'abc');
  expect(await readRunbook('a.md', folder)).toEqual({
    status: 'read',
    source: {
      path: 'a.md',
      absolutePath: join(folder, 'a.md'),
      text: 'abc',
      digest: 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
  });
});

test('a file that is not there is said, not thrown', async () => {
  expect(await outcome('none.md')).toBe('RUNBOOK_NOT_FOUND 1:1 no such file');
  await writeFile(join(folder, 'file'), '');
  expect(await outcome('file/none.md')).toBe('RUNBOOK_NOT_FOUND 1:1 no such file');
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read is said, not thrown', async () => {
  await writeFile(join(folder, 'a.md'), 'x');
  await chmod(join(folder, 'a.md'), 0o000);
  expect(await outcome('a.md')).toBe('RUNBOOK_UNREADABLE 1:1 could not be read: EACCES, you may not read it');
});

test('a folder is no runbook', async () => {
  await mkdir(join(folder, 'a.md'));
  expect(await outcome('a.md')).toMatch(/^RUNBOOK_NOT_A_FILE/);
});

test.skipIf(process.platform === 'win32')('a pipe is refused without waiting for someone to write to it', async () => {
  execFileSync('mkfifo', [join(folder, 'a.md')]);
  expect(await outcome('a.md')).toMatch(/^RUNBOOK_NOT_A_FILE/);
});

test('a device is refused', async () => {
  await symlink('/dev/zero', join(folder, 'a.md'));
  expect(await outcome('a.md')).toMatch(/^RUNBOOK_OUTSIDE_FOLDER/);
  expect(await outcome('/dev/zero')).toMatch(/^RUNBOOK_NOT_A_FILE/);
});

test('1 MiB is accepted and one byte more is not', async () => {
  await writeFile(join(folder, 'a.md'), 'x'.repeat(1024 * 1024));
  expect(await outcome('a.md')).toBe('read');
  await writeFile(join(folder, 'a.md'), 'x'.repeat(1024 * 1024 + 1));
  expect(await outcome('a.md')).toMatch(/^RUNBOOK_TOO_LARGE/);
  await writeFile(join(folder, 'a.md'), 'x'.repeat(10 * 1024 * 1024));
  expect(await outcome('a.md')).toMatch(/^RUNBOOK_TOO_LARGE/);
});

test('a link within the folder is followed, also through a folder that is itself a link', async () => {
  await writeFile(join(folder, 'real.md'), 'x');
  await symlink('real.md', join(folder, 'a.md'));
  await mkdir(join(folder, 'sub'));
  await symlink(join(folder, 'real.md'), join(folder, 'sub', 'b.md'));
  await symlink(folder, join(folder, 'sub', 'again'));
  expect(await outcome('a.md')).toBe('read');
  expect(await outcome('sub/again/a.md')).toBe('read');
});

test('a link out of the folder is refused', async () => {
  await mkdir(join(folder, 'runbooks'));
  await mkdir(join(folder, 'runbooks-of-another'));
  await writeFile(join(folder, 'secret.md'), 'x');
  await writeFile(join(folder, 'runbooks-of-another', 'x.md'), 'x');
  await symlink('../secret.md', join(folder, 'runbooks', 'a.md'));
  await symlink('../runbooks-of-another/x.md', join(folder, 'runbooks', 'b.md'));
  expect(await outcome('runbooks/a.md')).toMatch(
    /^RUNBOOK_OUTSIDE_FOLDER 1:1 a symbolic link that leads to .*secret\.md/,
  );
  expect(await outcome('runbooks/b.md')).toMatch(/^RUNBOOK_OUTSIDE_FOLDER/);
});

test('a link that goes round in a circle is said', async () => {
  await symlink('b.md', join(folder, 'a.md'));
  await symlink('a.md', join(folder, 'b.md'));
  expect(await outcome('a.md')).toMatch(/^RUNBOOK_UNREADABLE 1:1 could not be read: ELOOP/);
});

test.each([
  ['a byte that is no UTF-8', Buffer.from([0x61, 0x0a, 0x62, 0xff]), 'RUNBOOK_ENCODING_INVALID 2:1 not UTF-8 text'],
  ['UTF-16', Buffer.from('\uFEFFname: a', 'utf16le'), 'RUNBOOK_ENCODING_INVALID 1:1 not UTF-8 text'],
  ['half of a character at the end', Buffer.from([0xc3]), 'RUNBOOK_ENCODING_INVALID 1:1 not UTF-8 text'],
  ['a NUL byte', Buffer.from('a\nbc\0d'), 'RUNBOOK_ENCODING_INVALID 2:3 a NUL byte'],
])('%s is refused with its line', async (_, bytes, expected) => {
  await writeFile(join(folder, 'a.md'), bytes);
  expect(await outcome('a.md')).toContain(expected);
});

test('opening a runbook gives the same value for a file that could not be read as for one that is wrong', async () => {
  await writeFile(join(folder, 'a.yaml'), 'checks: [host/disk]\n');
  expect((await openRunbook('a.yaml', folder, catalogForTests())).runbook?.name).toBe('a');
  expect(await openRunbook('b.yaml', folder, catalogForTests())).toMatchObject({
    runbook: null,
    mistakes: [{ code: 'RUNBOOK_NOT_FOUND', where: { file: 'b.yaml' } }],
  });
});
