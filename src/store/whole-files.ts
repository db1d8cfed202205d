import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CodedError } from '../domain/coded-error.ts';
import { errorCode } from '../domain/failure.ts';

/** The file's text; null when there is none. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Puts `text` in the place of the file at `path` (0600): whoever reads it sees the old one or the new one, whole. */
export function replaceFile(path: string, text: string): void {
  const partial = written(path, text);
  renameSync(partial, path);
  settle(path);
}

/** As replaceFile, but only when there is no file: false when there is one, and then it stays. */
export function createFile(path: string, text: string): boolean {
  const partial = written(path, text);
  try {
    linkSync(partial, path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(partial, { force: true });
  }
  settle(path);
  return true;
}

/** Why a file of the state directory could not be written: STORE_FULL or STATE_DIR_UNUSABLE. */
export function notWritten(path: string, cause: unknown): CodedError {
  const full = errorCode(cause) === 'ENOSPC' || errorCode(cause) === 'EDQUOT';
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CodedError(full ? 'STORE_FULL' : 'STATE_DIR_UNUSABLE', `${path} can't be written (${why})`, {
    where: path,
    next: full ? 'free some space on its file system, then run again' : 'check the rights of the state directory',
    cause,
  });
}

/** A file beside `path` that holds `text`, on disk. Named for the process, so that two of them do not meet in it. */
function written(path: string, text: string): string {
  const partial = `${path}.${process.pid}.partial`;
  rmSync(partial, { force: true });
  try {
    writeFileSync(partial, text, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  return partial;
}

/** A name is on disk when its folder is. */
function settle(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
