import { expect, test } from 'vitest';
import { runProgram } from '../../../src/providers/host/run-program.ts';

const run = (...argv: string[]) =>
  runProgram({ argv, env: { LANG: 'C' }, timeoutMs: 20_000, signal: new AbortController().signal });

test('says how it ended and what it said, both apart', async () => {
  expect(await run('/bin/sh', '-c', 'echo out; echo err >&2; exit 7')).toEqual({
    status: 'ended',
    exit: 7,
    output: 'out\n',
    errors: 'err\n',
  });
});

test('keeps the end of much output: 64 KiB of it', async () => {
  const ran = await run('/bin/sh', '-c', 'seq 1 200000');
  if (ran.status !== 'ended') throw new Error(ran.status);
  expect(ran.output).toHaveLength(65_536);
  expect(ran.output.endsWith('199999\n200000\n')).toBe(true);
});

test('hands arguments over as they are', async () => {
  expect(await run('/usr/bin/printf', '[%s]', 'a b', '$HOME', '*', '', "'")).toMatchObject({
    output: "[a b][$HOME][*][][']",
  });
});

test.each([
  [['/does/not/exist'], 'ENOENT'],
  [['/etc/passwd'], 'EACCES'],
])('%j is not started (%s)', async (argv, code) => {
  expect(await run(...argv)).toEqual({ status: 'not-started', code });
});

test('one that ends by a signal of its own was killed', async () => {
  expect(await run('/bin/sh', '-c', 'kill -9 $$')).toMatchObject({ status: 'killed', why: 'signal' });
});

test('an abort that came before it starts nothing', async () => {
  const signal = AbortSignal.abort();
  expect(await runProgram({ argv: ['/bin/true'], env: {}, timeoutMs: 1_000, signal })).toEqual({
    status: 'not-started',
    code: 'ABORTED',
  });
});
