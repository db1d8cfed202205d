import type { FileHandle } from 'node:fs/promises';
import { constants, open, realpath, stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { digestOfBytes } from '../domain/digest.ts';
import type { Mistake, Place } from '../domain/mistake.ts';
import { printable } from '../domain/printable.ts';

/** A runbook's text and where it came from. */
export interface RunbookSource {
  /** As it was named; this is what messages show. */
  readonly path: string;
  readonly absolutePath: string;
  /** `sha256:` and hex of the file's bytes. */
  readonly digest: string;
  /** Without a byte order mark, lines ended by `\n`. */
  readonly text: string;
}

export type ReadRunbook =
  | { readonly status: 'read'; readonly source: RunbookSource }
  | { readonly status: 'refused'; readonly mistake: Mistake };

/** The most a runbook file may hold. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads a runbook file that may be hostile: at most 1 MiB, a regular file, UTF-8 without NUL,
 * and not a link that leads out of the folder it was named in. `cwd` is what a relative path is relative to.
 */
export async function readRunbook(path: string, cwd: string): Promise<ReadRunbook> {
  const absolutePath = resolve(cwd, path);
  try {
    const real = await realpath(absolutePath);
    const folder = await realpath(dirname(absolutePath));
    if (leadsOut(folder, real)) {
      return refused(
        path,
        'RUNBOOK_OUTSIDE_FOLDER',
        `a symbolic link that leads to ${printable(real)}, outside ${printable(folder)}`,
        'copy the file into the folder',
      );
    }
    // Asked before opening, as opening a device can do something; asked again on the handle, as it may be swapped.
    if (!(await stat(real)).isFile()) return notAFile(path);
    const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) return notAFile(path);
      const bytes = await readUpTo(handle, MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES)
        return refused(path, 'RUNBOOK_TOO_LARGE', 'larger than 1 MiB; a runbook is a page or two');
      return decode(path, absolutePath, bytes);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return couldNotRead(path, error);
  }
}

/** Makes a source of bytes that are already at hand. */
export function decode(path: string, absolutePath: string, bytes: Uint8Array): ReadRunbook {
  const broken = firstUndecodable(bytes);
  if (broken !== null)
    return refused(path, 'RUNBOOK_ENCODING_INVALID', 'not UTF-8 text; save the file as UTF-8', null, broken);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  const nul = text.indexOf('\0');
  if (nul >= 0)
    return refused(path, 'RUNBOOK_ENCODING_INVALID', 'a NUL byte; this is not a text file', null, placeOf(text, nul));
  return {
    status: 'read',
    source: { path, absolutePath, text, digest: digestOfBytes(bytes) },
  };
}

function leadsOut(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way === '..' || way.startsWith(`..${sep}`) || resolve(folder, way) !== file;
}

/** Up to `most` bytes. Room is taken for what the file says it holds, so that a thousand small files stay small. */
async function readUpTo(handle: FileHandle, most: number): Promise<Uint8Array> {
  const { size } = await handle.stat();
  let bytes = new Uint8Array(Math.min(most, size + 1));
  let filled = 0;
  while (filled < most) {
    if (filled === bytes.length) bytes = grown(bytes, most);
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** A file that grows while it is read, or does not know its size. */
function grown(bytes: Uint8Array, most: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(most, bytes.length * 2));
  larger.set(bytes);
  return larger;
}

/** The first line whose bytes are no UTF-8; a line feed is never part of a longer character. */
function firstUndecodable(bytes: Uint8Array): Place | null {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let start = 0; start <= bytes.length; line++) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch (error) {
      if (error instanceof TypeError) return { line, column: 1 };
      throw error;
    }
    start = end + 1;
  }
  return null;
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function notAFile(path: string): ReadRunbook {
  return refused(path, 'RUNBOOK_NOT_A_FILE', 'not a regular file; a runbook is a .md, .yaml or .yml file');
}

function couldNotRead(path: string, error: unknown): ReadRunbook {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code === null) throw error;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return refused(path, 'RUNBOOK_NOT_FOUND', 'no such file', 'holdfast runbook list shows the runbooks there are');
  return refused(path, 'RUNBOOK_UNREADABLE', `could not be read: ${code}${REASONS[code] ?? ''}`);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: ', you may not read it',
  ELOOP: ', a symbolic link that goes round in a circle or changed while it was read',
  EIO: ', the disk answered with an error',
};

function refused(
  path: string,
  code: Mistake['code'],
  message: string,
  next: string | null = null,
  at: Place = { line: 1, column: 1 },
): ReadRunbook {
  return { status: 'refused', mistake: { level: 'error', code, message, where: { file: path, ...at }, next } };
}
