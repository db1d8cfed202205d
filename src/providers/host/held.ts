import type { BigIntStats } from 'node:fs';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { Folder, namesOf } from './folder.ts';
import { readManifest, type HeldManifest } from './held-manifest.ts';
import { FILES_FOLDER, HELD_FOLDER } from './held-names.ts';
import { troubleOfArea } from './holding-area.ts';
import type { OldFile } from './old-files.ts';
import { Parents } from './parents.ts';
import { isSameFile, whatIsAt } from './same-file.ts';

/** What a step did with files, as its manifest says it, and each file as it stands now. */
export interface Held extends Sorted {
  readonly manifest: HeldManifest;
  /** Inode of its folder in the holding area. */
  readonly ino: string;
}

interface Sorted {
  /** In the holding area (or compressed), and their place is free; one whose way was cut half-way is here too. */
  readonly away: readonly OldFile[];
  /** As `away`, but their place is taken by something else, or its folder is gone. */
  readonly blocked: readonly OldFile[];
  /** At their place as they were, and nowhere else. */
  readonly back: readonly OldFile[];
  /** Neither here nor there, or not as they were. */
  readonly lost: readonly OldFile[];
}

/** null: nothing is held under that name. */
export async function readHeld(root: string, name: string): Promise<Looked<Held | null>> {
  const path = `${root}/${HELD_FOLDER}/${name}`;
  let base: Folder | null = null;
  try {
    base = await Folder.open(root);
    return await readIn(base, name, path);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return unknown(code, `${printable(path)} could not be looked at (${code}).`);
  } finally {
    await base?.close();
  }
}

async function readIn(base: Folder, name: string, path: string): Promise<Looked<Held | null>> {
  if ((await whatIsAt(base.entry(HELD_FOLDER))) === null) return seen(null);
  const area = await base.down([HELD_FOLDER]);
  try {
    const unsafe = await troubleOfArea(area);
    if (unsafe !== null) return { status: 'unknown', failure: unsafe };
    if ((await whatIsAt(area.entry(name))) === null) return seen(null);
    const holding = await area.down([name]);
    try {
      const manifest = await readManifest(holding);
      if (manifest === 'absent') return seen(null);
      if (manifest === 'damaged') {
        return unknown(
          'MANIFEST_DAMAGED',
          `The manifest in ${printable(path)} is not as it was written, so nothing is moved by it; the files themselves lie in ${FILES_FOLDER} beside it.`,
        );
      }
      const ino = String((await holding.stat()).ino);
      return seen({ manifest, ino, ...(await sort(base, holding, manifest)) });
    } finally {
      await holding.close();
    }
  } finally {
    await area.close();
  }
}

async function sort(base: Folder, holding: Folder, manifest: HeldManifest): Promise<Sorted> {
  const away = new Parents(manifest.kind === 'held' ? holding : base, false);
  const home = new Parents(base, false);
  const sorted: { [Kind in keyof Sorted]: OldFile[] } = { away: [], blocked: [], back: [], lost: [] };
  try {
    for (const file of manifest.files) {
      const own = [...namesOf(manifest.folder), file.path].join('/');
      const there = await look(away, manifest.kind === 'held' ? `${FILES_FOLDER}/${own}` : `${own}.gz`);
      sorted[standing(file, manifest.kind, there, await look(home, own))].push(file);
    }
  } finally {
    await away.close();
    await home.close();
  }
  return sorted;
}

/** What is where a file belongs. `no-folder`: nothing can be. */
type Place = BigIntStats | 'nothing' | 'no-folder';

function standing(file: OldFile, kind: HeldManifest['kind'], there: Place, home: Place): keyof Sorted {
  const isAway =
    kind === 'held' ? is(there, file) : typeof there === 'object' && there.isFile() && sameTime(there, file);
  if (isAway) return home === 'nothing' || is(home, file) ? 'away' : 'blocked';
  return is(home, file) || (kind === 'compressed' && sameContent(home, file)) ? 'back' : 'lost';
}

function is(place: Place, file: OldFile): boolean {
  return typeof place === 'object' && isSameFile(place, file);
}

/** A file that was compressed and written anew has another inode, and its time but for what Node rounds. */
function sameContent(place: Place, file: OldFile): boolean {
  return typeof place === 'object' && place.isFile() && Number(place.size) === file.size && sameTime(place, file);
}

/** Node sets times as seconds in a double, which is off by less than a microsecond. */
function sameTime(place: BigIntStats, file: OldFile): boolean {
  const apart = place.mtimeNs - BigInt(file.mtimeNs);
  return apart > -1_000_000n && apart < 1_000_000n;
}

async function look(parents: Parents, path: string): Promise<Place> {
  try {
    const { folder, name } = await parents.of(path);
    return (await whatIsAt(folder.entry(name))) ?? 'nothing';
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'no-folder';
    throw error;
  }
}
