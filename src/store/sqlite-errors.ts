import { CodedError } from '../domain/coded-error.ts';
import type { ErrorCode } from '../domain/error-codes.ts';

/** SQLite's primary result codes that a person can do something about (sqlite.org/rescode.html). */
const CODES: Readonly<Record<number, { readonly code: ErrorCode; readonly what: string; readonly next: string }>> = {
  5: { code: 'STORE_BUSY', what: 'is held by another process', next: 'try again; `holdfast doctor` says who uses it' },
  8: { code: 'STORE_READ_ONLY', what: 'can not be written', next: 'check the rights of the state directory' },
  10: {
    code: 'STORE_FAILED',
    what: 'could not be read or written (I/O error)',
    next: 'check the disk: `dmesg`, `holdfast doctor`',
  },
  11: {
    code: 'STORE_CORRUPT',
    what: 'is damaged',
    next: 'nothing was changed; restore a backup with `holdfast restore <file>`',
  },
  13: { code: 'STORE_FULL', what: 'has no room left', next: 'free some space on its file system, then run again' },
  14: {
    code: 'STATE_DIR_UNUSABLE',
    what: 'can not be opened',
    next: 'check that the state directory exists and is yours',
  },
  26: {
    code: 'STORE_CORRUPT',
    what: 'is not a database',
    next: 'nothing was changed; restore a backup with `holdfast restore <file>`',
  },
};

/** SQLITE_IOERR_SHMSIZE: the shared memory beside a WAL could not be made long enough, as on a full disk. */
const SHARED_MEMORY_TOO_SHORT = 10 | (19 << 8);
const FULL = 13;
const BUSY = 5;

/** Somebody else holds the database. */
export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & 0xff) === BUSY;
}

/** Turns an error of SQLite into a coded one; anything else is thrown on as it is. */
export function storeError(error: unknown, path: string): unknown {
  if (error instanceof CodedError || !isSqliteError(error)) return error;
  const known = CODES[error.errcode === SHARED_MEMORY_TOO_SHORT ? FULL : error.errcode & 0xff];
  if (known === undefined) {
    return new CodedError('STORE_FAILED', `the database answered: ${error.message}`, { where: path, cause: error });
  }
  return new CodedError(known.code, `the database ${known.what} (${error.message})`, {
    where: path,
    next: known.next,
    cause: error,
  });
}

function isSqliteError(error: unknown): error is Error & { errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}
