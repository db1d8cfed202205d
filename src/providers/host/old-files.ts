import { lstat, readdir } from 'node:fs/promises';
import { matchesGlob } from 'node:path';
import { digestOf, type Digest } from '../../domain/digest.ts';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { Folder } from './folder.ts';
import { PARTIAL_ENDING } from './held-names.ts';
import { parseMountInfo } from './mounts.ts';
import { readSystemFile } from './system-file.ts';

/** A regular file as it was seen. Figures that do not fit a double are decimal digits. */
export interface OldFile {
  /** Below the folder that was asked for, with `/` between names. */
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly ino: string;
}

export interface OldFilesQuestion {
  /** Its real path. */
  readonly folder: string;
  /** Only files last written before this instant, milliseconds since the epoch. */
  readonly before: number;
  /** A pattern for the file's name; null: every name. A leading dot must be written, as in a shell. */
  readonly include: string | null;
  /** `plain`: only what can be compressed in place: not compressed yet, no second name, nothing in the way. */
  readonly kind: 'any' | 'plain';
  readonly minBytes: number;
}

/** A set of files, in the order of their paths. */
export interface OldFiles {
  readonly files: readonly OldFile[];
  /** Of all of them; a file with two names in the set counts once. */
  readonly bytes: number;
  /** Binds path, size, time and inode of every one. */
  readonly digest: Digest;
  /** How many of them are also known by another name, so that their room stays taken when this one goes. */
  readonly linked: number;
  /** What was passed by, and why: sentences for the card. */
  readonly passedBy: readonly string[];
}

/**
 * The regular files under a folder that are older than an instant. No symbolic link is followed, no other file
 * system or mount is entered, nor any folder whose name begins with a dot; the holding area is one of those.
 */
export async function findOldFiles(
  question: OldFilesQuestion,
  signal: AbortSignal,
  limits = { files: FILES_AT_MOST, entries: ENTRIES_AT_MOST },
): Promise<Looked<OldFiles>> {
  const mounts = new Set(parseMountInfo((await readSystemFile('/proc/self/mountinfo')) ?? '').map((m) => m.mountPoint));
  const walk = new Walk(question, mounts, limits, signal);
  try {
    const folder = await Folder.open(question.folder);
    try {
      await walk.into(folder, []);
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (error instanceof TooMany) return unknown(error.code, error.message);
    const code = errorCode(error);
    if (code === null) throw error;
    return unknown(code, `${printable(question.folder)} could not be looked through (${code}).`);
  }
  return seen(walk.result());
}

/** The digest that seals a set of files. */
export function manifestDigest(files: readonly OldFile[]): Digest {
  return digestOf(
    'manifest',
    files.map(({ path, size, mtimeNs, ino }) => [path, size, mtimeNs, ino]),
  );
}

const FILES_AT_MOST = 10_000;
const ENTRIES_AT_MOST = 500_000;
const DEPTH_AT_MOST = 100;
const COMPRESSED = /\.(gz|tgz|bz2|xz|zst|lz4|lzma|zip|7z|br|Z)$/i;

class TooMany extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One walk, gathering as it goes. */
class Walk {
  readonly #question: OldFilesQuestion;
  readonly #mounts: ReadonlySet<string>;
  readonly #limits: { readonly files: number; readonly entries: number };
  readonly #signal: AbortSignal;
  readonly #beforeNs: bigint;
  readonly #files: OldFile[] = [];
  readonly #sizes = new Map<string, number>();
  #entriesLeft: number;
  #device: bigint | null = null;
  #linked = 0;
  readonly #passedBy = { unreadable: 0, elsewhere: 0, notText: 0, linked: 0, inTheWay: 0 };

  constructor(
    question: OldFilesQuestion,
    mounts: ReadonlySet<string>,
    limits: { readonly files: number; readonly entries: number },
    signal: AbortSignal,
  ) {
    this.#question = question;
    this.#mounts = mounts;
    this.#limits = limits;
    this.#signal = signal;
    this.#beforeNs = BigInt(Math.trunc(question.before)) * 1_000_000n;
    this.#entriesLeft = limits.entries;
  }

  result(): OldFiles {
    const files = this.#files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return {
      files,
      bytes: [...this.#sizes.values()].reduce((sum, size) => sum + size, 0),
      digest: manifestDigest(files),
      linked: this.#linked,
      passedBy: this.#sentences(),
    };
  }

  async into(folder: Folder, names: readonly string[]): Promise<void> {
    this.#device ??= (await folder.stat()).dev;
    const entries = await readdir(folder.itself, { withFileTypes: true, encoding: 'buffer' });
    const present = new Set(entries.map(({ name }) => name.toString('utf8')));
    for (const entry of entries) {
      this.#signal.throwIfAborted();
      if (this.#entriesLeft === 0) throw this.#tooManyEntries();
      this.#entriesLeft -= 1;
      const name = textOf(entry.name);
      const isFolder = entry.isDirectory();
      if (name === null) {
        if (isFolder || entry.isFile()) this.#passedBy.notText += 1;
      } else if (isFolder) {
        if (!name.startsWith('.')) await this.#enter(folder, [...names, name]);
      } else if (entry.isFile() && this.#isWanted(name)) {
        await this.#consider(folder, [...names, name], present);
      }
    }
  }

  async #enter(above: Folder, names: readonly string[]): Promise<void> {
    const name = names.at(-1) ?? '';
    if (this.#mounts.has(`${this.#question.folder}/${names.join('/')}`)) {
      this.#passedBy.elsewhere += 1;
      return;
    }
    if (names.length > DEPTH_AT_MOST)
      throw new TooMany(
        'TOO_DEEP',
        `There are more than ${DEPTH_AT_MOST} folders in one another under ${printable(this.#question.folder)}; name a deeper one.`,
      );
    let folder: Folder | null = null;
    try {
      folder = await above.down([name]);
      if ((await folder.stat()).dev === this.#device) await this.into(folder, names);
      else this.#passedBy.elsewhere += 1;
    } catch (error) {
      // What is gone, or became something else, has nothing for us; what may not be read is said.
      const code = errorCode(error);
      if (code === 'EACCES' || code === 'EPERM') this.#passedBy.unreadable += 1;
      else if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    } finally {
      await folder?.close();
    }
  }

  #isWanted(name: string): boolean {
    const { include, kind } = this.#question;
    if (name.endsWith(PARTIAL_ENDING) || (kind === 'plain' && COMPRESSED.test(name))) return false;
    if (name.startsWith('.') && !(include?.startsWith('.') ?? false)) return false;
    return include === null || matchesGlob(name, include);
  }

  async #consider(folder: Folder, names: readonly string[], present: ReadonlySet<string>): Promise<void> {
    const name = names.at(-1) ?? '';
    const file = await statOrNull(folder.entry(name));
    if (file === null || !file.isFile() || file.mtimeNs >= this.#beforeNs) return;
    if (file.size < BigInt(this.#question.minBytes)) return;
    if (this.#question.kind === 'plain' && file.nlink > 1n) {
      this.#passedBy.linked += 1;
      return;
    }
    if (this.#question.kind === 'plain' && present.has(`${name}.gz`)) {
      this.#passedBy.inTheWay += 1;
      return;
    }
    if (this.#files.length >= this.#limits.files) throw this.#tooManyFiles();
    if (file.nlink > 1n) this.#linked += 1;
    const ino = String(file.ino);
    this.#sizes.set(ino, Number(file.size));
    this.#files.push({ path: names.join('/'), size: Number(file.size), mtimeNs: String(file.mtimeNs), ino });
  }

  #tooManyFiles(): TooMany {
    return new TooMany(
      'TOO_MANY_FILES',
      `More than ${this.#limits.files} files fit under ${printable(this.#question.folder)}, and one plan takes no more: name a deeper folder, a longer time, or a narrower "include", and make several plans.`,
    );
  }

  #tooManyEntries(): TooMany {
    return new TooMany(
      'TOO_MANY_ENTRIES',
      `There are more than ${this.#limits.entries} entries under ${printable(this.#question.folder)}: name a deeper folder.`,
    );
  }

  #sentences(): readonly string[] {
    const { unreadable, elsewhere, notText, linked, inTheWay } = this.#passedBy;
    const sentences: readonly (readonly [number, string])[] = [
      [unreadable, 'not entered: this user may not read'],
      [elsewhere, 'not entered: another file system'],
      [notText, 'left alone: the name is not UTF-8'],
      [linked, 'left alone: has a second name'],
      [inTheWay, 'left alone: a .gz of that name is there already'],
    ];
    return sentences.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  }
}

/** The name as text, or null when its bytes are not UTF-8: it could not be named in a manifest. */
function textOf(name: Buffer): string | null {
  const text = name.toString('utf8');
  return Buffer.from(text, 'utf8').equals(name) ? text : null;
}

async function statOrNull(path: string) {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
