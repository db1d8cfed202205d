import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { APPLICATION_ID, openDatabase, pragma } from '../../src/store/database.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { MIGRATIONS } from '../../src/store/migrations/all.ts';
import { runsTable } from '../../src/store/runs.ts';
import { codeOf } from '../support/errors.ts';
import { aRun } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

const isRoot = process.getuid?.() === 0;

describe('opening the database', () => {
  it('makes one in WAL mode with every commit on disk, for its owner only', () => {
    const path = join(tempFolder(), 'holdfast.db');
    const database = openDatabase(path);
    expect(pragma(database.sqlite, 'journal_mode')).toBe('wal');
    expect(pragma(database.sqlite, 'synchronous')).toBe(2);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
    database.close();
  });

  it('refuses one that a newer Holdfast wrote, and leaves it as it is', () => {
    const path = join(tempFolder(), 'holdfast.db');
    const database = openDatabase(path);
    database.sqlite.exec('PRAGMA user_version = 9999');
    database.close();
    const before = readFileSync(path);
    expect(codeOf(() => openDatabase(path))).toBe('STORE_NEWER');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('refuses a file that is no database, and leaves it as it is', () => {
    const path = join(tempFolder(), 'holdfast.db');
    writeFileSync(path, 'this is not a database, but somebody may need it'.repeat(100));
    const before = readFileSync(path);
    expect(codeOf(() => openDatabase(path))).toBe('STORE_CORRUPT');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("refuses another program's database", () => {
    const path = join(tempFolder(), 'holdfast.db');
    const other = new DatabaseSync(path);
    other.exec('PRAGMA application_id = 42; CREATE TABLE t (x)');
    other.close();
    expect(codeOf(() => openDatabase(path))).toBe('STORE_CORRUPT');
  });

  it('says which code when pages in the middle are damaged', () => {
    const path = join(tempFolder(), 'holdfast.db');
    const database = openDatabase(path);
    const runs = runsTable(database);
    for (let index = 0; index < 200; index++) runs.write(aRun({ id: `r-${String(index).padStart(12, '0')}` }));
    database.sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 8192, bytes.length - 4096);
    writeFileSync(path, bytes);
    expect(codeOf(() => runsTable(openDatabase(path)).latest({ limit: 500, runbook: null }))).toBe('STORE_CORRUPT');
  });

  it('says that there is no folder for it', () => {
    expect(codeOf(() => openDatabase(join(tempFolder(), 'missing', 'holdfast.db')))).toBe('STATE_DIR_UNUSABLE');
  });

  it.skipIf(isRoot)('says that a read-only folder can not be written (skipped as root, who may write anywhere)', () => {
    const folder = tempFolder();
    const path = join(folder, 'holdfast.db');
    openDatabase(path).close();
    chmodSync(path, 0o400);
    chmodSync(folder, 0o500);
    expect(codeOf(() => openDatabase(path))).toMatch(/STORE_READ_ONLY|STATE_DIR_UNUSABLE/);
    chmodSync(folder, 0o700);
  });

  it('waits for another writer and then says that it is busy, having changed nothing', () => {
    const path = join(tempFolder(), 'holdfast.db');
    const first = openDatabase(path);
    const second = openDatabase(path);
    second.sqlite.exec('PRAGMA busy_timeout = 20');
    first.sqlite.exec('BEGIN IMMEDIATE');
    expect(codeOf(() => createLedger(second).begin(aRun({})))).toBe('STORE_BUSY');
    first.sqlite.exec('ROLLBACK');
    expect(runsTable(first).latest({ limit: 5, runbook: null })).toEqual([]);
    first.close();
    second.close();
  });
});

describe('a full disk', () => {
  it('is STORE_FULL, keeps all that was there, and nothing of the half', () => {
    const database = openDatabase(join(tempFolder(), 'holdfast.db'));
    const ledger = createLedger(database);
    ledger.begin(aRun({ id: 'r-000000000001' }));
    const pages = Number(pragma(database.sqlite, 'page_count'));
    database.sqlite.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const large = aRun({ id: 'r-000000000002', runbook: 'x'.repeat(100_000) });
    expect(codeOf(() => ledger.begin(large))).toBe('STORE_FULL');
    expect(
      runsTable(database)
        .latest({ limit: 5, runbook: null })
        .map(({ id }) => id),
    ).toEqual(['r-000000000001']);
    expect(pragma(database.sqlite, 'integrity_check')).toBe('ok');
    database.sqlite.exec('PRAGMA max_page_count = 1073741823');
    ledger.begin(aRun({ id: 'r-000000000003' }));
    expect(runsTable(database).latest({ limit: 5, runbook: null })).toHaveLength(2);
    database.close();
  });
});

describe('a database of an earlier version', () => {
  it('is brought up to date, and its runs can be read', () => {
    const path = join(tempFolder(), 'holdfast.db');
    const old = new DatabaseSync(path);
    old.exec(`${MIGRATIONS[0]}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
    const { attempt: _none, ...body } = aRun({ status: 'done' });
    old
      .prepare('INSERT INTO runs (id, runbook, slot, status, started_at, body) VALUES (?, ?, NULL, ?, 1, ?)')
      .run(body.id, body.runbook, body.status, JSON.stringify(body));
    old.close();
    const database = openDatabase(path);
    expect(pragma(database.sqlite, 'user_version')).toBe(MIGRATIONS.length);
    expect(runsTable(database).latest({ limit: 1, runbook: null })).toEqual([aRun({ status: 'done' })]);
    database.close();
  });
});
