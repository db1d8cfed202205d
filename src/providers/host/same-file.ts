import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { errorCode } from '../../domain/failure.ts';
import type { OldFile } from './old-files.ts';

/** True when what is there is still the very file that was listed: regular, same inode, size and time. */
export function isSameFile(now: BigIntStats, listed: OldFile): boolean {
  return (
    now.isFile() &&
    String(now.ino) === listed.ino &&
    String(now.mtimeNs) === listed.mtimeNs &&
    Number(now.size) === listed.size
  );
}

/** What is at a path, no link followed; null: nothing, or nothing that can be reached. */
export async function whatIsAt(path: string): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
