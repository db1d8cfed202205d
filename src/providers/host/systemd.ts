import { stat } from 'node:fs/promises';
import { errorCode } from '../../domain/failure.ts';

/** Whether systemd started this machine, as sd_booted(3) tells; `root` stands before `/run`. */
export async function isRunningSystemd(root: string): Promise<boolean> {
  return (await kindOf(`${root}/run/systemd/system`)) === 'folder';
}

/**
 * Whether this is a container, by the marks that their makers leave: Docker's and Podman's files, and systemd's
 * for what runs in one. A container is renewed as an image, and its kernel and clock are its machine's.
 */
export async function isContainer(root: string): Promise<boolean> {
  const marks = ['/.dockerenv', '/run/.containerenv', '/run/systemd/container', '/run/host/container-manager'];
  const found = await Promise.all(marks.map((mark) => kindOf(`${root}${mark}`)));
  return found.includes('file');
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
