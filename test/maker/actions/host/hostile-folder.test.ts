import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
  utimesSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { action as prune } from '../../../../src/maker/actions/host/prune-directory.ts';
import { aged, names } from '../../../support/host-actions/files.ts';
import { applied, inHand, sealed, world } from '../../../support/host-actions/steps.ts';
import { mayMount, sh } from '../../../support/mounting.ts';
import { tempFolder } from '../../../support/temp.ts';

const original = { rename: fs.rename, unlink: fs.unlink };
afterEach(() => {
  Object.assign(fs, original);
  syncBuiltinESMExports();
});

/** Does something right before the n-th call of a function that moves or removes. */
function before(method: 'rename' | 'unlink', nth: number, what: () => void): void {
  let calls = 0;
  const real = original[method] as (...args: unknown[]) => Promise<void>;
  Reflect.set(fs, method, (...args: unknown[]) => {
    calls += 1;
    if (calls === nth) what();
    return real(...args);
  });
  syncBuiltinESMExports();
}

function logs() {
  const root = realpathSync(tempFolder());
  const elsewhere = realpathSync(tempFolder());
  aged(root, { 'app/deep/a.log': 40, 'app/deep/b.log': 31 });
  aged(elsewhere, { 'a.log': 400, 'b.log': 400 });
  return { root, elsewhere, path: join(root, 'app'), at: world({ pruneRoots: [root] }) };
}

async function handOf(given: object, at: ReturnType<typeof world>) {
  const hand = await inHand(prune, await sealed(prune, given, at), at);
  if (hand === null) throw new Error('stale too early');
  return hand;
}

describe.each(['hold', 'delete'] as const)('with mode %s', (mode) => {
  // The first rename of holding is that of its manifest.
  const [method, first] = mode === 'hold' ? (['rename', 2] as const) : (['unlink', 1] as const);

  test('a folder that is swapped for a link between two files leads nowhere else', async () => {
    const { root, elsewhere, path, at } = logs();
    const hand = await handOf({ path, olderThan: '30d', mode }, at);
    before(method, first, () => {
      renameSync(join(path, 'deep'), join(root, 'swapped'));
      symlinkSync(elsewhere, join(path, 'deep'));
    });
    const outcome = await prune.apply(hand, at.context);
    // The folder is held open, so that it is still the one that was listed, wherever it is now.
    expect(outcome).toMatchObject({ status: 'done', receipt: { files: 2 } });
    expect(names(elsewhere)).toEqual(['a.log', 'b.log']);
    expect(readdirSync(join(root, 'swapped'))).toEqual([]);
  });

  test('a folder that is swapped for a link before its first file is refused', async () => {
    const { root, elsewhere, path, at } = logs();
    aged(root, { 'app/aa.log': 40 });
    const hand = await handOf({ path, olderThan: '30d', mode }, at);
    before(method, first, () => {
      renameSync(join(path, 'deep'), join(root, 'swapped'));
      symlinkSync(elsewhere, join(path, 'deep'));
    });
    const outcome = await prune.apply(hand, at.context);
    expect(outcome).toMatchObject({
      status: 'partial',
      receipt: { files: 1, left: 2 },
      failure: { code: 'FILES_MOVED', message: expect.stringContaining('deep/a.log') },
    });
    expect(names(elsewhere)).toEqual(['a.log', 'b.log']);
    expect(names(join(root, 'swapped'))).toEqual(['a.log', 'b.log']);
  });

  test('a file that vanishes in the middle is left out, and the rest is done', async () => {
    const { path, at } = logs();
    const hand = await handOf({ path, olderThan: '30d', mode }, at);
    before(method, first, () => renameSync(join(path, 'deep/b.log'), join(path, 'deep/c.log')));
    expect(await prune.apply(hand, at.context)).toMatchObject({
      status: 'partial',
      receipt: { files: 1, left: 1 },
      failure: { code: 'FILES_MOVED' },
    });
  });

  test('an abort in the middle is a part, with what was done', async () => {
    const { root, path } = logs();
    const stop = new AbortController();
    const at = world({ pruneRoots: [root] }, { signal: stop.signal });
    const hand = await handOf({ path, olderThan: '30d', mode }, at);
    before(method, first, () => stop.abort());
    expect(await prune.apply(hand, at.context)).toMatchObject({
      status: 'partial',
      receipt: { files: 1 },
      failure: { code: 'ABORTED' },
    });
  });
});

test('a file that is replaced between the look and the move is put back, whatever took its name', async () => {
  const { root, path, at } = logs();
  const hand = await handOf({ path, olderThan: '30d' }, at);
  before('rename', 2, () => {
    renameSync(join(path, 'deep/a.log'), join(root, 'kept.log'));
    writeFileSync(join(path, 'deep/a.log'), 'somebody else');
  });
  expect(await prune.apply(hand, at.context)).toMatchObject({ status: 'partial', receipt: { files: 1, left: 1 } });
  expect(names(root)).toContain('kept.log');
  expect(readdirSync(join(path, 'deep'))).toEqual(['a.log']);
});

describe.skipIf(!mayMount)('a file system of its own (needs root)', () => {
  function mounted(options: string) {
    const root = realpathSync(tempFolder());
    sh(`mount -t tmpfs -o ${options} tmpfs '${root}'`);
    aged(root, { 'a.log': 40, 'b.log': 40 });
    return { root, at: world({ pruneRoots: [root] }) };
  }

  test('that is read-only refuses both, with its code', async () => {
    const { root, at } = mounted('size=1m');
    try {
      for (const mode of ['hold', 'delete']) {
        const step = await sealed(prune, { path: root, olderThan: '30d', mode }, at);
        sh(`mount -o remount,ro '${root}'`);
        expect(await applied(prune, step, at)).toMatchObject({
          status: 'refused',
          because: 'failed',
          failure: { code: 'EROFS' },
        });
        sh(`mount -o remount,rw '${root}'`);
      }
      expect(names(root)).toEqual(['a.log', 'b.log']);
    } finally {
      sh(`umount '${root}'`);
    }
  });

  test('that is full refuses to hold, leaves nothing behind, and still deletes', async () => {
    const { root, at } = mounted('size=1m');
    try {
      sh(`cat /dev/zero > '${root}/ballast' 2>/dev/null || true`);
      const step = await sealed(prune, { path: root, olderThan: '30d' }, at);
      expect(await applied(prune, step, at)).toMatchObject({
        status: 'refused',
        because: 'failed',
        failure: { code: 'ENOSPC' },
      });
      expect(names(root)).toEqual(['a.log', 'b.log', 'ballast']);
      const remove = await sealed(prune, { path: root, olderThan: '30d', mode: 'delete' }, at);
      expect(await applied(prune, remove, at)).toMatchObject({ status: 'done', receipt: { files: 2 } });
    } finally {
      sh(`umount '${root}'`);
    }
  });
});

describe.skipIf(process.getuid?.() !== 0)('one who is not root (needs root to become someone else)', () => {
  /** Seals and applies as nobody; prints what came of it. */
  function asNobody(root: string, given: object): unknown {
    const support = join(import.meta.dirname, '../../../support/host-actions/steps.ts');
    const script = `
      process.setgid(65534); process.setuid(65534);
      const { sealed, applied, world } = await import('${support}');
      const { action } = await import('${join(import.meta.dirname, '../../../../src/maker/actions/host/prune-directory.ts')}');
      const at = world({ pruneRoots: ['${root}'] });
      const step = await sealed(action, ${JSON.stringify(given)}, at);
      console.log(JSON.stringify({ shown: step.before.shown, outcome: await applied(action, step, at) }));`;
    return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
  }

  function shared() {
    const root = realpathSync(tempFolder());
    aged(root, { 'own/a.log': 40, 'locked/b.log': 40 });
    chmodSync(root, 0o755);
    chmodSync(join(root, 'locked'), 0o700);
    chownSync(join(root, 'own'), 65534, 65534);
    return root;
  }

  test('takes what it may, and says what it could not look into', () => {
    const root = shared();
    chownSync(root, 65534, 65534);
    expect(asNobody(root, { path: root, olderThan: '30d' })).toMatchObject({
      shown: { files: 1, 'passed by': ['1 not entered: this user may not read'] },
      outcome: { status: 'done', receipt: { files: 1 } },
    });
    expect(names(join(root, 'locked'))).toEqual(['b.log']);
  });

  test('is denied where it lacks the right, and nothing moved', () => {
    const root = shared();
    chmodSync(join(root, 'locked'), 0o755);
    for (const mode of ['hold', 'delete'])
      expect(asNobody(root, { path: join(root, 'locked'), olderThan: '30d', mode })).toMatchObject({
        outcome: {
          status: 'refused',
          because: 'denied',
          failure: { code: 'EACCES', message: expect.stringContaining('right') },
        },
      });
    expect(names(root)).toEqual(['locked/b.log', 'own/a.log']);
  });
});

test('a folder nested deeper than is sane is refused, not a crash', async () => {
  const { root, at } = logs();
  mkdirSync(join(root, Array.from({ length: 120 }, () => 'd').join('/')), { recursive: true });
  utimesSync(join(root, 'd'), 1, 1);
  await expect(sealed(prune, { path: root, olderThan: '30d' }, at)).rejects.toThrow('TOO_DEEP');
});
