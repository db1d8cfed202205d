import { link, rename, unlink } from 'node:fs/promises';
import { listAgain, type FileSet } from './file-set.ts';
import { namesOf, type Folder } from './folder.ts';
import { FILES_FOLDER } from './held-names.ts';
import { inHolding } from './holding.ts';
import type { OldFile } from './old-files.ts';
import { Parents } from './parents.ts';
import { isSameFile, whatIsAt } from './same-file.ts';
import { NOTHING_DONE, onDisk, tally, type Tally } from './tally.ts';

/** Moves a sealed set into the holding area of its root, with the paths it has below it. */
export async function holdFiles(set: FileSet, name: string, signal: AbortSignal): Promise<Tally> {
  const listed = await listAgain(set, signal);
  if (listed.status === 'unknown') return { ...NOTHING_DONE, stopped: listed.failure };
  const { files, digest } = listed.value;
  const folder = set.folder.slice(set.root.length + 1);
  return inHolding(set.root, name, { kind: 'held', folder, files, digest }, async (root, holding) => {
    const from = await root.down(namesOf(folder));
    try {
      const into = await holding.down([FILES_FOLDER, ...namesOf(folder)], true);
      try {
        return await onDisk(await moveAll(files, from, into, signal), [into, holding, from]);
      } finally {
        await into.close();
      }
    } finally {
      await from.close();
    }
  });
}

async function moveAll(files: readonly OldFile[], from: Folder, into: Folder, signal: AbortSignal): Promise<Tally> {
  const sources = new Parents(from, false);
  const places = new Parents(into, true);
  try {
    return await tally(files, signal, async (file) => {
      const source = await sources.of(file.path);
      const now = await whatIsAt(source.folder.entry(source.name));
      if (now === null || !isSameFile(now, file)) return false;
      const place = await places.of(file.path);
      return move(source.folder.entry(source.name), place.folder.entry(place.name), file);
    });
  } finally {
    await sources.close();
    await places.close();
  }
}

/** False when something else had taken the file's name since the look; it is put back, and overwrites nothing. */
async function move(source: string, place: string, file: OldFile): Promise<boolean> {
  await rename(source, place);
  const moved = await whatIsAt(place);
  if (moved !== null && isSameFile(moved, file)) return true;
  if (moved?.isFile() === true) {
    await link(place, source);
    await unlink(place);
  } else if (moved !== null && (await whatIsAt(source)) === null) {
    await rename(place, source);
  }
  return false;
}
