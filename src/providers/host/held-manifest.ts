import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorCode } from '../../domain/failure.ts';
import type { Folder } from './folder.ts';
import { MANIFEST_NAME } from './held-names.ts';
import { manifestDigest, type OldFile } from './old-files.ts';
import type { Digest } from '../../domain/digest.ts';

/** What a step did, or was about to do, with files: written before the first is touched. */
export interface HeldManifest {
  /** `held`: the files were moved beside it. `compressed`: each became `<path>.gz` where it was. */
  readonly kind: 'held' | 'compressed';
  /** The folder that the paths are below, itself below the prune root; empty: the root. */
  readonly folder: string;
  readonly files: readonly OldFile[];
  readonly digest: Digest;
}

/** `absent`: none was written. `damaged`: it is not as it was written. */
export async function readManifest(from: Folder): Promise<HeldManifest | 'absent' | 'damaged'> {
  let text: string;
  try {
    text = await readFile(from.entry(MANIFEST_NAME), {
      encoding: 'utf8',
      flag: constants.O_RDONLY | constants.O_NOFOLLOW,
    });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'absent';
    if (errorCode(error) === 'ELOOP') return 'damaged';
    throw error;
  }
  return parsed(text) ?? 'damaged';
}

function parsed(text: string): HeldManifest | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    // Whoever asks is told that it is damaged; there is no more to say of text that is no JSON.
    return null;
  }
  if (!isRecord(data) || data['v'] !== 1 || (data['kind'] !== 'held' && data['kind'] !== 'compressed')) return null;
  const { kind, folder, files, digest } = data;
  if (typeof folder !== 'string' || !Array.isArray(files) || (folder !== '' && !isPath(folder))) return null;
  const listed = files.map((file: unknown) => parsedFile(file)).filter((file) => file !== null);
  const own = manifestDigest(listed);
  return listed.length === files.length && own === digest ? { kind, folder, files: listed, digest: own } : null;
}

function parsedFile(data: unknown): OldFile | null {
  if (!isRecord(data)) return null;
  const { path, size, mtimeNs, ino } = data;
  if (typeof path !== 'string' || typeof size !== 'number' || typeof mtimeNs !== 'string' || typeof ino !== 'string')
    return null;
  return isPath(path) && /^-?\d+$/.test(mtimeNs) && /^\d+$/.test(ino) ? { path, size, mtimeNs, ino } : null;
}

/** Names with `/` between them, none of which leads upwards. */
function isPath(text: string): boolean {
  return text.split('/').every((name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0'));
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
