import { unlink } from 'node:fs/promises';
import { errorCode } from '../../domain/failure.ts';
import { listAgain, type FileSet } from './file-set.ts';
import { Folder } from './folder.ts';
import type { OldFile } from './old-files.ts';
import { Parents } from './parents.ts';
import { isSameFile, whatIsAt } from './same-file.ts';
import { NOTHING_DONE, onDisk, systemFailure, tally, type Tally } from './tally.ts';

/** Removes a sealed set for good. Needs no room, as it is wanted most when there is none. */
export async function deleteFiles(set: FileSet, signal: AbortSignal): Promise<Tally> {
  const listed = await listAgain(set, signal);
  if (listed.status === 'unknown') return { ...NOTHING_DONE, stopped: listed.failure };
  return deleteListed(set.folder, listed.value.files, signal);
}

/** Removes the files of a list below a folder, each looked at right before it goes. */
export async function deleteListed(path: string, files: readonly OldFile[], signal: AbortSignal): Promise<Tally> {
  let folder: Folder;
  try {
    folder = await Folder.open(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { ...NOTHING_DONE, stopped: systemFailure(code, path) };
  }
  const parents = new Parents(folder, false);
  try {
    const done = await tally(files, signal, async (file) => {
      const { folder: parent, name } = await parents.of(file.path);
      const now = await whatIsAt(parent.entry(name));
      if (now === null || !isSameFile(now, file)) return false;
      await unlink(parent.entry(name));
      return true;
    });
    return await onDisk(done, [folder]);
  } finally {
    await parents.close();
    await folder.close();
  }
}
