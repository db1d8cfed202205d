import { realpath, stat } from 'node:fs/promises';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { HELD_FOLDER } from './held-names.ts';
import type { Mount } from './mounts.ts';

/** A folder whose files may be moved or removed. */
export interface PrunePlace {
  /** The prune root that it lies under, or is. */
  readonly root: string;
  /** Its real path. */
  readonly path: string;
  readonly ino: string;
}

/** What the operator allows, and what nobody may. */
export interface PruneLimits {
  readonly pruneRoots: readonly string[];
  /** Folders that no action touches, nor one that they lie in. */
  readonly keepOut: readonly string[];
}

export interface PrunePlaceQuestion {
  readonly path: string;
  readonly roots: readonly string[];
  readonly keepOut: readonly string[];
  readonly home: string;
  readonly mounts: readonly Mount[];
}

/** The folder, when the operator's roots allow it; null when it is not there. The refusal says which rule it met. */
export async function findPrunePlace(question: PrunePlaceQuestion): Promise<Looked<PrunePlace | null>> {
  const shown = printable(question.path);
  try {
    const real = await realOrNull(question.path);
    const root = deepestRoot(real ?? question.path, question.roots);
    if (root === null) return notAllowed(shown, real, question.roots);
    const unsafe = await troubleOfRoot(root, question.home);
    if (unsafe !== null) return unsafe;
    if (real === null) return seen(null);
    const kept = await keptOut(real, question.keepOut);
    if (kept !== null) return kept;
    return await judgePlace(real, root, question.mounts);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return unknown(code, `${shown} could not be looked at (${code}).`);
  }
}

/** Why a folder can not be a prune root, as a sentence; null: it can. By its name alone. */
export function refusedRoot(root: string, home: string): string | null {
  const name = withoutSlash(root);
  if (NEVER.has(name) || isWithin(withoutSlash(home), name))
    return `${printable(root)} is too much to be a prune root; name the folder that holds nothing but what may go.`;
  const system = NEVER_UNDER.find((folder) => isWithin(name, folder));
  return system === undefined ? null : `${printable(root)} lies in ${system}, where nothing is pruned.`;
}

const NEVER = new Set([
  '/',
  '/home',
  '/root',
  '/var',
  '/var/lib',
  '/run',
  '/opt',
  '/srv',
  '/mnt',
  '/media',
  '/snap',
  '/nix',
]);
const NEVER_UNDER = ['/etc', '/proc', '/sys', '/dev', '/boot', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/usr'];

async function troubleOfRoot(root: string, home: string): Promise<Looked<never> | null> {
  const refused = refusedRoot(root, home);
  if (refused !== null) return unknown('ROOT_UNSAFE', refused);
  const real = await realOrNull(root);
  if (real === null) return unknown('ENOENT', `The prune root ${printable(root)} does not exist.`);
  if (real === root) return null;
  return unknown(
    'ROOT_IS_LINK',
    `The prune root ${printable(root)} is, or lies behind, a symbolic link, and could be turned elsewhere: write ${printable(real)} in the configuration.`,
  );
}

/** The state directory holds keys that are never written again, and so look old. */
async function keptOut(real: string, keepOut: readonly string[]): Promise<Looked<never> | null> {
  for (const folder of keepOut) {
    const kept = (await realOrNull(folder)) ?? folder;
    if (isWithin(real, kept) || isWithin(kept, real))
      return unknown(
        'PATH_KEPT_OUT',
        `${printable(real)} is, holds or lies in ${printable(kept)}, which is Holdfast's own: name a folder beside it.`,
      );
  }
  return null;
}

async function judgePlace(real: string, root: string, mounts: readonly Mount[]): Promise<Looked<PrunePlace>> {
  const shown = printable(real);
  if (real.slice(root.length).split('/').includes(HELD_FOLDER))
    return unknown('PATH_HELD', `${shown} is a holding area: see host/restore-held and host/purge-held.`);
  const [own, ofRoot] = await Promise.all([stat(real, { bigint: true }), stat(root, { bigint: true })]);
  if (!own.isDirectory()) return unknown('ENOTDIR', `${shown} is not a folder.`);
  const between = mounts.some(
    ({ mountPoint }) => mountPoint !== root && isWithin(mountPoint, root) && isWithin(real, mountPoint),
  );
  if (own.dev !== ofRoot.dev || between) {
    return unknown(
      'OTHER_FILE_SYSTEM',
      `${shown} lies on another file system than its prune root ${printable(root)}, so that nothing can be held there: add it, or a folder on its file system, to host.pruneRoots.`,
    );
  }
  return seen({ root, path: real, ino: String(own.ino) });
}

function notAllowed(shown: string, real: string | null, roots: readonly string[]): Looked<never> {
  const where = real === null || printable(real) === shown ? shown : `${shown}, which really is ${printable(real)},`;
  const allowed = roots.length === 0 ? 'none is set' : roots.map((root) => printable(root)).join(', ');
  return unknown(
    'PATH_NOT_ALLOWED',
    `${where} does not lie under a prune root (host.pruneRoots in the configuration: ${allowed}).`,
  );
}

function deepestRoot(path: string, roots: readonly string[]): string | null {
  const fitting = roots.map(withoutSlash).filter((root) => isWithin(path, root));
  return fitting.toSorted((a, b) => b.length - a.length)[0] ?? null;
}

async function realOrNull(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, '');
}
