import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../domain/coded-error.ts';
import { guardAudit } from './audit-guard.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { isBusy, storeError } from './sqlite-errors.ts';

/** `PRAGMA application_id` of our files: "HOLD". */
export const APPLICATION_ID = 0x484f4c44;

const BUSY_TIMEOUT_MS = 5_000;
const BUSY_PAUSE_MS = 20;

/** An open database that says its troubles in Holdfast's words. */
export interface Database {
  readonly path: string;
  readonly sqlite: DatabaseSync;
  /** Runs `work` and turns SQLite's errors into coded ones. */
  attempt<T>(work: () => T): T;
  /** `work` inside one IMMEDIATE transaction: all of it is kept, or nothing. */
  transaction<T>(work: () => T): T;
  /** Gives back the memory that pages of the file are held in. */
  shrinkMemory(): void;
  close(): void;
}

/**
 * Opens, and brings up to date, the database at `path`: WAL, every commit on disk before it is
 * believed (`synchronous=FULL`), 0600. Throws STORE_CORRUPT, STORE_NEWER, STORE_FULL,
 * STORE_READ_ONLY or STATE_DIR_UNUSABLE, and then has changed nothing.
 */
export function openDatabase(path: string): Database {
  ownersOnly(path);
  return open(path, (database) => {
    prepare(database);
    // Asked for last: whether the disk has room for what WAL needs beside the file shows here.
    database.sqlite.prepare('SELECT 1 FROM runs LIMIT 1').get();
  });
}

/** SQLite would make the file for everybody first: who opens it at that moment would refuse it. */
function ownersOnly(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch {
    return; // what can't be opened, SQLite says in its own words
  }
}

/** An empty database that is forgotten when it is closed: for a run whose real one has no room. */
export function openMemory(): Database {
  return open(':memory:', (database) => database.transaction(() => migrate(database.sqlite)));
}

function open(path: string, prepareIt: (database: Database) => void): Database {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storeError(error, path);
    }
  };
  const sqlite = attempt(() => new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, defensive: true }));
  const database: Database = {
    path,
    sqlite,
    attempt,
    transaction: (work) => attempt(() => inTransaction(sqlite, work)),
    shrinkMemory: () => attempt(() => sqlite.exec('PRAGMA shrink_memory')),
    close: () => sqlite.close(),
  };
  try {
    attempt(() => prepareIt(database));
    guardAudit(sqlite);
  } catch (error) {
    sqlite.close();
    throw error;
  }
  return database;
}

function prepare(database: Database): void {
  const { sqlite, path } = database;
  const version = Number(pragma(sqlite, 'user_version'));
  const application = Number(pragma(sqlite, 'application_id'));
  if (application !== 0 && application !== APPLICATION_ID) {
    throw new CodedError('STORE_CORRUPT', 'the database belongs to another program', {
      where: path,
      next: 'give another --state-dir; nothing was changed',
    });
  }
  if (version > MIGRATIONS.length) {
    throw new CodedError(
      'STORE_NEWER',
      `the database is of version ${version}, this Holdfast knows up to ${MIGRATIONS.length}`,
      {
        where: path,
        next: 'update Holdfast, or restore a backup made by this version; nothing was changed',
      },
    );
  }
  chmodSync(path, 0o600);
  switchToWal(sqlite);
  sqlite.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  if (version < MIGRATIONS.length) database.transaction(() => migrate(sqlite));
}

/** SQLite does not wait for another who switches at the same time (it could be for ever); we do, as long as for any lock. */
function switchToWal(sqlite: DatabaseSync): void {
  for (let waited = 0; ; waited += BUSY_PAUSE_MS) {
    try {
      sqlite.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || waited >= BUSY_TIMEOUT_MS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS);
    }
  }
}

function migrate(sqlite: DatabaseSync): void {
  const from = Number(pragma(sqlite, 'user_version'));
  for (const sql of MIGRATIONS.slice(from)) sqlite.exec(sql);
  sqlite.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`);
}

function inTransaction<T>(sqlite: DatabaseSync, work: () => T): T {
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    sqlite.exec('COMMIT');
    return result;
  } catch (error) {
    if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
    throw error;
  }
}

export function pragma(sqlite: DatabaseSync, name: string): unknown {
  return Object.values(sqlite.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}
