import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { CodedError } from '../domain/coded-error.ts';
import type { Mistake } from '../domain/mistake.ts';
import type { Runbook } from '../domain/runbook.ts';
import { suggest } from '../domain/suggest.ts';
import { actionCatalog } from '../maker/actions/catalog.ts';
import { duplicateNames, findRunbooks } from '../runbooks/find.ts';
import { openRunbook } from '../runbooks/open.ts';
import type { App } from './app.ts';

/** A runbook file, read. */
export interface LoadedFile {
  /** As it was named or found. */
  readonly path: string;
  /** null when a mistake is an error. */
  readonly runbook: Runbook | null;
  /** What is wrong with it. */
  readonly mistakes: readonly Mistake[];
}

export async function loadFile(app: App, path: string): Promise<LoadedFile> {
  const loaded = await openRunbook(path, app.surroundings.cwd, app.catalog, actionCatalog);
  return { path, runbook: loaded.runbook, mistakes: loaded.mistakes };
}

/** Where runbooks are looked for by name: where you are, then your own, then the folders of the configuration. */
export function runbookFolders(app: App): readonly string[] {
  const { cwd } = app.surroundings;
  return [
    resolve(cwd, 'runbooks'),
    resolve(app.places.configDir, 'runbooks'),
    ...app.config.runbooks.map((folder) => resolve(cwd, folder)),
  ];
}

/** The runbook files in those folders, as you would type them, and what is wrong with the folders themselves. */
export async function findFiles(
  app: App,
): Promise<{ readonly paths: readonly string[]; readonly mistakes: readonly Mistake[] }> {
  const { paths, mistakes } = await findRunbooks(runbookFolders(app));
  return { paths: paths.map((path) => asTyped(path, app.surroundings.cwd)), mistakes };
}

/** All of them, read, and names that are taken twice. */
export async function loadAll(
  app: App,
): Promise<{ readonly files: readonly LoadedFile[]; readonly mistakes: readonly Mistake[] }> {
  const { paths, mistakes } = await findFiles(app);
  const files = await Promise.all(paths.map((path) => loadFile(app, path)));
  const runbooks = files.flatMap((file) => (file.runbook === null ? [] : [file.runbook]));
  return { files, mistakes: [...mistakes, ...duplicateNames(runbooks)] };
}

/** A path below where you are, as you would type it. */
function asTyped(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near.startsWith('..') || isAbsolute(near) ? path : near;
}

/** The runbook that a person means by a path or a name, with its warnings; throws its errors when it can't be used. */
export async function loadNamed(app: App, named: string): Promise<LoadedFile & { readonly runbook: Runbook }> {
  const { runbook, ...file } = await fileNamed(app, named);
  if (runbook !== null) return { ...file, runbook };
  throw mistaken(file.mistakes.filter((mistake) => mistake.level === 'error'));
}

async function fileNamed(app: App, named: string): Promise<LoadedFile> {
  if (looksLikePath(named) || (await isThere(resolve(app.surroundings.cwd, named)))) return loadFile(app, named);
  const { files } = await loadAll(app);
  const match = files.find((file) => file.runbook?.name === named);
  if (match !== undefined) return match;
  const near = suggest(
    named,
    files.flatMap((file) => (file.runbook === null ? [] : [file.runbook.name])),
  );
  throw new CodedError('NOT_FOUND', `there is no runbook "${named}"`, {
    next: near === null ? 'name a file, or see `holdfast runbook list`' : `did you mean "${near}"?`,
  });
}

function looksLikePath(named: string): boolean {
  return named.includes('/') || /\.(?:md|ya?ml)$/i.test(named);
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false; // whatever the reason: it is looked for by name then, and not found is said
  }
}

/** Several mistakes in one error: the first carries the code, all are told. */
function mistaken(errors: readonly Mistake[]): CodedError {
  const [first, ...others] = errors;
  if (first === undefined) return new CodedError('INTERNAL', 'a runbook was refused without a reason');
  const more = others.map((mistake) => `\n${mistake.code}  ${placeOf(mistake)}  ${mistake.message}`).join('');
  return new CodedError(first.code, `${first.message}${more}`, { where: placeOf(first), next: first.next });
}

export function placeOf({ where }: Mistake): string {
  return `${where.file}:${where.line}:${where.column}`;
}
