import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { action as prune } from '../../../../src/maker/actions/host/prune-directory.ts';
import { action as restore } from '../../../../src/maker/actions/host/restore-held.ts';
import { hostReader } from '../../../support/host-reader.ts';
import { aged, names, picture } from '../../../support/host-actions/files.ts';
import {
  applied,
  DAY,
  done,
  HOUR,
  inHand,
  NOW,
  parsed,
  refusal,
  sealed,
  valueOf,
  world,
} from '../../../support/host-actions/steps.ts';
import { mayMount, sh } from '../../../support/mounting.ts';
import { tempFolder } from '../../../support/temp.ts';

/** A prune root with a folder of logs in it: two old ones, one of them deeper, and a new one. */
function logs() {
  const root = realpathSync(tempFolder());
  aged(root, { 'app/a.log': 40, 'app/deep/b.log': 31, 'app/new.log': 1 });
  return { root, path: join(root, 'app'), at: world({ pruneRoots: [root] }) };
}

describe('what is taken', () => {
  test('old regular files are moved aside with their paths, and new ones stay', async () => {
    const { root, path, at } = logs();
    const { receipt, verified, step } = await done(prune, { path, olderThan: '30d' }, at);
    expect(receipt).toMatchObject({ root, path, held: 'p-8K2M4QXV7C1D-s1', files: 2, bytes: 39, left: 0 });
    expect(names(root)).toEqual([
      '.holdfast-held/p-8K2M4QXV7C1D-s1/files/app/a.log',
      '.holdfast-held/p-8K2M4QXV7C1D-s1/files/app/deep/b.log',
      '.holdfast-held/p-8K2M4QXV7C1D-s1/manifest.json',
      'app/new.log',
    ]);
    expect(verified).toEqual({ asPromised: true, seen: [expect.stringContaining('No file of the set')] });
    expect(statSync(join(root, '.holdfast-held')).mode & 0o777).toBe(0o700);
    expect(step).toMatchObject({
      resource: `host:test/folder/${path}`,
      summary: `Move aside 2 files, 39 B, of ${path}`,
      destructive: false,
      risk: { level: 'low' },
      after: { fields: { files: 2, bytes: 39 }, shown: { files: expect.stringContaining('no room is freed') } },
      preview: {
        diff: [expect.stringMatching(/^- a\.log \(17 B, 2026-10-11T/), expect.stringMatching(/^- deep\/b\.log/)],
      },
      undo: { possible: true },
    });
  });

  test('with mode delete they are gone, and that is destructive', async () => {
    const { root, path, at } = logs();
    const { step, verified } = await done(prune, { path, olderThan: '30d', mode: 'delete', include: '*.log' }, at);
    expect(names(root)).toEqual(['app/new.log']);
    expect(step).toMatchObject({ destructive: true, undo: { possible: false }, risk: { level: 'medium' } });
    expect(verified.asPromised).toBe(true);
  });

  test('include is a pattern for the name, and names and folders with a leading dot are left alone', async () => {
    const { root, path, at } = logs();
    aged(root, { 'app/c.txt': 40, 'app/.hidden': 40, 'app/.git/d.log': 40, 'app/e.log.holdfast-partial': 40 });
    expect((await sealed(prune, { path, olderThan: '30d', include: '*.log' }, at)).before.rests['files']).toBe(2);
    expect((await sealed(prune, { path, olderThan: '30d' }, at)).before.rests['files']).toBe(3);
    expect((await sealed(prune, { path, olderThan: '30d', include: '.h*' }, at)).before.rests['files']).toBe(1);
  });

  test('what is held is never counted again, even when the root itself is pruned', async () => {
    const { root, path, at } = logs();
    await done(prune, { path, olderThan: '30d' }, at);
    const again = await sealed(prune, { path: root, olderThan: '12h' }, at);
    expect(again.before.rests['files']).toBe(1);
    expect(await refusal(prune, { path: join(root, '.holdfast-held'), olderThan: '30d' }, at)).toBe('PATH_HELD');
  });

  test('a file exactly as old as the limit stays, one that is older goes', async () => {
    const root = realpathSync(tempFolder());
    aged(root, { 'edge.log': 30, 'older.log': 30.001 });
    const { step } = await done(prune, { path: root, olderThan: '30d' }, world({ pruneRoots: [root] }));
    expect(step.before.rests['files']).toBe(1);
    expect(names(root)).toContain('edge.log');
  });

  test('symbolic links, sockets, pipes and folders are not files, whatever they lead to', async () => {
    const { root, path, at } = logs();
    const elsewhere = tempFolder();
    aged(elsewhere, { 'precious.log': 400 });
    symlinkSync(elsewhere, join(path, 'linked-folder'));
    symlinkSync(join(elsewhere, 'precious.log'), join(path, 'linked.log'));
    execFileSync('mkfifo', [join(path, 'pipe')]);
    utimesSync(join(path, 'pipe'), 0, 0);
    const { receipt } = await done(prune, { path, olderThan: '30d', mode: 'delete' }, at);
    expect(receipt['files']).toBe(2);
    expect(names(elsewhere)).toEqual(['precious.log']);
    expect(names(root)).toContain('app/linked.log');
  });

  test('hard links are said, and their bytes count once', async () => {
    const { root, path, at } = logs();
    linkSync(join(path, 'a.log'), join(path, 'a-again.log'));
    const step = await sealed(prune, { path, olderThan: '30d' }, at);
    expect(step.before).toMatchObject({ rests: { files: 3, bytes: 39 }, shown: { 'with other names besides': 2 } });
    await applied(prune, step, at);
    expect(names(join(root, 'app'))).toEqual(['new.log']);
  });

  test('names with newlines, escapes and bidi marks go; one that is not UTF-8 is left alone and said', async () => {
    const { root, path, at } = logs();
    const odd = ['nl\nx', '\u001b[2J', 'a\u202eb', '-rf', '$(touch x)', '\ufffd'];
    aged(path, Object.fromEntries(odd.map((name) => [name, 40])));
    const before = picture(path);
    const bytes = Buffer.concat([Buffer.from(`${path}/bad-`), Buffer.from([0xff, 0xfe])]);
    writeFileSync(bytes, 'x');
    utimesSync(bytes, 0, 0);
    const { step, receipt } = await done(prune, { path, olderThan: '30d' }, at);
    expect(receipt['files']).toBe(8);
    expect(step.before.shown['passed by']).toEqual(['1 left alone: the name is not UTF-8']);
    expect(readdirSync(Buffer.from(path), { encoding: 'buffer' })).toContainEqual(
      Buffer.from([...Buffer.from('bad-'), 0xff, 0xfe]),
    );
    rmSync(bytes);
    await done(restore, { root, held: receipt['held'] }, at);
    expect(picture(path)).toEqual(before);
  });

  test('nothing old is nothing to do', async () => {
    const { path, at } = logs();
    const params = parsed(prune, { path, olderThan: '300d' });
    const observed = valueOf(await prune.observe(at.reader, params, at.context));
    expect(valueOf(await prune.preview(at.reader, params, observed, at.context)).noop).toBe(true);
  });
});

describe('what is sealed', () => {
  test('does not move while time passes, though ever more files become old', async () => {
    const { path, at, root } = logs();
    const step = await sealed(prune, { path, olderThan: '30d' }, at);
    aged(root, { 'app/later.log': 29 });
    const later = world({ pruneRoots: [root] }, { now: NOW + 5 * DAY });
    expect(await applied(prune, step, later)).toMatchObject({ status: 'done', receipt: { files: 2 } });
    expect(names(path)).toEqual(['later.log', 'new.log']);
  });

  test.each<[string, (path: string) => void]>([
    ['was written to', (path) => writeFileSync(join(path, 'a.log'), 'text of a.logX')],
    ['was touched', (path) => utimesSync(join(path, 'a.log'), 1, 1)],
    ['went away', (path) => rmSync(join(path, 'a.log'))],
    ['was replaced by one of the same size and time', (path) => replaced(join(path, 'a.log'))],
    ['got company of the same age', (path) => aged(path, { 'c.log': 40 })],
    ['moved to another name', (path) => renameSync(join(path, 'a.log'), join(path, 'z.log'))],
    ['lies in a folder that was replaced', (path) => (renameSync(path, `${path}-old`), mkdirSync(path))],
    ['lies in a folder that is gone', (path) => rmSync(path, { recursive: true })],
  ])('is stale when a file of the set %s', async (_, change) => {
    const { path, at } = logs();
    const step = await sealed(prune, { path, olderThan: '30d' }, at);
    change(path);
    expect(await applied(prune, step, at)).toBe('stale');
  });

  test('is refused by the writer too, when the set moves after the last look', async () => {
    const { root, path, at } = logs();
    for (const mode of ['hold', 'delete']) {
      const step = await sealed(prune, { path, olderThan: '30d', mode }, at);
      const hand = await inHand(prune, step, at);
      aged(root, { [`app/${mode}.log`]: 50 });
      if (hand === null) throw new Error('stale too early');
      expect(await prune.apply(hand, at.context)).toMatchObject({
        status: 'refused',
        because: 'moved',
        failure: { code: 'SET_MOVED' },
      });
    }
    expect(names(root)).toEqual(['app/a.log', 'app/deep/b.log', 'app/delete.log', 'app/hold.log', 'app/new.log']);
  });

  test('a clock that was set back is seen, and an instant handed in is not believed', async () => {
    const { root, path, at } = logs();
    const step = await sealed(prune, { path, olderThan: '30d', before: NOW }, at);
    expect(step.params['before']).toBe(NOW - 30 * DAY);
    const early = world({ pruneRoots: [root] }, { now: NOW - HOUR });
    const again = await prune.observe(early.reader, parsed(prune, step.params), early.context);
    expect(again).toMatchObject({ status: 'unknown', failure: { code: 'CLOCK_SET_BACK' } });
  });
});

describe('where it may', () => {
  test.each(['/', '/etc', '/etc/app', '/usr/share', '/home', '/nowhere', '/var', '/proc/1', '/dev/shm', '/root'])(
    'never with %s as a root, though the configuration says so',
    async (root) => {
      expect(await refusal(prune, { path: root, olderThan: '30d' }, world({ pruneRoots: [root] }))).toBe('ROOT_UNSAFE');
    },
  );

  test('not outside the roots, nor beside one that begins alike, nor without any', async () => {
    const { root, path } = logs();
    const ask = (roots: readonly string[], asked = path) =>
      refusal(prune, { path: asked, olderThan: '30d' }, world({ pruneRoots: roots }));
    mkdirSync(`${root}/ap`);
    expect(await ask([])).toBe('PATH_NOT_ALLOWED');
    expect(await ask([`${root}/ap`])).toBe('PATH_NOT_ALLOWED');
    expect(await ask([path], root)).toBe('PATH_NOT_ALLOWED');
    expect(await ask([path], `${root}/nothing`)).toBe('PATH_NOT_ALLOWED');
    expect(await ask([root], `${root}/nothing`)).toBe('ENOENT');
    expect(await ask([root], join(path, 'a.log'))).toBe('ENOTDIR');
  });

  test("not where Holdfast's own folders are: not in one, not above one, however it is named", async () => {
    const { root, path } = logs();
    const state = join(root, 'state');
    aged(state, { 'keys/gate.key': 400 });
    symlinkSync(state, join(root, 'link'));
    const ask = (asked: string, keepOut: readonly string[]) =>
      refusal(prune, { path: asked, olderThan: '30d' }, world({ pruneRoots: [root], keepOut }));
    expect(await ask(root, [state])).toBe('PATH_KEPT_OUT');
    expect(await ask(join(state, 'keys'), [state])).toBe('PATH_KEPT_OUT');
    expect(await ask(state, [join(root, 'link')])).toBe('PATH_KEPT_OUT');
    const beside = await sealed(prune, { path, olderThan: '30d' }, world({ pruneRoots: [root], keepOut: [state] }));
    expect(beside.name).toBe(path);
  });

  test('by the real path: a link out of a root is refused, one into it is the folder that it means', async () => {
    const { root, path, at } = logs();
    const elsewhere = realpathSync(tempFolder());
    aged(elsewhere, { 'precious.log': 400 });
    symlinkSync(elsewhere, join(root, 'out'));
    symlinkSync(path, join(elsewhere, 'in'));
    expect(await refusal(prune, { path: join(root, 'out'), olderThan: '30d' }, at)).toBe('PATH_NOT_ALLOWED');
    expect((await sealed(prune, { path: join(elsewhere, 'in'), olderThan: '30d' }, at)).name).toBe(path);
  });

  test('not under a root that is a link, or lies behind one', async () => {
    const { root } = logs();
    const folder = realpathSync(tempFolder());
    symlinkSync(root, join(folder, 'link'));
    for (const link of [join(folder, 'link'), join(folder, 'link/app')]) {
      const at = world({ pruneRoots: [link] });
      expect(await refusal(prune, { path: link, olderThan: '30d' }, at)).toMatch(/ROOT_IS_LINK|PATH_NOT_ALLOWED/);
    }
    expect(
      await refusal(
        prune,
        { path: join(folder, 'link'), olderThan: '30d' },
        world({ pruneRoots: [folder, join(folder, 'link')] }),
      ),
    ).toBe('PATH_NOT_ALLOWED');
  });

  test('not on other platforms, where a folder can not be held open', async () => {
    const { root, path } = logs();
    const at = world({ pruneRoots: [root] }, { reader: hostReader({ platform: 'darwin' }) });
    expect(await refusal(prune, { path, olderThan: '30d' }, at)).toBe('LINUX_ONLY');
  });

  test.skipIf(!mayMount)(
    'no other file system is entered, nor a bind mount of the same one, nor held across (needs root)',
    async () => {
      const { path, at } = logs();
      const elsewhere = realpathSync(tempFolder());
      aged(elsewhere, { 'precious.log': 400 });
      mkdirSync(join(path, 'tmpfs'));
      mkdirSync(join(path, 'bind'));
      sh(
        `mount -t tmpfs tmpfs '${path}/tmpfs' && touch -d 2000-01-01 '${path}/tmpfs/x' && mount --bind '${elsewhere}' '${path}/bind'`,
      );
      try {
        const { step } = await done(prune, { path, olderThan: '30d', mode: 'delete' }, at);
        expect(step.before).toMatchObject({
          rests: { files: 2 },
          shown: { 'passed by': ['2 not entered: another file system'] },
        });
        expect(names(elsewhere)).toEqual(['precious.log']);
        for (const folder of ['tmpfs', 'bind'])
          expect(await refusal(prune, { path: join(path, folder), olderThan: '30d' }, at)).toBe('OTHER_FILE_SYSTEM');
      } finally {
        sh(`umount '${path}/tmpfs' '${path}/bind'`);
      }
    },
  );
});

describe('how much', () => {
  test('10,001 files are refused with what to do, 10,000 are taken', async () => {
    const root = realpathSync(tempFolder());
    const at = world({ pruneRoots: [root] });
    sh(`cd '${root}' && seq 10001 | xargs touch -d 2020-01-01`);
    const asked = { path: root, olderThan: '30d' };
    expect(await refusal(prune, asked, at)).toBe('TOO_MANY_FILES');
    rmSync(join(root, '1'));
    const { receipt, step } = await done(prune, asked, at);
    expect(receipt['files']).toBe(10_000);
    expect(step.preview.diff.length).toBeLessThan(30);
    expect(JSON.stringify(step).length).toBeLessThan(8_000);
    expect(readdirSync(root)).toEqual(['.holdfast-held']);
  });
});

describe('parameters', () => {
  test('as text and as values mean the same, and what was parsed parses to itself', () => {
    const text = parsed(prune, { path: '/var/log/app/', olderThan: '30d', mode: 'hold' });
    expect(text).toEqual({ path: '/var/log/app', olderThan: 30 * DAY, mode: 'hold', include: null, before: null });
    expect(parsed(prune, { path: '/var/log/app', olderThan: 30 * DAY })).toEqual(text);
    expect(parsed(prune, JSON.parse(JSON.stringify(text)))).toEqual(text);
  });

  test.each([
    [{ olderThan: '59m' }, 'not between 1h'],
    [{ olderThan: 30 }, '30 ms'],
    [{ olderThan: 'old' }, 'not a duration'],
    [{ olderThan: Number.NaN }, 'olderThan'],
    [{ path: '/a/../etc' }, 'where it really is'],
    [{ path: '/a/./b' }, 'where it really is'],
    [{ path: 'var/log' }, 'not a whole path'],
    [{ path: '/a\0b' }, 'character'],
    [{ path: '/a\ud800' }, 'character'],
    [{ include: '../*' }, 'without "/"'],
    [{ mode: 'shred' }, 'mode'],
    [{ paths: '/x' }, 'paths'],
  ])('%j is refused with a word on %s', (edit, word) => {
    expect(() => parsed(prune, { path: '/var/log/app', olderThan: '30d', ...edit })).toThrow(word);
  });
});

test('the manifest on the disk says what is held, so that it can be taken back by hand too', async () => {
  const { root, path, at } = logs();
  const { receipt } = await done(prune, { path, olderThan: '30d' }, at);
  const manifest: unknown = JSON.parse(
    readFileSync(join(root, '.holdfast-held', 'p-8K2M4QXV7C1D-s1', 'manifest.json'), 'utf8'),
  );
  expect(manifest).toMatchObject({
    v: 1,
    kind: 'held',
    folder: 'app',
    digest: receipt['manifest'],
    files: [{ path: 'a.log', size: 17 }, { path: 'deep/b.log' }],
  });
});

function replaced(path: string): void {
  const { atime, mtime } = statSync(path);
  const text = readFileSync(path, 'utf8').replace('text', 'TEXT');
  // While the old one is there, so that its inode is not given out again.
  writeFileSync(`${path}.new`, text);
  utimesSync(`${path}.new`, atime, mtime);
  renameSync(`${path}.new`, path);
}
