import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backUp, restore } from '../../src/store/backup.ts';
import { openDatabase } from '../../src/store/database.ts';
import { runsTable } from '../../src/store/runs.ts';
import { codeOf, codeOfAsync } from '../support/errors.ts';
import { aRun } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

const NOW = new Date('2026-11-20T18:00:00Z');

function ids(path: string): string[] {
  const database = openDatabase(path);
  const found = runsTable(database)
    .latest({ limit: 50, runbook: null })
    .map(({ id }) => id);
  database.close();
  return found;
}

async function backedUp() {
  const folder = tempFolder();
  const path = join(folder, 'holdfast.db');
  const file = join(folder, 'copy.db');
  const database = openDatabase(path);
  runsTable(database).write(aRun({ id: 'r-000000000001' }));
  await backUp(database, file);
  return { folder, path, file, database };
}

describe('a backup', () => {
  it('is made while the database is in use, is one private file, and holds what was there', async () => {
    const { file, database, folder } = await backedUp();
    runsTable(database).write(aRun({ id: 'r-000000000002' }));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(existsSync(`${file}.partial`)).toBe(false);
    database.close();
    const other = join(folder, 'other.db');
    expect(restore(file, other, NOW)).toBeNull();
    expect(ids(other)).toEqual(['r-000000000001']);
  });

  it('never overwrites a file', async () => {
    const { file, database } = await backedUp();
    const before = readFileSync(file);
    expect(await codeOfAsync(() => backUp(database, file))).toBe('BACKUP_REFUSED');
    expect(readFileSync(file).equals(before)).toBe(true);
    database.close();
  });

  it('says when the folder is not there', async () => {
    const { folder, database } = await backedUp();
    expect(await codeOfAsync(() => backUp(database, join(folder, 'missing', 'x.db')))).toMatch(
      /BACKUP_REFUSED|STATE_DIR_UNUSABLE/,
    );
    database.close();
  });
});

describe('restoring', () => {
  it('keeps what was there beside it', async () => {
    const { path, file, database } = await backedUp();
    runsTable(database).write(aRun({ id: 'r-000000000002' }));
    database.close();
    const kept = restore(file, path, NOW);
    expect(ids(path)).toEqual(['r-000000000001']);
    expect(kept).not.toBeNull();
    expect(kept !== null && ids(kept).length).toBe(2);
  });

  it('replaces a damaged database', async () => {
    const { path, file, database } = await backedUp();
    database.close();
    writeFileSync(path, 'damaged'.repeat(1_000));
    restore(file, path, NOW);
    expect(ids(path)).toEqual(['r-000000000001']);
  });

  it('refuses while somebody works with the database', async () => {
    const { path, file, database } = await backedUp();
    expect(codeOf(() => restore(file, path, NOW))).toBe('RESTORE_REFUSED');
    database.close();
  });

  it.each([
    ['a missing file', () => undefined],
    ['a text file', (file: string) => writeFileSync(file, 'not a backup')],
    ['an empty file', (file: string) => writeFileSync(file, '')],
    ['a folder', (file: string) => mkdirSync(file)],
    [
      'half a backup',
      (file: string, good: string) => {
        const bytes = readFileSync(good);
        writeFileSync(file, bytes.subarray(0, bytes.length / 2));
      },
    ],
  ])('refuses %s and changes nothing', async (_what, make) => {
    const { folder, path, file, database } = await backedUp();
    database.close();
    const bad = join(folder, 'bad.db');
    make(bad, file);
    expect(codeOf(() => restore(bad, path, NOW))).toBe('RESTORE_REFUSED');
    expect(ids(path)).toEqual(['r-000000000001']);
  });
});
