import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { CodedError } from '../domain/coded-error.ts';
import { APPLICATION_ID, pragma, type Database } from './database.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { storeError } from './sqlite-errors.ts';

/**
 * Writes an online, checked copy of the database to `target` (0600); other processes go on working.
 * Refuses to overwrite a file.
 */
export async function backUp(database: Database, target: string): Promise<void> {
  if (existsSync(target)) {
    throw new CodedError('BACKUP_REFUSED', `${target} exists already`, { where: target, next: 'name a new file' });
  }
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  try {
    await backup(database.sqlite, partial);
    chmodSync(partial, 0o600);
    leaveWal(partial);
    assertSound(partial, 'BACKUP_REFUSED');
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw notWritten(error, target);
  }
}

/** A backup is one file that can be read from a read-only folder: no WAL beside it. */
function leaveWal(file: string): void {
  const copy = new DatabaseSync(file);
  copy.exec('PRAGMA journal_mode = DELETE');
  copy.close();
}

function notWritten(error: unknown, target: string): unknown {
  const coded = storeError(error, target);
  if (coded instanceof CodedError) return coded;
  return new CodedError(
    'BACKUP_REFUSED',
    `the backup could not be written (${String(error instanceof Error ? error.message : error)})`,
    {
      where: target,
      next: 'name a file in a folder that you can write',
      cause: error,
    },
  );
}

/**
 * Puts the backup `source` in the place of the database at `path`. What was there is kept beside it
 * under the returned name (null when there was nothing). Refuses a file that is not a sound backup
 * of a version that this Holdfast knows, and a database that another process has open.
 */
export function restore(source: string, path: string, now: Date): string | null {
  if (!existsSync(source)) {
    throw new CodedError('RESTORE_REFUSED', `there is no file ${source}`, {
      where: source,
      next: 'name a file made by `holdfast backup`',
    });
  }
  assertSound(source, 'RESTORE_REFUSED');
  const incoming = `${path}.incoming`;
  copyFileSync(source, incoming);
  chmodSync(incoming, 0o600);
  const kept = setAside(path, now);
  renameSync(incoming, path);
  return kept;
}

/** Sound: ours, readable from end to end, and of a version that we know. */
function assertSound(file: string, code: 'BACKUP_REFUSED' | 'RESTORE_REFUSED'): void {
  const refuse = (why: string, cause?: unknown): CodedError =>
    new CodedError(code, `${file} ${why}`, { where: file, next: 'nothing was changed; use another backup', cause });
  let copy: DatabaseSync | null = null;
  try {
    copy = new DatabaseSync(file, { readOnly: true });
    if (Number(pragma(copy, 'application_id')) !== APPLICATION_ID) throw refuse('is not a backup of Holdfast');
    if (Number(pragma(copy, 'user_version')) > MIGRATIONS.length) throw refuse('was made by a newer Holdfast');
    const verdict = pragma(copy, 'integrity_check');
    if (verdict !== 'ok') throw refuse(`is damaged: ${String(verdict)}`);
  } catch (error) {
    throw error instanceof CodedError ? error : refuse('is not a sound database', error);
  } finally {
    copy?.close();
  }
}

/** Moves the present database out of the way, whatever its condition, unless somebody works with it. */
function setAside(path: string, now: Date): string | null {
  if (!existsSync(path)) return null;
  refuseWhenInUse(path);
  const kept = `${path}.before-restore-${now.toISOString().replaceAll(':', '')}`;
  renameSync(path, kept);
  for (const suffix of ['-wal', '-shm'])
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${kept}${suffix}`);
  return kept;
}

function refuseWhenInUse(path: string): void {
  const probe = new DatabaseSync(path, { timeout: 0 });
  try {
    probe.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK');
  } catch (error) {
    const coded = storeError(error, path);
    if (coded instanceof CodedError && coded.code === 'STORE_BUSY') {
      throw new CodedError('RESTORE_REFUSED', 'the database is in use', {
        where: path,
        next: 'stop every `holdfast` that uses it, then restore again',
      });
    }
    if (!(coded instanceof CodedError && coded.code === 'STORE_CORRUPT')) throw coded; // a damaged one is what restore is for
  } finally {
    probe.close();
  }
}
