import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../domain/failure.ts';
import { bytesOfText, textOfBytes } from './byte-name.ts';

/** Regular files that run with the rights of their owner or their group. */
export interface SetuidFiles {
  /** Real paths, in no order. */
  readonly paths: readonly string[];
  /** Folders that could not be looked through, each once. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
  /** True when there was more than we were willing to look at. */
  readonly cut: boolean;
}

/**
 * Walks folders of the system, each once, by their real paths below `root`. No symbolic link is followed on the way and
 * no other file system entered: what is mounted there is for whoever mounts it.
 */
export async function findSetuidFiles(
  root: string,
  folders: readonly string[],
  signal: AbortSignal,
  entriesAtMost = ENTRIES_AT_MOST,
): Promise<SetuidFiles> {
  const walk = new Walk(root === '' ? '' : await realpath(root), signal, entriesAtMost);
  for (const folder of folders) await walk.start(root + folder);
  return { paths: [...walk.paths], unreadable: walk.unreadable, cut: walk.cut };
}

const ENTRIES_AT_MOST = 1_000_000;
const SETUID_OR_SETGID = 0o6000;
const AT_ONCE = 64;

class Walk {
  readonly paths = new Set<string>();
  readonly #unreadable = new Map<string, string>();
  cut = false;
  readonly #root: string;
  readonly #signal: AbortSignal;
  readonly #visited = new Set<string>();
  #entriesLeft: number;

  constructor(root: string, signal: AbortSignal, entriesAtMost: number) {
    this.#root = root;
    this.#signal = signal;
    this.#entriesLeft = entriesAtMost;
  }

  get unreadable(): readonly { readonly path: string; readonly code: string }[] {
    return [...this.#unreadable].map(([path, code]) => ({ path, code }));
  }

  async start(folder: string): Promise<void> {
    try {
      const real = await realpath(folder);
      const { dev } = await lstat(real);
      await this.#folder(real, dev);
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#couldNot(folder, error);
    }
  }

  async #folder(start: string, dev: number): Promise<void> {
    const waiting = [start];
    for (let path = waiting.pop(); path !== undefined && !this.cut; path = waiting.pop()) {
      const itself = await this.#stat(path);
      if (itself === null || !itself.isDirectory() || itself.dev !== dev || this.#was(itself)) continue;
      const entries = await this.#entries(path);
      for (const entry of entries) if (entry.isDirectory) waiting.push(entry.path);
      const files = entries.filter((entry) => entry.isFile);
      for (let from = 0; from < files.length; from += AT_ONCE)
        await Promise.all(files.slice(from, from + AT_ONCE).map((entry) => this.#file(entry.path)));
    }
  }

  #was({ dev, ino }: Stats): boolean {
    const key = `${dev}:${ino}`;
    const was = this.#visited.has(key);
    this.#visited.add(key);
    return was;
  }

  async #entries(folder: string): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    try {
      for (const entry of await readdir(bytesOfText(folder), { withFileTypes: true, encoding: 'buffer' })) {
        this.#signal.throwIfAborted();
        if (this.#entriesLeft === 0) {
          this.cut = true;
          break;
        }
        this.#entriesLeft -= 1;
        entries.push(entryOf(folder, entry));
      }
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#couldNot(folder, error);
    }
    return entries;
  }

  async #file(path: string): Promise<void> {
    const found = await this.#stat(path);
    if (found !== null && found.isFile() && (found.mode & SETUID_OR_SETGID) !== 0) this.paths.add(this.#shown(path));
  }

  async #stat(path: string): Promise<Stats | null> {
    this.#signal.throwIfAborted();
    try {
      return await lstat(bytesOfText(path));
    } catch (error) {
      // A folder that may be listed and not entered.
      this.#couldNot(dirname(path), error);
      return null;
    }
  }

  #shown(path: string): string {
    return path.startsWith(`${this.#root}/`) ? path.slice(this.#root.length) : path;
  }

  #couldNot(path: string, error: unknown): void {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') this.#unreadable.set(this.#shown(path), code);
  }
}

interface Entry {
  readonly path: string;
  readonly isDirectory: boolean;
  readonly isFile: boolean;
}

/** A file system that does not tell the kind of an entry has it asked for. */
function entryOf(folder: string, entry: Dirent<Buffer>): Entry {
  const untold = !entry.isDirectory() && !entry.isFile() && !entry.isSymbolicLink() && !isSpecial(entry);
  return {
    path: `${folder}/${textOfBytes(entry.name)}`,
    isDirectory: entry.isDirectory() || untold,
    isFile: entry.isFile() || untold,
  };
}

function isSpecial(entry: Dirent<Buffer>): boolean {
  return entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice();
}
