import { readFile } from 'node:fs/promises';

/** The text of a file of the kernel, or null when it is not there or not to be read: many are optional. */
export async function readSystemFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // ENOENT on other kernels, EACCES in sandboxes, EOPNOTSUPP for pressure that is switched off:
    // all of them mean that the kernel does not tell us, and the caller says so.
    return null;
  }
}
