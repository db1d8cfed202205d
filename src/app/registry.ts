import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Mistake } from '../domain/mistake.ts';
import type { Runbook } from '../domain/runbook.ts';
import { duplicateNames } from '../runbooks/find.ts';
import type { App } from './app.ts';
import { findFiles, loadFile, runbookFolders, type LoadedFile } from './load-runbooks.ts';

/** What is wrong with one runbook file, and what holds in its place. */
export interface RunbookTrouble {
  readonly path: string;
  readonly mistakes: readonly Mistake[];
  /** The last good version goes on running under this name; null when there never was one. */
  readonly keeps: string | null;
}

export interface Registry {
  /** By name: the latest good version of each. The same map until something changed. */
  runbooks(): ReadonlyMap<string, Runbook>;
  troubles(): readonly RunbookTrouble[];
  /** The folders that its files lie in. */
  folders(): readonly string[];
  /** Looks whether a file changed, came or went; resolves to true when anything did. */
  refresh(): Promise<boolean>;
}

/**
 * The runbooks that `up` runs: those of the given files, or of all folders. A broken edit keeps the
 * last good version and is told as trouble; a deleted file ends its runbook; of two files with one
 * name the first holds.
 */
export function openRegistry(app: App, files: readonly string[]): Registry {
  let known = new Map<string, KnownFile>();
  let runbooks: ReadonlyMap<string, Runbook> = new Map();
  let folderMistakes: readonly Mistake[] = [];
  return {
    runbooks: () => runbooks,
    folders: () =>
      files.length === 0
        ? runbookFolders(app)
        : [...new Set(files.map((file) => dirname(resolve(app.surroundings.cwd, file))))],
    troubles: () => [
      ...troublesOf(known),
      ...folderMistakes.map((mistake) => ({ path: mistake.where.file, mistakes: [mistake], keeps: null })),
    ],
    refresh: async () => {
      const before = stamps(known);
      const { loaded, mistakes } = await loadChanged(app, files, known);
      known = loaded;
      runbooks = stamps(known) === before ? runbooks : byName(known);
      folderMistakes = [...mistakes, ...duplicateNames([...loaded.values()].flatMap(({ lastGood }) => lastGood ?? []))];
      return before !== stamps(known);
    },
  };
}

interface KnownFile {
  /** Changes when the file does. */
  readonly stamp: string;
  readonly file: LoadedFile;
  readonly lastGood: Runbook | null;
}

async function loadChanged(
  app: App,
  files: readonly string[],
  known: ReadonlyMap<string, KnownFile>,
): Promise<{ readonly loaded: Map<string, KnownFile>; readonly mistakes: readonly Mistake[] }> {
  const { paths, mistakes } = files.length > 0 ? { paths: files, mistakes: [] } : await findFiles(app);
  const loaded = new Map<string, KnownFile>();
  for (const path of paths) {
    const stamp = await stampOf(resolve(app.surroundings.cwd, path));
    const before = known.get(path);
    if (before !== undefined && before.stamp === stamp) loaded.set(path, before);
    else {
      const file = await loadFile(app, path);
      loaded.set(path, { stamp, file, lastGood: file.runbook ?? before?.lastGood ?? null });
    }
  }
  return { loaded, mistakes };
}

async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'; // reading it will say why
  }
}

function byName(known: ReadonlyMap<string, KnownFile>): ReadonlyMap<string, Runbook> {
  const runbooks = new Map<string, Runbook>();
  for (const { lastGood } of known.values()) {
    if (lastGood !== null && !runbooks.has(lastGood.name)) runbooks.set(lastGood.name, lastGood);
  }
  return runbooks;
}

function troublesOf(known: ReadonlyMap<string, KnownFile>): readonly RunbookTrouble[] {
  return [...known.entries()].flatMap(([path, { file, lastGood }]) => {
    const errors = file.mistakes.filter((mistake) => mistake.level === 'error');
    return errors.length === 0 ? [] : [{ path, mistakes: errors, keeps: lastGood?.name ?? null }];
  });
}

function stamps(known: ReadonlyMap<string, KnownFile>): string {
  return [...known.entries()].map(([path, { stamp }]) => `${path} ${stamp}`).join('\n');
}
