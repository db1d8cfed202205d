import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that only we can read and nobody can swap: in a folder of our own (0700), made new (O_EXCL), 0600. */
export interface PrivateCopy extends AsyncDisposable {
  readonly path: string;
}

export async function privateCopy(bytes: Buffer): Promise<PrivateCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-plan-'));
  const path = join(folder, 'plan');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await writeNew(path, bytes);
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, [Symbol.asyncDispose]: remove };
}

/** Writes a file that must not be there yet, and waits until it is on disk. */
export async function writeNew(path: string, bytes: Buffer): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(bytes);
  await file.sync();
}
