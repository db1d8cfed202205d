import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join, matchesGlob, parse } from 'node:path';
import { errorCode } from '../../domain/failure.ts';

export interface FileSeen {
  readonly path: string;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** What lies under a pattern; only the newest is kept, as there may be very many. */
export interface FilesSeen {
  readonly matched: number;
  /** The newest that is not from the future. */
  readonly newest: FileSeen | null;
  /** The one that is furthest in the future. */
  readonly ahead: FileSeen | null;
  /** The folder without wildcards that the pattern starts in, when it is not there. */
  readonly missingFolder: string | null;
  /** Folders and files that could not be looked at; the first few. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
  /** Symbolic links that fit and lead nowhere. */
  readonly dangling: number;
  /** True when there was more than we were willing to look at. */
  readonly cut: boolean;
}

export interface FilesQuestion {
  /** Absolute; `*`, `?`, `[…]` and `{…}` within a name, `**` for any depth. As in a shell, none of them matches a leading dot. */
  readonly pattern: string;
  readonly kind: 'file' | 'folder';
  /** Later than this (milliseconds since the epoch) is the future. */
  readonly future: number;
  readonly signal: AbortSignal;
  /** Told of every one that counts, in no order: for those who want more than the newest. */
  readonly each?: (file: FileSeen) => void;
}

/**
 * Looks for files. Folders that are symbolic links are followed where the pattern names them or
 * matches their name, never by `**`; a file behind a link counts with its own age and size.
 */
export async function findFiles(question: FilesQuestion, entriesAtMost = ENTRIES_AT_MOST): Promise<FilesSeen> {
  const { root } = parse(question.pattern);
  const segments = question.pattern
    .slice(root.length)
    .split('/')
    .filter((segment) => segment !== '');
  const search = new Search(question, entriesAtMost);
  await search.walk(root, segments, true);
  return search.result();
}

const ENTRIES_AT_MOST = 200_000;
const UNREADABLE_KEPT = 5;

/** One walk over the folders, gathering as it goes. */
class Search {
  readonly #question: FilesQuestion;
  #entriesLeft: number;
  #matched = 0;
  #newest: FileSeen | null = null;
  #ahead: FileSeen | null = null;
  #missingFolder: string | null = null;
  readonly #unreadable: { path: string; code: string }[] = [];
  #dangling = 0;
  #cut = false;

  constructor(question: FilesQuestion, entriesAtMost: number) {
    this.#question = question;
    this.#entriesLeft = entriesAtMost;
  }

  result(): FilesSeen {
    return {
      matched: this.#matched,
      newest: this.#newest,
      ahead: this.#ahead,
      missingFolder: this.#missingFolder,
      unreadable: this.#unreadable,
      dangling: this.#dangling,
      cut: this.#cut,
    };
  }

  /** `named`: nothing but plain names led here, so that the folder is expected to exist. */
  async walk(folder: string, segments: readonly string[], named: boolean): Promise<void> {
    const [segment, ...rest] = segments;
    if (segment === undefined) return;
    if (segment === '**') return this.#walkAllBelow(folder, rest, named);
    if (!hasWildcard(segment)) {
      const path = join(folder, segment);
      if (rest.length > 0) return this.walk(path, rest, named);
      const found = await this.#consider(path, false);
      if (!found && named) await this.#expectFolder(folder);
      return;
    }
    for await (const entry of this.#entries(folder, named)) {
      if (!fits(entry.name, segment)) continue;
      const path = join(folder, entry.name);
      if (rest.length === 0) await this.#consider(path, entry.isSymbolicLink());
      else if (entry.isDirectory() || entry.isSymbolicLink()) await this.walk(path, rest, false);
    }
  }

  /** `**` stands for no folder or for any number of them; as the last segment it stands for everything below. */
  async #walkAllBelow(folder: string, rest: readonly string[], named: boolean): Promise<void> {
    const wanted = rest.length === 0 ? ['*'] : rest;
    await this.walk(folder, wanted, named);
    for await (const entry of this.#entries(folder, named)) {
      if (entry.isDirectory() && !entry.name.startsWith('.'))
        await this.#walkAllBelow(join(folder, entry.name), rest, false);
    }
  }

  async *#entries(folder: string, named: boolean): AsyncGenerator<Dirent> {
    try {
      for await (const entry of await opendir(folder)) {
        this.#question.signal.throwIfAborted();
        if (this.#entriesLeft === 0) {
          this.#cut = true;
          return;
        }
        this.#entriesLeft -= 1;
        yield entry;
      }
    } catch (error) {
      this.#question.signal.throwIfAborted();
      this.#couldNot(folder, error, named);
    }
  }

  async #expectFolder(folder: string): Promise<void> {
    try {
      await stat(folder);
    } catch (error) {
      this.#couldNot(folder, error, true);
    }
  }

  /** Counts a path that fits. True when there is something, of whatever kind. */
  async #consider(path: string, isLink: boolean): Promise<boolean> {
    try {
      const found = await stat(path);
      if (this.#question.kind === 'folder' ? found.isDirectory() : found.isFile()) {
        this.#count({ path, sizeBytes: found.size, modifiedAt: Math.round(found.mtimeMs) });
      }
      return true;
    } catch (error) {
      if (isLink && errorCode(error) === 'ENOENT') this.#dangling += 1;
      else this.#couldNot(path, error, false);
      return false;
    }
  }

  #count(file: FileSeen): void {
    this.#matched += 1;
    this.#question.each?.(file);
    if (file.modifiedAt > this.#question.future) {
      if (this.#ahead === null || file.modifiedAt > this.#ahead.modifiedAt) this.#ahead = file;
    } else if (this.#newest === null || file.modifiedAt > this.#newest.modifiedAt) {
      this.#newest = file;
    }
  }

  /** What is not there is no trouble, unless it was named; all else hides something from us. */
  #couldNot(path: string, error: unknown, named: boolean): void {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      if (named) this.#missingFolder = path;
    } else if (this.#unreadable.length < UNREADABLE_KEPT) {
      this.#unreadable.push({ path, code });
    }
  }
}

function hasWildcard(segment: string): boolean {
  return /[*?[\]{}]/.test(segment);
}

function fits(name: string, segment: string): boolean {
  return (segment.startsWith('.') || !name.startsWith('.')) && matchesGlob(name, segment);
}
