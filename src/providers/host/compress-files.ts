import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { errorCode } from '../../domain/failure.ts';
import { listAgain, type FileSet } from './file-set.ts';
import { namesOf, type Folder } from './folder.ts';
import { PARTIAL_ENDING } from './held-names.ts';
import { inHolding } from './holding.ts';
import type { OldFile } from './old-files.ts';
import { Parents } from './parents.ts';
import { withHeld, type HeldSet } from './restore-files.ts';
import { isSameFile, whatIsAt } from './same-file.ts';
import { NOTHING_DONE, onDisk, tally, type Tally } from './tally.ts';

/** Puts `<name>.gz` in the place of each file of a sealed set. At every instant one of the two is whole on the disk. */
export async function compressFiles(set: FileSet, name: string, signal: AbortSignal): Promise<Tally> {
  const listed = await listAgain(set, signal);
  if (listed.status === 'unknown') return { ...NOTHING_DONE, stopped: listed.failure };
  const { files, digest } = listed.value;
  const folder = set.folder.slice(set.root.length + 1);
  return inHolding(set.root, name, { kind: 'compressed', folder, files, digest }, async (root) => {
    return eachIn(root, folder, files, signal, (at, own, file) => compress(at, own, file));
  });
}

/** Takes it back: the file as it was in the place of each `<name>.gz`, over nothing. */
export async function decompressFiles(set: HeldSet, signal: AbortSignal): Promise<Tally> {
  return withHeld(
    set,
    (held) => held.away,
    async ({ away, manifest }, root) => {
      return eachIn(root, manifest.folder, away, signal, (at, own, file) => decompress(at, own, file));
    },
  );
}

async function eachIn(
  root: Folder,
  path: string,
  files: readonly OldFile[],
  signal: AbortSignal,
  work: (folder: Folder, name: string, file: OldFile) => Promise<boolean>,
): Promise<Tally> {
  const base = await root.down(namesOf(path));
  const parents = new Parents(base, false);
  try {
    const done = await tally(files, signal, async (file) => {
      const { folder, name } = await parents.of(file.path);
      return work(folder, name, file);
    });
    return await onDisk(done, [base]);
  } finally {
    await parents.close();
    await base.close();
  }
}

async function compress(folder: Folder, name: string, file: OldFile): Promise<boolean> {
  const source = await openSame(folder.entry(name), file);
  if (source === null) return false;
  try {
    return await replace(
      folder,
      { from: name, to: `${name}.gz` },
      source,
      file,
      createGzip(),
      async (written, read) => {
        return (await digestOf(written, createGunzip())) === read;
      },
    );
  } finally {
    await source.close();
  }
}

async function decompress(folder: Folder, name: string, file: OldFile): Promise<boolean> {
  const original = await whatIsAt(folder.entry(name));
  if (original !== null) {
    // The process died after the .gz was whole and before the original was gone: the original stays.
    if (!isSameFile(original, file)) return false;
    await unlink(folder.entry(`${name}.gz`));
    return true;
  }
  const source = await open(folder.entry(`${name}.gz`), READ);
  try {
    return await replace(folder, { from: `${name}.gz`, to: name }, source, file, createGunzip(), async (written) => {
      return (await written.stat()).size === file.size;
    });
  } finally {
    await source.close();
  }
}

/**
 * Writes `to` from what `source` holds, under a name of its own until it is proven and on the disk; then it takes
 * its name, over nothing, and only then `from` goes. False, with nothing changed, when `from` changed meanwhile
 * or `to` was taken.
 */
async function replace(
  folder: Folder,
  { from, to }: { readonly from: string; readonly to: string },
  source: FileHandle,
  file: OldFile,
  through: Transform,
  isRight: (written: FileHandle, readDigest: string) => Promise<boolean>,
): Promise<boolean> {
  const before = await source.stat({ bigint: true });
  const partial = `${to}${PARTIAL_ENDING}`;
  const written = await create(folder.entry(partial));
  try {
    const read = createHash('sha256');
    await pipeline(source.createReadStream({ start: 0, autoClose: false }), passing(read), through, async (chunks) => {
      // Written without closing it, so that the same file can then be put on the disk and read back.
      for await (const chunk of chunks) await written.writeFile(chunk);
    });
    await written.sync();
    if (!(await isRight(written, read.digest('hex')))) throw damaged(to);
    await keepRights(written, before, file);
    await written.sync();
    const after = await source.stat({ bigint: true });
    const now = await whatIsAt(folder.entry(from));
    const isUnchanged = after.mtimeNs === before.mtimeNs && after.size === before.size && now?.ino === before.ino;
    if (!isUnchanged || !(await takeName(folder, partial, to))) return false;
    await folder.sync();
    await unlink(folder.entry(from));
    return true;
  } finally {
    await written.close();
    await unlink(folder.entry(partial)).catch(onlyAbsent);
  }
}

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function openSame(path: string, file: OldFile): Promise<FileHandle | null> {
  const handle = await open(path, READ);
  if (isSameFile(await handle.stat({ bigint: true }), file)) return handle;
  await handle.close();
  return null;
}

/** A file of its own, for its owner alone. One of that name is left from a process that died, and is whole nowhere. */
async function create(path: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  try {
    return await open(path, flags, 0o600);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    await unlink(path);
    return open(path, flags, 0o600);
  }
}

function passing(hash: { update(chunk: Buffer): unknown }): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

async function digestOf(written: FileHandle, through: Transform): Promise<string> {
  const hash = createHash('sha256');
  const nowhere = new Writable({ write: (chunk: Buffer, _encoding, done) => (hash.update(chunk), done()) });
  await pipeline(written.createReadStream({ start: 0, autoClose: false }), through, nowhere);
  return hash.digest('hex');
}

/** Owner, rights and times as they were. What this user may not give away is kept from others instead. */
async function keepRights(
  written: FileHandle,
  before: { readonly uid: bigint; readonly gid: bigint; readonly mode: bigint; readonly atimeMs: bigint },
  file: OldFile,
): Promise<void> {
  let mode = Number(before.mode & 0o777n);
  try {
    await written.chown(Number(before.uid), Number(before.gid));
  } catch (error) {
    if (errorCode(error) !== 'EPERM') throw error;
    mode &= 0o700;
  }
  await written.chmod(mode);
  await written.utimes(Number(before.atimeMs) / 1_000, Number(file.mtimeNs) / 1e9);
}

/** Over nothing where links can be made; else with a look right before. */
async function takeName(folder: Folder, partial: string, name: string): Promise<boolean> {
  try {
    await link(folder.entry(partial), folder.entry(name));
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
  }
  if ((await whatIsAt(folder.entry(name))) !== null) return false;
  await rename(folder.entry(partial), folder.entry(name));
  return true;
}

function damaged(name: string): Error {
  return Object.assign(new Error(`${name} did not hold what was written`), { code: 'EIO' });
}

function onlyAbsent(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}
