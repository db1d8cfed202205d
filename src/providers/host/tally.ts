import type { Failure } from '../../domain/check.ts';
import { errorCode } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import type { Folder } from './folder.ts';
import type { OldFile } from './old-files.ts';

/** How far the work on a set of files came. */
export interface Tally {
  /** With how many it was done. */
  readonly files: number;
  readonly bytes: number;
  /** Files that were no longer as listed, and so were left alone; the first few. */
  readonly moved: readonly string[];
  readonly movedCount: number;
  /** What ended it before all were done; null: nothing. */
  readonly stopped: Failure | null;
}

export const NOTHING_DONE: Tally = { files: 0, bytes: 0, moved: [], movedCount: 0, stopped: null };

/**
 * Does the work with one file after the other. `work` answers false when the file is not as listed any more; so
 * does a file, or a folder on the way, that is gone or became something else. Any other trouble ends it, as it
 * would meet the next one too.
 */
export async function tally(
  files: readonly OldFile[],
  signal: AbortSignal,
  work: (file: OldFile) => Promise<boolean>,
): Promise<Tally> {
  const moved: string[] = [];
  const done = { files: 0, bytes: 0, moved, movedCount: 0 };
  for (const file of files) {
    if (signal.aborted)
      return { ...done, stopped: { code: 'ABORTED', message: 'It was stopped before it had ended.' } };
    const trouble = await tried(file, work);
    if (trouble === null) {
      done.files += 1;
      done.bytes += file.size;
    } else if (trouble === 'moved') {
      done.movedCount += 1;
      if (moved.length < MOVED_KEPT) moved.push(file.path);
    } else {
      return { ...done, stopped: trouble };
    }
  }
  return { ...done, stopped: null };
}

/** A tally whose work must also have reached the disk: when it did not, that is what ended it. */
export async function onDisk(done: Tally, folders: readonly Folder[]): Promise<Tally> {
  try {
    for (const folder of folders) await folder.sync();
    return done;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { ...done, stopped: done.stopped ?? systemFailure(code, 'The folders that were changed') };
  }
}

/** An error of the system in words, with the file it was met at. */
export function systemFailure(code: string, path: string): Failure {
  return { code, message: `${printable(path)}: ${WORDS[code] ?? `the system answered ${code}`}.` };
}

const MOVED_KEPT = 5;

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'this user lacks the right to do it',
  EPERM: 'this user lacks the right to do it, or the file is immutable (lsattr)',
  EROFS: 'the file system is mounted read-only',
  ENOSPC: 'there is no room left on the file system',
  EDQUOT: "this user's quota of the file system is used up",
  EXDEV: 'it lies on another file system or mount',
  EEXIST: 'something else took its name meanwhile',
  EIO: 'the disk answered with an error; see the kernel log',
};

async function tried(file: OldFile, work: (file: OldFile) => Promise<boolean>): Promise<Failure | 'moved' | null> {
  try {
    return (await work(file)) ? null : 'moved';
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return GONE.has(code) ? 'moved' : systemFailure(code, file.path);
  }
}

const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);
