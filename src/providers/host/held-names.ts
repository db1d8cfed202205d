import { shortHash } from '../../domain/id.ts';

/** Where files are held, under the prune root they come from: on the same file system, for their owner alone. */
export const HELD_FOLDER = '.holdfast-held';

/** Within what one plan holds: its manifest, and the files with the paths they had below the root. */
export const MANIFEST_NAME = 'manifest.json';
export const FILES_FOLDER = 'files';

/** What a file is called while it is written. */
export const PARTIAL_ENDING = '.holdfast-partial';

/** The name under which a step's files are held: the same for every attempt at it. */
export function heldName(idempotencyKey: string): string {
  return isHeldName(idempotencyKey)
    ? idempotencyKey
    : `${idempotencyKey.replaceAll(/[^A-Za-z0-9-]/g, '-').slice(0, 60)}-${shortHash(idempotencyKey)}`;
}

export function isHeldName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text);
}
