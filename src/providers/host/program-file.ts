import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';

/** A program as it lies on the disk: what makes it this very one. */
export interface ProgramFile {
  /** Its real path. */
  readonly path: string;
  readonly ino: string;
  readonly size: number;
  readonly mtimeNs: string;
  /** `sha256:` and hex over its bytes. */
  readonly digest: string;
}

/** null: it is not there. Refused when it is no program, or when others may write it. */
export async function readProgramFile(path: string): Promise<Looked<ProgramFile | null>> {
  try {
    const real = await realpath(path);
    await access(real, constants.X_OK);
    const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const file = await handle.stat({ bigint: true });
      if (!file.isFile()) return unknown('NOT_A_PROGRAM', `${printable(path)} is not a file that can be run.`);
      if ((file.mode & 0o022n) !== 0n) {
        return unknown(
          'PROGRAM_UNSAFE',
          `${printable(path)} may be written by others than its owner, so that it is no fixed program: chmod go-w ${printable(real)}.`,
        );
      }
      const hash = createHash('sha256');
      for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk);
      return seen({
        path: real,
        ino: String(file.ino),
        size: Number(file.size),
        mtimeNs: String(file.mtimeNs),
        digest: `sha256:${hash.digest('hex')}`,
      });
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return seen(null);
    return unknown(code, `${printable(path)} can not be read, or not be run by this user (${code}).`);
  }
}

/**
 * The absolute path of a program of the system, looked for in the operator's own PATH (whole paths only) and then
 * where systems have it; null: there is none.
 */
export async function findProgram(name: string, path: string | undefined): Promise<string | null> {
  const folders = [...(path ?? '').split(':').filter(isAbsolute), '/usr/bin', '/bin'];
  for (const folder of folders) {
    const candidate = join(folder, name);
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch (error) {
      if (errorCode(error) === null) throw error;
    }
  }
  return null;
}
