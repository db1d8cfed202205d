import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createSpaceReader, type SpaceQuestion } from '../../../src/providers/host/space.ts';
import { mayHang, mountHanging } from '../../support/mounting.ts';
import { tree } from '../../support/tree.ts';

const space = createSpaceReader(process.execPath);
const question = (path: string, more: Partial<SpaceQuestion> = {}): SpaceQuestion => ({
  path,
  remote: false,
  limitMs: 10_000,
  signal: new AbortController().signal,
  ...more,
});

test.skipIf(process.platform === 'win32')('says the size that df says', async () => {
  const answer = await space(question('/'));
  const [total] = execFileSync('df', ['-Pk', '/'], { encoding: 'utf8' }).split('\n')[1]?.split(/\s+/).slice(1) ?? [];
  expect(answer).toMatchObject({ status: 'seen', value: { totalBytes: Number(total) * 1_024 } });
});

test('from a process of its own it says the same', async () => {
  const [here, apart] = [await space(question('/')), await space(question('/', { remote: true }))];
  expect(apart).toMatchObject({
    status: 'seen',
    value: {
      totalBytes: here.status === 'seen' ? here.value.totalBytes : -1,
      inodes: here.status === 'seen' ? here.value.inodes : -1,
    },
  });
});

test.each([false, true])('a path that is not there is unknown (remote: %s)', async (remote) => {
  expect(await space(question('/does/not/exist', { remote }))).toMatchObject({
    status: 'unknown',
    failure: { code: 'ENOENT' },
  });
});

test('a Node that is not there is unknown', async () => {
  const lost = createSpaceReader('/does/not/exist/node');
  expect(await lost(question('/', { remote: true }))).toMatchObject({ status: 'unknown', failure: { code: 'ENOENT' } });
});

test('an abort is thrown', async () => {
  await expect(space(question('/', { signal: AbortSignal.abort(new Error('over')) }))).rejects.toThrow('over');
});

describe.skipIf(!mayHang)('a mount that hangs (needs root and /dev/fuse)', () => {
  const folder = tree();
  const mount = join(folder.path, 'dead');
  mkdirSync(mount, { recursive: true });
  const letGo = mayHang ? mountHanging(mount) : () => undefined;
  afterAll(() => {
    letGo();
    folder[Symbol.dispose]();
  });

  test('is given up after the limit, and others are answered meanwhile', async () => {
    const dead = [1, 2, 3, 4, 5].map(() => space(question(mount, { remote: true, limitMs: 800 })));
    expect(await space(question('/'))).toMatchObject({ status: 'seen' });
    for (const answer of await Promise.all(dead))
      expect(answer).toMatchObject({ status: 'unknown', failure: { code: 'TIMEOUT' } });
  });

  test('does not keep the process from ending', () => {
    const script = `
      import { createSpaceReader } from '${join(import.meta.dirname, '../../../src/providers/host/space.ts')}';
      const space = createSpaceReader(process.execPath);
      const answer = await space({ path: '${mount}', remote: true, limitMs: 500, signal: new AbortController().signal });
      console.log(answer.failure.code);
      process.exit(0);`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(output.trim()).toBe('TIMEOUT');
  });

  test('asked directly, it costs one thread and is not asked a second time', async () => {
    const own = createSpaceReader(process.execPath);
    expect(await own(question(mount, { limitMs: 300 }))).toMatchObject({ failure: { code: 'TIMEOUT' } });
    expect(await own(question(mount, { limitMs: 60_000 }))).toMatchObject({ failure: { code: 'TIMEOUT' } });
    expect(await own(question('/'))).toMatchObject({ status: 'seen' });
  });
});
