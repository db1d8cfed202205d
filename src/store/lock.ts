import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pragma } from './database.ts';
import { storeError } from './sqlite-errors.ts';

/** A lock that the kernel frees when its process dies, however it dies. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock file at `path`, or returns null when another process holds it. The lock is an
 * EXCLUSIVE transaction on an empty SQLite file: the operating system's own file lock, portable,
 * so there is no pid to trust and no lease to wait for (docs/decisions/0005).
 */
export function takeLock(path: string): Lock | null {
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    // An empty file would be written to at every BEGIN, and could not be locked on a full disk.
    // What is in it does not matter, so nothing waits for the disk.
    if (Number(pragma(file, 'page_count')) === 0) {
      file.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA user_version = 1');
    }
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if (isBusy(error)) return null;
    throw storeError(error, path);
  }
  chmodSync(path, 0o600);
  return {
    release: () => {
      file.exec('ROLLBACK');
      file.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === 5;
}
