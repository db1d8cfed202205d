import { link, rename, unlink } from 'node:fs/promises';
import type { Digest } from '../../domain/digest.ts';
import { errorCode } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { Folder, namesOf } from './folder.ts';
import { readHeld, type Held } from './held.ts';
import { FILES_FOLDER, HELD_FOLDER } from './held-names.ts';
import { sweepHolding } from './holding.ts';
import { manifestDigest, type OldFile } from './old-files.ts';
import { Parents } from './parents.ts';
import { isSameFile, whatIsAt } from './same-file.ts';
import { NOTHING_DONE, onDisk, systemFailure, tally, type Tally } from './tally.ts';

/** Files held under a name, of which exactly those are meant that a digest binds. */
export interface HeldSet {
  readonly root: string;
  readonly name: string;
  readonly kind: 'held' | 'compressed';
  readonly digest: Digest;
}

/** Moves held files back to where they were, over nothing. What is all back is forgotten. */
export async function restoreFiles(set: HeldSet, signal: AbortSignal): Promise<Tally> {
  return withHeld(
    set,
    (held) => held.away,
    async (held, root, area) => {
      const holding = await area.down([set.name, FILES_FOLDER, ...namesOf(held.manifest.folder)]);
      const home = await root.down(namesOf(held.manifest.folder));
      const [sources, places] = [new Parents(holding, false), new Parents(home, false)];
      try {
        const done = await tally(held.away, signal, async (file) => {
          const source = await sources.of(file.path);
          const place = await places.of(file.path);
          return moveBack(source.folder.entry(source.name), place.folder.entry(place.name), file);
        });
        return await onDisk(done, [home, holding]);
      } finally {
        await sources.close();
        await places.close();
        await holding.close();
        await home.close();
      }
    },
  );
}

/** Removes held files for good: all that are still there as they were, whether their place is free or not. */
export async function purgeFiles(set: HeldSet, signal: AbortSignal): Promise<Tally> {
  return withHeld(set, stillHeld, async (held, _root, area) => {
    const holding = await area.down([set.name, FILES_FOLDER, ...namesOf(held.manifest.folder)]);
    const sources = new Parents(holding, false);
    try {
      const done = await tally(stillHeld(held), signal, async (file) => {
        const { folder, name } = await sources.of(file.path);
        const now = await whatIsAt(folder.entry(name));
        if (now === null || !isSameFile(now, file)) return false;
        await unlink(folder.entry(name));
        return true;
      });
      return await onDisk(done, [holding]);
    } finally {
      await sources.close();
      await holding.close();
    }
  });
}

/** The files of a name that are in the holding area, in the order of their paths. */
export function stillHeld({ away, blocked }: Pick<Held, 'away' | 'blocked'>): readonly OldFile[] {
  return [...away, ...blocked].toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Opens what is held when it is as sealed, and sweeps up after the work. */
export async function withHeld(
  set: HeldSet,
  meant: (held: Held) => readonly OldFile[],
  work: (held: Held, root: Folder, area: Folder) => Promise<Tally>,
): Promise<Tally> {
  const found = await readHeld(set.root, set.name);
  if (found.status === 'unknown') return { ...NOTHING_DONE, stopped: found.failure };
  const held = found.value;
  if (held?.manifest.kind !== set.kind || manifestDigest(meant(held)) !== set.digest) {
    const message = `What is held as ${printable(set.name)} is no longer what was sealed: make a new plan.`;
    return { ...NOTHING_DONE, stopped: { code: 'SET_MOVED', message } };
  }
  let root: Folder | null = null;
  let area: Folder | null = null;
  try {
    root = await Folder.open(set.root);
    area = await root.down([HELD_FOLDER]);
    const done = meant(held).length === 0 ? NOTHING_DONE : await work(held, root, area);
    return (await isOver(set)) ? await swept(done, area, set.name) : done;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { ...NOTHING_DONE, stopped: systemFailure(code, `${set.root}/${HELD_FOLDER}`) };
  } finally {
    await area?.close();
    await root?.close();
  }
}

/** True when nothing is left that could still be taken back. */
async function isOver({ root, name }: HeldSet): Promise<boolean> {
  const left = await readHeld(root, name);
  return left.status === 'seen' && left.value !== null && stillHeld(left.value).length === 0;
}

async function swept(done: Tally, area: Folder, name: string): Promise<Tally> {
  try {
    await sweepHolding(area, name);
    return done;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { ...done, stopped: done.stopped ?? systemFailure(code, `${HELD_FOLDER}/${name}`) };
  }
}

/** A second name and then the first one gone: a link, unlike a rename, never overwrites (link(2)). */
async function moveBack(source: string, place: string, file: OldFile): Promise<boolean> {
  const now = await whatIsAt(source);
  if (now === null || !isSameFile(now, file)) return false;
  const inTheWay = await whatIsAt(place);
  if (inTheWay === null) {
    if (await linked(source, place)) await unlink(source);
    else if ((await whatIsAt(place)) === null) await rename(source, place);
    else return false;
    return true;
  }
  // Cut off between the two steps the last time: what is there is the file itself.
  if (!isSameFile(inTheWay, file)) return false;
  await unlink(source);
  return true;
}

/** False where links can not be made: on some file systems, and of files of others (fs.protected_hardlinks). */
async function linked(source: string, place: string): Promise<boolean> {
  try {
    await link(source, place);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'EEXIST') return false;
    throw error;
  }
}
