/** One line of /proc/self/mountinfo: a file system and where it is to be found. */
export interface Mount {
  readonly mountPoint: string;
  /** Which folder of the file system is mounted: `/`, or a part of it for a bind mount. */
  readonly root: string;
  /** `major:minor`: the same for all mounts of one file system. */
  readonly device: string;
  /** Empty when the platform does not say. */
  readonly fsType: string;
  /** `/dev/sda1`, `server:/export`, `tmpfs`. */
  readonly source: string;
  readonly readOnly: boolean;
  /** True when the kernel made it read-only after an error, not the administrator. */
  readonly readOnlyByError: boolean;
  /** True when asking it may wait for ever: a network or a user-space file system. */
  readonly remote: boolean;
  /** What the mount itself forbids, of `nodev`, `noexec`, `nosuid` and `ro`, sorted; left out where the platform does not tell. */
  readonly forbids?: readonly string[];
}

/**
 * The mounts that can be seen, in the order of mounting; of several on one mount point the last,
 * which hides the others. Format: proc_pid_mountinfo(5).
 */
export function parseMountInfo(text: string): readonly Mount[] {
  const byMountPoint = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const mount = parseLine(line);
    if (mount === null) continue;
    byMountPoint.delete(mount.mountPoint);
    byMountPoint.set(mount.mountPoint, mount);
  }
  return [...byMountPoint.values()];
}

/** The mount that a path lies on, by its name alone: symbolic links are not followed. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | null {
  let best: Mount | null = null;
  for (const mount of mounts) {
    if (isWithin(path, mount.mountPoint) && mount.mountPoint.length >= (best?.mountPoint.length ?? 0)) best = mount;
  }
  return best;
}

function parseLine(line: string): Mount | null {
  const [ours, theirs] = splitOnce(line, ' - ');
  const [, , device, root, mountPoint, options] = ours.split(' ');
  const [fsType, source, superOptions] = theirs.split(' ');
  if (!device || !root || !mountPoint || !options || !fsType) return null;
  const flags = [...options.split(','), ...(superOptions ?? '').split(',')];
  const readOnly = flags.includes('ro');
  return {
    mountPoint: unescapeOctal(mountPoint),
    root: unescapeOctal(root),
    device,
    fsType,
    source: unescapeOctal(source ?? ''),
    readOnly,
    readOnlyByError: readOnly && (flags.includes('errors=remount-ro') || flags.includes('emergency_ro')),
    remote: isRemote(fsType),
    forbids: FORBIDDING.filter((flag) => flags.includes(flag)),
  };
}

const FORBIDDING = ['nodev', 'noexec', 'nosuid', 'ro'];

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The kernel writes a space, a tab, a newline, a backslash and a hash as `\040` and so on. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

const REMOTE_TYPES: ReadonlySet<string> = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  'smbfs',
  '9p',
  'afs',
  'ceph',
  'glusterfs',
  'lustre',
  'ncpfs',
  'ocfs2',
  'gfs2',
  'beegfs',
  'gpfs',
  'orangefs',
  'coda',
  'davfs',
  'fuse',
  'virtiofs',
]);

function isRemote(fsType: string): boolean {
  return REMOTE_TYPES.has(fsType) || fsType.startsWith('fuse.');
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}
