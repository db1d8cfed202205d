import { constants } from 'node:fs';
import { lstat, open, readdir, readlink, stat, type FileHandle } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { bytesOfText, textOfBytes } from './byte-name.ts';

/** Files of the system, looked at by absolute paths. Names that are not UTF-8 can be asked for as they were listed. */
export interface SystemFiles {
  /** The names in a folder, sorted; null: there is no such folder. */
  names(folder: string): Promise<Looked<readonly string[] | null>>;
  /** The text of a regular file of at most 8 MiB; null: it is not there. */
  text(path: string): Promise<Looked<string | null>>;
  /** What lies at a path; a symbolic link is followed, and told. null: nothing, not even a link that leads nowhere. */
  look(path: string, digestUpTo: number): Promise<Looked<FileLook | null>>;
  /** Where a symbolic link leads; null: there is none. */
  linkTarget(path: string): Promise<Looked<string | null>>;
}

export interface FileLook {
  readonly kind: 'file' | 'folder' | 'other' | 'dangling link';
  /** The twelve bits of permissions, octal: `4755`, `0644`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** Of the content of a regular file that is not too large; null: not looked for, or not to be read by this user. */
  readonly digest: string | null;
  /** Why there is no digest of a regular file: it is too large, or the code of the error. */
  readonly withoutDigest: string | null;
  /** Where the path leads when it is a symbolic link. */
  readonly link: string | null;
}

/** `root` stands before every path but those of /proc, which lie under `procRoot`: a test lays out a tree of its own. */
export function createSystemFiles(root: string, procRoot: string): SystemFiles {
  const at = (path: string): Buffer =>
    bytesOfText(path.startsWith('/proc/') ? procRoot + path.slice('/proc'.length) : root + path);
  return {
    names: (folder) =>
      looked(folder, async () =>
        (await readdir(at(folder), { encoding: 'buffer' })).map(textOfBytes).toSorted(byCodeUnit),
      ),
    text: (path) => looked(path, () => textOf(at(path), path)),
    look: (path, digestUpTo) => looked(path, () => lookAt(at(path), path, digestUpTo)),
    linkTarget: (path) => looked(path, () => targetOf(at(path))),
  };
}

const TEXT_AT_MOST = 8 * 2 ** 20;

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Trouble that can be told of as a value, thrown no farther than `looked`. */
class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What is not there is null; what may not be looked at is unknown. */
async function looked<Value>(path: string, work: () => Promise<Value>): Promise<Looked<Value | null>> {
  try {
    return seen(await work());
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (error instanceof Refused) return unknown(code, error.message);
    if (code === 'ENOENT' || code === 'ENOTDIR') return seen(null);
    return unknown(code, `${printable(path)} could not be looked at (${code}).`);
  }
}

/** A pipe without a writer must not hold us up, nor a terminal become ours. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

async function textOf(bytes: Buffer, path: string): Promise<string> {
  const handle = await open(bytes, READ_FLAGS);
  try {
    if (!(await handle.stat()).isFile()) throw new Refused('NOT_A_FILE', `${printable(path)} is not a regular file.`);
    return textOfBytes(await readAll(handle, path));
  } finally {
    await handle.close();
  }
}

/** Files of /proc and files that grow have no size to go by. */
async function readAll(handle: FileHandle, path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    size += bytesRead;
    if (size > TEXT_AT_MOST)
      throw new Refused('TOO_LARGE', `${printable(path)} is larger than 8 MiB, so it was not read.`);
  }
}

const CHUNK = 64 * 1024;

async function lookAt(bytes: Buffer, path: string, digestUpTo: number): Promise<FileLook> {
  const itself = await lstat(bytes);
  const link = itself.isSymbolicLink() ? await targetOf(bytes) : null;
  const found = link === null ? itself : await behindLink(bytes);
  const content =
    found !== null && found.isFile() && digestUpTo > 0
      ? await contentOf(bytes, path, digestUpTo)
      : { digest: null, withoutDigest: null };
  const shown = found ?? itself;
  return {
    kind: found === null ? 'dangling link' : found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other',
    mode: (shown.mode & 0o7777).toString(8).padStart(4, '0'),
    uid: shown.uid,
    gid: shown.gid,
    sizeBytes: shown.size,
    modifiedAt: Math.round(shown.mtimeMs),
    ...content,
    link,
  };
}

async function behindLink(bytes: Buffer) {
  try {
    return await stat(bytes);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

async function targetOf(bytes: Buffer): Promise<string | null> {
  try {
    return textOfBytes(await readlink(bytes, { encoding: 'buffer' }));
  } catch (error) {
    if (errorCode(error) === 'EINVAL') return null;
    throw error;
  }
}

type Content = Pick<FileLook, 'digest' | 'withoutDigest'>;

async function contentOf(bytes: Buffer, path: string, digestUpTo: number): Promise<Content> {
  let handle: FileHandle;
  try {
    handle = await open(bytes, READ_FLAGS);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EACCES' || code === 'EPERM') return { digest: null, withoutDigest: code };
    throw error;
  }
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = await handle.stat({ bigint: true });
      if (before.size > BigInt(digestUpTo)) return { digest: null, withoutDigest: 'TOO_LARGE' };
      const digest = await digestOfHandle(handle, digestUpTo);
      const after = await handle.stat({ bigint: true });
      if (digest !== null && before.mtimeNs === after.mtimeNs && before.size === after.size)
        return { digest, withoutDigest: null };
    }
    throw new Refused('FILE_CHANGING', `${printable(path)} was written while it was read, so it has no digest.`);
  } finally {
    await handle.close();
  }
}

const ATTEMPTS = 3;

/** null: it outgrew what we are willing to read. */
async function digestOfHandle(handle: FileHandle, atMost: number): Promise<string | null> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let position = 0; position <= atMost; ) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, position);
    if (bytesRead === 0) return `sha256:${hash.digest('hex')}`;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  return null;
}
