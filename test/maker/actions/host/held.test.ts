import {
  chmodSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { action as prune } from '../../../../src/maker/actions/host/prune-directory.ts';
import { action as purge } from '../../../../src/maker/actions/host/purge-held.ts';
import { action as restore } from '../../../../src/maker/actions/host/restore-held.ts';
import { dieAt } from '../../../support/host-actions/die-at.ts';
import { aged, names, picture } from '../../../support/host-actions/files.ts';
import { applied, done, inHand, refusal, sealed, valueOf, world } from '../../../support/host-actions/steps.ts';
import { tempFolder } from '../../../support/temp.ts';

const HELD = 'p-8K2M4QXV7C1D-s1';

/** A root from which two files were moved aside, and how it looked before. */
async function held() {
  const root = realpathSync(tempFolder());
  aged(root, { 'app/a.log': 40, 'app/deep/b.log': 31, 'app/new.log': 1 });
  const before = picture(root);
  const at = world({ pruneRoots: [root] });
  const { receipt, step, params } = await done(prune, { path: join(root, 'app'), olderThan: '30d' }, at);
  return {
    root,
    at,
    before,
    area: join(root, '.holdfast-held'),
    params,
    step,
    undo: prune.undo(params, step.before, receipt),
  };
}

describe('host/restore-held', () => {
  test('is what the undo of pruning drafts, and puts every file back byte for byte, with nothing left behind', async () => {
    const { root, at, before, undo } = await held();
    if (!undo.possible) throw new Error(undo.words);
    expect(undo.draft).toEqual({ action: 'host/restore-held', params: { root, held: HELD } });
    const { verified, step } = await done(restore, undo.draft.params, at);
    expect(step).toMatchObject({
      summary: `Move back 2 files, 39 B, of ${root}/.holdfast-held/${HELD}`,
      destructive: false,
    });
    expect(verified.asPromised).toBe(true);
    expect(picture(root)).toEqual(before);
  });

  test('overwrites nothing: what is in the way stays, and so does what it is in the way of', async () => {
    const { root, at, area } = await held();
    aged(root, { 'app/a.log': 0 }, () => 'new');
    const { receipt, step } = await done(restore, { root, held: HELD }, at);
    expect(receipt).toMatchObject({ files: 1 });
    expect(step.before).toMatchObject({
      rests: { blocked: 1 },
      shown: { 'whose place is taken, or whose folder is gone': 1 },
    });
    expect(readFileSync(join(root, 'app/a.log'), 'utf8')).toBe('new');
    expect(readFileSync(join(area, HELD, 'files/app/a.log'), 'utf8')).toBe('text of app/a.log');
    rmSync(join(root, 'app/a.log'));
    await done(restore, { root, held: HELD }, at);
    expect(names(root)).toEqual(['app/a.log', 'app/deep/b.log', 'app/new.log']);
  });

  test('what comes into the way after the last look is not overwritten either', async () => {
    const { root, at } = await held();
    const step = await sealed(restore, { root, held: HELD }, at);
    const hand = await inHand(restore, step, at);
    if (hand === null) throw new Error('stale too early');
    aged(root, { 'app/a.log': 0 }, () => 'new');
    expect(await restore.apply(hand, at.context)).toMatchObject({ status: 'refused', because: 'moved' });
    expect(await applied(restore, step, at)).toBe('stale');
    expect(readFileSync(join(root, 'app/a.log'), 'utf8')).toBe('new');
  });

  test('a folder that is gone is not made up', async () => {
    const { root, at } = await held();
    rmSync(join(root, 'app/deep'), { recursive: true });
    expect((await sealed(restore, { root, held: HELD }, at)).before.rests).toMatchObject({ files: 1, blocked: 1 });
  });

  test.each<[string, (area: string, root: string) => void, string]>([
    ['names nothing', (area) => rmSync(area, { recursive: true }), 'NOTHING_HELD'],
    ['was tampered with', (area) => edit(area, (text) => text.replace('a.log', 'c.log')), 'MANIFEST_DAMAGED'],
    ['names a way out', (area) => edit(area, (text) => text.replace('"app"', '"../x"')), 'MANIFEST_DAMAGED'],
    ['is no JSON', (area) => edit(area, () => '{'), 'MANIFEST_DAMAGED'],
    ['is open to others', (area) => chmodSync(area, 0o755), 'HOLDING_UNSAFE'],
    [
      'lies behind a link',
      (area, root) => (renameSync(area, join(root, 'x')), symlinkSync(join(root, 'x'), area)),
      'ENOTDIR',
    ],
  ])('is refused when what is held %s', async (_, change, code) => {
    const { root, at, area } = await held();
    change(area, root);
    expect(await refusal(restore, { root, held: HELD }, at)).toBe(code);
  });

  test('is refused under what is no prune root, and by names that lead elsewhere', async () => {
    const { root, at } = await held();
    expect(await refusal(restore, { root: join(root, 'app'), held: HELD }, at)).toBe('PATH_NOT_ALLOWED');
    expect(await refusal(restore, { root, held: '..' }, at)).toBe('PARAMS');
    expect(await refusal(restore, { root, held: 'a/../b' }, at)).toBe('PARAMS');
  });
});

describe('host/purge-held', () => {
  test('deletes what is held for good, and only that', async () => {
    const { root, at } = await held();
    const { step, verified } = await done(purge, { root, held: HELD }, at);
    expect(step).toMatchObject({ destructive: true, undo: { possible: false }, risk: { level: 'medium' } });
    expect(verified.asPromised).toBe(true);
    expect(names(root)).toEqual(['app/new.log']);
  });

  test('leaves alone what was not held by the plan, and what is not as it was', async () => {
    const { root, at, area } = await held();
    writeFileSync(join(area, HELD, 'files/app/stranger'), 'x');
    writeFileSync(join(area, HELD, 'files/app/a.log'), 'changed');
    const { receipt } = await done(purge, { root, held: HELD }, at);
    expect(receipt).toMatchObject({ files: 1 });
    expect(names(join(area, HELD, 'files'))).toEqual(['app/a.log', 'app/stranger']);
  });

  test('is stale when some of it was moved back since', async () => {
    const { root, at, area } = await held();
    const step = await sealed(purge, { root, held: HELD }, at);
    renameSync(join(area, HELD, 'files/app/a.log'), join(root, 'app/a.log'));
    expect(await applied(purge, step, at)).toBe('stale');
  });
});

describe('a holding area', () => {
  test.each<[string, (root: string) => void, string]>([
    ['belongs to others', (root) => mkdirSync(join(root, '.holdfast-held'), { mode: 0o777 }), 'HOLDING_UNSAFE'],
    ['is a link', (root) => symlinkSync(tempFolder(), join(root, '.holdfast-held')), 'ENOTDIR'],
    ['is a file', (root) => writeFileSync(join(root, '.holdfast-held'), ''), 'ENOTDIR'],
  ])('that %s is refused, and nothing moves', async (_, change, code) => {
    const root = realpathSync(tempFolder());
    aged(root, { 'a.log': 40 });
    const at = world({ pruneRoots: [root] });
    change(root);
    if (code === 'HOLDING_UNSAFE') chmodSync(join(root, '.holdfast-held'), 0o777);
    const step = await sealed(prune, { path: root, olderThan: '30d' }, at);
    expect(await applied(prune, step, at)).toMatchObject({ status: 'refused', failure: { code } });
    expect(names(root)).toContain('a.log');
  });

  test('is not used twice under one name', async () => {
    const { root, at } = await held();
    aged(root, { 'app/c.log': 50 });
    const step = await sealed(prune, { path: join(root, 'app'), olderThan: '30d' }, at);
    expect(await applied(prune, step, at)).toMatchObject({
      status: 'refused',
      because: 'failed',
      failure: { code: 'HELD_ALREADY' },
    });
    expect(names(join(root, 'app'))).toContain('c.log');
  });
});

describe('a process that is killed while it moves files aside', () => {
  test(
    'at any change of the file system: what became of it is read, and restoring brings everything back',
    { timeout: 300_000 },
    async () => {
      const outcomes = new Set<string>();
      for (let point = 1; ; point += 1) {
        const root = realpathSync(tempFolder());
        aged(root, { 'app/a.log': 40, 'app/deep/b.log': 31, 'app/deep/c.log': 32, 'app/new.log': 1 });
        const before = picture(root);
        const at = world({ pruneRoots: [root] });
        const step = await sealed(prune, { path: join(root, 'app'), olderThan: '30d' }, at);
        const hand = await inHand(prune, step, at);
        if (hand === null || prune.reconcile === undefined) throw new Error('stale too early');
        const ended = dieAt(point, 'prune-directory', step, root);
        const came = valueOf(await prune.reconcile(at.reader, hand, at.context));
        outcomes.add(came.status);
        const moved = names(root).filter(
          (name) => name.startsWith('.holdfast-held/') && !name.includes('manifest.json'),
        );
        expect(came.status, `killed at ${point}`).toBe(
          moved.length === 0 ? 'not-done' : moved.length === 3 ? 'done' : 'partial',
        );
        expect(came.status === 'not-done' ? null : came.receipt['files']).toBe(
          moved.length === 0 ? null : moved.length,
        );
        if (came.status !== 'not-done') await done(restore, { root, held: HELD }, at);
        // What never began may leave an empty holding area, and nothing else.
        expect(picture(root).filter((line) => !line.includes('manifest.json'))).toEqual(before);
        if (ended !== null) break;
      }
      expect([...outcomes].toSorted()).toEqual(['done', 'not-done', 'partial']);
    },
  );

  test('while it deletes them: it is read how many are left', async () => {
    const root = realpathSync(tempFolder());
    aged(root, { 'a.log': 40, 'b.log': 31 });
    const at = world({ pruneRoots: [root] });
    const step = await sealed(prune, { path: root, olderThan: '30d', mode: 'delete' }, at);
    const hand = await inHand(prune, step, at);
    if (hand === null || prune.reconcile === undefined) throw new Error('stale too early');
    expect(valueOf(await prune.reconcile(at.reader, hand, at.context))).toEqual({ status: 'not-done' });
    dieAt(2, 'prune-directory', step, root);
    expect(valueOf(await prune.reconcile(at.reader, hand, at.context))).toMatchObject({
      status: 'partial',
      receipt: { files: 1, left: 1 },
      failure: { code: 'CUT_OFF', message: expect.stringContaining('1 of 2') },
    });
    rmSync(join(root, 'b.log'));
    expect(valueOf(await prune.reconcile(at.reader, hand, at.context))).toMatchObject({
      status: 'done',
      receipt: { files: 2 },
    });
  });

  test('while it moves them back: a second restore ends it', { timeout: 300_000 }, async () => {
    for (let point = 1; ; point += 1) {
      const { root, at, before } = await held();
      const step = await sealed(restore, { root, held: HELD }, at);
      const ended = dieAt(point, 'restore-held', step, root);
      const left = valueOf(await at.reader.held(root, HELD));
      if (left !== null) await done(restore, { root, held: HELD }, at);
      expect(
        picture(root).filter((line) => !line.startsWith('.holdfast-held')),
        `killed at ${point}`,
      ).toEqual(before);
      if (ended !== null) break;
    }
  });
});

function edit(area: string, change: (text: string) => string): void {
  const path = join(area, HELD, 'manifest.json');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}
