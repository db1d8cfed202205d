import type { Digest } from '../../domain/digest.ts';
import { unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import { findOldFiles, type OldFiles, type OldFilesQuestion } from './old-files.ts';

/** A sealed set of files: how it was found, and the digest that it must still have. */
export interface FileSet extends OldFilesQuestion {
  /** The prune root that `folder` lies under, or is. */
  readonly root: string;
  readonly digest: Digest;
}

/** The set as it is now, when it is as sealed; else SET_MOVED. */
export async function listAgain(set: FileSet, signal: AbortSignal): Promise<Looked<OldFiles>> {
  const now = await findOldFiles(set, signal);
  if (now.status === 'unknown' || now.value.digest === set.digest) return now;
  return unknown(
    'SET_MOVED',
    `The files under ${printable(set.folder)} are no longer those that were sealed: make a new plan.`,
  );
}
