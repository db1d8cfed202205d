import { constants } from 'node:fs';
import { open, opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../domain/failure.ts';
import { continues, type LogPlace } from './log-place.ts';

/**
 * The files that a log went on in before the one that bears its name now, the oldest first: the one that was read up to
 * `place`, wherever it was moved or copied in its folder, and those that came after it. null: it is not to be found.
 */
export async function findRotated(
  path: string,
  place: LogPlace,
  currentIno: string,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const others = (await regularFiles(path, signal)).filter(({ ino }) => ino !== currentIno);
  const moved = others.filter(({ ino }) => ino === place.ino);
  const copied = place.offset === 0 ? [] : others.filter((file) => isRotated(file.path, path)).slice(0, COPIES_AT_MOST);
  for (const file of [...moved, ...copied]) {
    if (await holds(file.path, place)) {
      const later = others.filter((other) => other.mtimeMs > file.mtimeMs && isRotated(other.path, path));
      const oldestFirst = later.toSorted((a, b) => a.mtimeMs - b.mtimeMs).slice(-LATER_AT_MOST);
      return [file.path, ...oldestFirst.map((other) => other.path)];
    }
  }
  return null;
}

const ENTRIES_AT_MOST = 5_000;
const COPIES_AT_MOST = 20;
const LATER_AT_MOST = 5;

interface File {
  readonly path: string;
  readonly ino: string;
  readonly mtimeMs: number;
}

/** In the folder of the log, and in that of the file where it really lies; the newest first. */
async function regularFiles(path: string, signal: AbortSignal): Promise<readonly File[]> {
  const folders = new Set([dirname(path), dirname(await orItself(realpath(path), path))]);
  const files: File[] = [];
  for (const folder of folders) {
    try {
      for await (const entry of await opendir(folder)) {
        signal.throwIfAborted();
        if (!entry.isFile()) continue;
        if (files.length >= ENTRIES_AT_MOST) break;
        const found = await fileAt(join(folder, entry.name));
        if (found !== null) files.push(found);
      }
    } catch (error) {
      signal.throwIfAborted();
      // A folder that may be passed through but not listed tells nothing: then the rest is not to be found.
      if (errorCode(error) === null) throw error;
    }
  }
  return files.toSorted((a, b) => b.mtimeMs - a.mtimeMs);
}

async function fileAt(path: string): Promise<File | null> {
  try {
    const found = await stat(path, { bigint: true });
    return { path, ino: String(found.ino), mtimeMs: Number(found.mtimeMs) };
  } catch (error) {
    // It went away meanwhile.
    if (errorCode(error) === null) throw error;
    return null;
  }
}

async function orItself(real: Promise<string>, path: string): Promise<string> {
  try {
    return await real;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return path;
  }
}

/** As logrotate and its like name them: `app.log.1`, `app.log-20261120`; what is packed can not be gone on in. */
function isRotated(candidate: string, path: string): boolean {
  const [name, own] = [basename(candidate), basename(path)];
  return name.startsWith(own) && /^[.-]\d/.test(name.slice(own.length)) && !/\.(?:gz|xz|bz2|zst|lz4|Z)$/.test(name);
}

async function holds(path: string, place: LogPlace): Promise<boolean> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const file = await handle.stat();
      return file.isFile() && (await continues(handle, file.size, place));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return false;
  }
}
