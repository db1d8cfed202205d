import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** How far a log file has been read, and by what it is known again: its inode and what it holds up to there. */
export interface LogPlace {
  /** Empty: there was no file yet. */
  readonly ino: string;
  /** Bytes read so far: the next line begins here. */
  readonly offset: number;
  /** Over the first bytes of the file, and over the last ones before `offset`; hex. */
  readonly head: string;
  readonly tail: string;
}

/** How much of the beginning, and of what stands before the place, is compared. */
const COMPARED_BYTES = 256;

export async function placeIn(handle: FileHandle, ino: string, offset: number): Promise<LogPlace> {
  return { ino, offset, ...(await fingerprints(handle, offset)) };
}

/** True when the file holds up to the place what the one that was read held there. */
export async function continues(handle: FileHandle, size: number, place: LogPlace): Promise<boolean> {
  if (size < place.offset) return false;
  const { head, tail } = await fingerprints(handle, place.offset);
  return head === place.head && tail === place.tail;
}

async function fingerprints(handle: FileHandle, offset: number): Promise<Pick<LogPlace, 'head' | 'tail'>> {
  const length = Math.min(offset, COMPARED_BYTES);
  return { head: await fingerprint(handle, 0, length), tail: await fingerprint(handle, offset - length, length) };
}

/** Sixteen hex digits: to tell logs apart, not to withstand anybody. */
async function fingerprint(handle: FileHandle, from: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
  return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex').slice(0, 16);
}
