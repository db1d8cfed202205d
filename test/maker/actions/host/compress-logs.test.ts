import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { action as compress } from '../../../../src/maker/actions/host/compress-logs.ts';
import { action as decompress } from '../../../../src/maker/actions/host/decompress-logs.ts';
import { dieAt } from '../../../support/host-actions/die-at.ts';
import { aged, names, picture } from '../../../support/host-actions/files.ts';
import { applied, done, inHand, parsed, sealed, valueOf, world } from '../../../support/host-actions/steps.ts';
import { mayMount, sh } from '../../../support/mounting.ts';
import { tempFolder } from '../../../support/temp.ts';

const HELD = 'p-8K2M4QXV7C1D-s1';
const LONG = (name: string) => `${name}: all is well\n`.repeat(2_000);

function logs(more: Record<string, number> = {}) {
  const root = realpathSync(tempFolder());
  aged(root, { 'app/a.log': 40, 'app/deep/b.log': 31, 'app/new.log': 1, ...more }, LONG);
  return { root, path: join(root, 'app'), at: world({ pruneRoots: [root] }) };
}

const plain = (root: string) => names(root).filter((name) => !name.startsWith('.holdfast-held/'));

test('each old file becomes a .gz that gzip reads, with its content, time, rights and owner', async () => {
  const { root, path, at } = logs();
  chmodSync(join(path, 'a.log'), 0o640);
  const before = statSync(join(path, 'a.log'));
  const { receipt, verified, step } = await done(compress, { path, olderThan: '30d' }, at);
  expect(plain(root)).toEqual(['app/a.log.gz', 'app/deep/b.log.gz', 'app/new.log']);
  expect(execFileSync('gzip', ['-dc', join(path, 'a.log.gz')], { encoding: 'utf8' })).toBe(LONG('app/a.log'));
  const after = statSync(join(path, 'a.log.gz'));
  expect([after.mode, after.uid, after.gid, Math.round(after.mtimeMs)]).toEqual([
    before.mode,
    before.uid,
    before.gid,
    Math.round(before.mtimeMs),
  ]);
  expect(after.size).toBeLessThan(before.size / 10);
  expect(receipt).toMatchObject({ held: HELD, files: 2 });
  expect(verified.asPromised).toBe(true);
  expect(step).toMatchObject({ destructive: false, undo: { possible: true }, risk: { level: 'low' } });
});

test('its undo writes every file as it was, byte for byte, and leaves nothing behind', async () => {
  const { root, path, at } = logs();
  const before = picture(root);
  const { params, step, receipt } = await done(compress, { path, olderThan: '30d' }, at);
  const undo = compress.undo(params, step.before, receipt);
  if (!undo.possible) throw new Error(undo.words);
  const { verified } = await done(decompress, undo.draft.params, at);
  expect(verified.asPromised).toBe(true);
  expect(picture(root)).toEqual(before);
});

test('any bytes come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (bytes) => {
      const { root, path, at } = logs();
      writeFileSync(join(path, 'a.log'), bytes);
      utimesSync(join(path, 'a.log'), 1_500_000_000.123, 1_500_000_000.123);
      const { receipt } = await done(compress, { path, olderThan: '30d', minSize: '0 B' }, at);
      expect(gunzipSync(readFileSync(join(path, 'a.log.gz')))).toEqual(Buffer.from(bytes));
      await done(decompress, { root, held: receipt['held'] }, at);
      expect(readFileSync(join(path, 'a.log'))).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 15 },
  );
});

test('what is compressed, small, linked twice, or has a .gz beside it is left alone', async () => {
  const { root, path, at } = logs({
    'app/c.log.gz': 40,
    'app/d.tar.XZ': 40,
    'app/e.log': 40,
    'app/f.log': 40,
    'app/f.log.gz': 40,
  });
  linkSync(join(path, 'e.log'), join(path, 'new-name-of-e'));
  writeFileSync(join(path, 'small.log'), 'x');
  utimesSync(join(path, 'small.log'), 1, 1);
  const { step } = await done(compress, { path, olderThan: '30d' }, at);
  expect(step.before).toMatchObject({
    rests: { files: 2 },
    shown: { 'passed by': ['2 left alone: has a second name', '1 left alone: a .gz of that name is there already'] },
  });
  expect(plain(root)).toContain('app/e.log');
  expect(readFileSync(join(path, 'f.log'), 'utf8')).toBe(LONG('app/f.log'));
});

test('is stale when a file of the set was written to', async () => {
  const { path, at } = logs();
  const step = await sealed(compress, { path, olderThan: '30d' }, at);
  writeFileSync(join(path, 'a.log'), 'new');
  expect(await applied(compress, step, at)).toBe('stale');
  expect(existsSync(join(path, 'a.log.gz'))).toBe(false);
});

test('a rest of a process that died is written over, and never taken for a file', async () => {
  const { root, path, at } = logs();
  writeFileSync(join(path, 'a.log.gz.holdfast-partial'), 'half');
  utimesSync(join(path, 'a.log.gz.holdfast-partial'), 1, 1);
  await done(compress, { path, olderThan: '30d' }, at);
  expect(plain(root)).toEqual(['app/a.log.gz', 'app/deep/b.log.gz', 'app/new.log']);
});

describe('taking it back', () => {
  test('overwrites nothing, and leaves a .gz that was changed alone', async () => {
    const { root, path, at } = logs();
    await done(compress, { path, olderThan: '30d' }, at);
    writeFileSync(join(path, 'a.log'), 'new');
    writeFileSync(join(path, 'deep/b.log.gz'), 'changed');
    const params = parsed(decompress, { root, held: HELD });
    const observed = valueOf(await decompress.observe(at.reader, params, at.context));
    expect(observed).toMatchObject({ rests: { files: 0, blocked: 1 }, shown: { 'not to be found as they were': 1 } });
    expect(valueOf(await decompress.preview(at.reader, params, observed, at.context)).noop).toBe(true);
  });

  test('a .gz that is damaged though its time is right stops it, and stays', async () => {
    const { root, path, at } = logs();
    await done(compress, { path, olderThan: '30d' }, at);
    const gz = join(path, 'a.log.gz');
    const { atime, mtime } = statSync(gz);
    const bytes = readFileSync(gz);
    bytes[bytes.length - 5] = 255 - (bytes[bytes.length - 5] ?? 0);
    writeFileSync(gz, bytes);
    utimesSync(gz, atime, mtime);
    const step = await sealed(decompress, { root, held: HELD }, at);
    expect(await applied(decompress, step, at)).toMatchObject({
      status: 'refused',
      because: 'failed',
      failure: { code: 'Z_DATA_ERROR' },
    });
    expect(plain(root)).toEqual(['app/a.log.gz', 'app/deep/b.log.gz', 'app/new.log']);
    expect(valueOf(await at.reader.held(root, HELD))?.away).toHaveLength(2);
  });
});

test.skipIf(!mayMount)(
  'a disk that gets full in the middle leaves every file whole, and no rest (needs root)',
  async () => {
    const root = realpathSync(tempFolder());
    const path = join(root, 'app');
    mkdirSync(path);
    sh(`mount -t tmpfs -o size=3m tmpfs '${root}' && mkdir '${path}'`);
    try {
      const random = () =>
        Array.from({ length: 700_000 }, () => String.fromCharCode(33 + Math.floor(Math.random() * 90))).join('');
      for (const [name, text] of Object.entries({ 'a.log': LONG('a'), 'b.log': random(), 'c.log': random() })) {
        writeFileSync(join(path, name), text);
        utimesSync(join(path, name), 1, 1);
      }
      sh(`head -c 1400000 /dev/zero > '${root}/ballast'`);
      const at = world({ pruneRoots: [root] });
      const before = picture(path);
      const outcome = await applied(compress, await sealed(compress, { path, olderThan: '30d' }, at), at);
      expect(outcome).toMatchObject({
        status: 'partial',
        receipt: { files: 1 },
        failure: { code: 'ENOSPC', message: expect.stringContaining('b.log: there is no room') },
      });
      expect(picture(path).slice(1)).toEqual(before.slice(1));
      expect(names(path)).toEqual(['a.log.gz', 'b.log', 'c.log']);
      await done(decompress, { root, held: HELD }, at);
      expect(picture(path)).toEqual(before);
    } finally {
      sh(`umount '${root}'`);
    }
  },
);

test(
  'killed at any change of the file system, every file is whole as itself or as its .gz',
  { timeout: 300_000 },
  async () => {
    for (let point = 1; ; point += 1) {
      const { root, path, at } = logs();
      const before = picture(root);
      const step = await sealed(compress, { path, olderThan: '30d' }, at);
      const hand = await inHand(compress, step, at);
      if (hand === null || compress.reconcile === undefined) throw new Error('stale too early');
      const ended = dieAt(point, 'compress-logs', step, root);
      for (const name of ['app/a.log', 'app/deep/b.log']) {
        const file = join(root, name);
        const whole = existsSync(file) ? readFileSync(file, 'utf8') : gunzipSync(readFileSync(`${file}.gz`)).toString();
        expect(whole, `${name}, killed at ${point}`).toBe(LONG(name));
      }
      const came = valueOf(await compress.reconcile(at.reader, hand, at.context));
      if (came.status !== 'not-done') await done(decompress, { root, held: HELD }, at);
      const left = picture(root).filter((line) => !line.includes('.holdfast-'));
      expect(left, `killed at ${point}`).toEqual(before);
      rmSync(root, { recursive: true, force: true });
      if (ended !== null) break;
    }
  },
);

test('parameters as text and as values mean the same, and what was parsed parses to itself', () => {
  const text = parsed(compress, { path: '/var/log/app', olderThan: '7d', minSize: '10 KiB' });
  expect(text).toMatchObject({ minSize: 10_240, olderThan: 604_800_000 });
  expect(parsed(compress, { path: '/var/log/app', olderThan: 604_800_000, minSize: 10_240 })).toEqual(text);
  expect(parsed(compress, JSON.parse(JSON.stringify(text)))).toEqual(text);
  expect(parsed(compress, { path: '/x', olderThan: '7d' }).minSize).toBe(4_096);
  expect(() => parsed(compress, { path: '/x', olderThan: '7d', minSize: 'much' })).toThrow('not a size');
});
