import { constants } from 'node:fs';
import { open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import type { Failure } from '../../domain/check.ts';
import { errorCode } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { Folder } from './folder.ts';
import type { HeldManifest } from './held-manifest.ts';
import { FILES_FOLDER, HELD_FOLDER, MANIFEST_NAME, PARTIAL_ENDING } from './held-names.ts';
import { troubleOfArea } from './holding-area.ts';
import { whatIsAt } from './same-file.ts';
import { NOTHING_DONE, systemFailure, type Tally } from './tally.ts';

/**
 * Makes the folder of one step in the holding area of a root, puts the manifest in it, and lets the work be done
 * when that is on the disk: so a process that dies in the middle can be told from one that never began. What was
 * made for nothing is taken away again.
 */
export async function inHolding(
  root: string,
  name: string,
  manifest: HeldManifest,
  work: (root: Folder, holding: Folder) => Promise<Tally>,
): Promise<Tally> {
  const opened: Folder[] = [];
  const keep = (folder: Folder): Folder => {
    opened.push(folder);
    return folder;
  };
  try {
    const base = keep(await Folder.open(root));
    const area = keep(await base.down([HELD_FOLDER], true));
    const unsafe = await troubleOfArea(area);
    if (unsafe !== null) return { ...NOTHING_DONE, stopped: unsafe };
    const holding = keep(await area.down([name], true));
    if (await isUsed(holding)) return { ...NOTHING_DONE, stopped: heldAlready(name) };
    const done = await noted(holding, manifest, [area, base], () => work(base, holding));
    if (done.files === 0) await sweepHolding(area, name);
    return done;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { ...NOTHING_DONE, stopped: systemFailure(code, `${root}/${HELD_FOLDER}`) };
  } finally {
    for (const folder of opened.toReversed()) await folder.close();
  }
}

/** Takes away the folder of a step, its manifest and its empty folders; false when it still holds a file. */
export async function sweepHolding(area: Folder, name: string): Promise<boolean> {
  const holding = await area.down([name]);
  try {
    if ((await whatIsAt(holding.entry(FILES_FOLDER))) !== null) {
      const files = await holding.down([FILES_FOLDER]);
      const isEmpty = await removeEmptyFolders(files).finally(() => files.close());
      if (!isEmpty) return false;
      await rmdir(holding.entry(FILES_FOLDER));
    }
    for (const entry of await readdir(holding.itself))
      if (entry.startsWith(MANIFEST_NAME)) await unlink(holding.entry(entry));
  } finally {
    await holding.close();
  }
  await rmdir(area.entry(name));
  return true;
}

/** Writes the manifest, then works. A disk too full for the manifest leaves nothing behind. */
async function noted(
  holding: Folder,
  manifest: HeldManifest,
  above: readonly Folder[],
  work: () => Promise<Tally>,
): Promise<Tally> {
  try {
    await writeManifest(holding, manifest);
    for (const folder of above) await folder.sync();
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { ...NOTHING_DONE, stopped: systemFailure(code, `${HELD_FOLDER}/${MANIFEST_NAME}`) };
  }
  return work();
}

/** Writes it whole or not at all, and returns when it is on the disk. */
async function writeManifest(into: Folder, manifest: HeldManifest): Promise<void> {
  const partial = `${MANIFEST_NAME}${PARTIAL_ENDING}`;
  const handle = await open(
    into.entry(partial),
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    await handle.writeFile(JSON.stringify({ v: 1, ...manifest }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(into.entry(partial), into.entry(MANIFEST_NAME));
  await into.sync();
}

async function isUsed(holding: Folder): Promise<boolean> {
  const entries = await readdir(holding.itself);
  return entries.includes(MANIFEST_NAME) || entries.includes(FILES_FOLDER);
}

function heldAlready(name: string): Failure {
  return {
    code: 'HELD_ALREADY',
    message: `Files are held as ${printable(name)} already, by an earlier attempt: take it back with host/restore-held, then make a new plan.`,
  };
}

/** Takes away empty folders, the deepest first; true when nothing is left. */
async function removeEmptyFolders(folder: Folder): Promise<boolean> {
  let isEmpty = true;
  for (const entry of await readdir(folder.itself, { withFileTypes: true })) {
    if (!entry.isDirectory()) {
      isEmpty = false;
      continue;
    }
    const below = await folder.down([entry.name]);
    const gone = await removeEmptyFolders(below).finally(() => below.close());
    if (gone) await rmdir(folder.entry(entry.name));
    else isEmpty = false;
  }
  return isEmpty;
}
