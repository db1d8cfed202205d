import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** True when this process may mount: root in a machine or a container that allows it. */
export const mayMount = process.platform === 'linux' && tries('mount -t tmpfs tmpfs /mnt && umount /mnt');
/** True when someone who is not root may mount in a namespace of their own. */
export const mayUnshare = process.platform === 'linux' && tries('unshare -Urm true');
/** True when a file system can be mounted that nobody answers for. */
export const mayHang = mayMount && existsSync('/dev/fuse');

export function sh(script: string): void {
  execFileSync('bash', ['-c', script], { stdio: 'pipe' });
}

/**
 * Mounts a FUSE file system whose other end is held open and never answers, so that a statfs of it
 * hangs as that of a dead NFS mount does. The result lets go of it.
 */
export function mountHanging(folder: string): () => void {
  sh(
    `exec 3<>/dev/fuse; mount -t fuse.hanging -o fd=3,rootmode=40000,user_id=0,group_id=0 hanging '${folder}' 2>/dev/null || mount -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 hanging '${folder}'; (sleep 60) <&3 >/dev/null 2>&1 & echo $! > '${folder}.pid'`,
  );
  return () => sh(`kill "$(cat '${folder}.pid')"; umount -l '${folder}'; rm -f '${folder}.pid'`);
}

function tries(script: string): boolean {
  try {
    sh(script);
    return true;
  } catch {
    return false;
  }
}
