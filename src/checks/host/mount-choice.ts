import type { Mount } from '../../providers/host/reader.ts';

/**
 * The mounts that can fill up, one for each file system: without those that hold no files of their
 * own, can't be written, are another view of one that is chosen already.
 */
export function mountsThatFill(mounts: readonly Mount[]): readonly Mount[] {
  const byDevice = new Map<string, Mount>();
  for (const mount of mounts.filter(canFill)) {
    const other = byDevice.get(mount.device);
    if (other === undefined || isMoreTelling(mount, other)) byDevice.set(mount.device, mount);
  }
  return [...byDevice.values()].toSorted((a, b) => (a.mountPoint < b.mountPoint ? -1 : 1));
}

function canFill(mount: Mount): boolean {
  if (NO_FILES.has(mount.fsType) || NO_FILES_FUSE.test(mount.fsType) || ALWAYS_FULL.has(mount.fsType)) return false;
  // The layers of containers lie on a file system that is listed itself; only a container sees its own as the root.
  if (LAYERED.has(mount.fsType)) return mount.mountPoint === '/';
  if (PLUMBING.has(mount.mountPoint) || (mount.fsType === 'tmpfs' && SYSTEM_FOLDERS.test(mount.mountPoint)))
    return false;
  // One that the kernel shut off after an error was meant to be written, and should stay in sight.
  return !mount.readOnly || mount.readOnlyByError;
}

/** The whole before a part (bind mounts, btrfs subvolumes), then the shorter name. */
function isMoreTelling(mount: Mount, other: Mount): boolean {
  if ((mount.root === '/') !== (other.root === '/')) return mount.root === '/';
  return mount.mountPoint.length < other.mountPoint.length;
}

const NO_FILES: ReadonlySet<string> = new Set([
  'autofs',
  'binder',
  'binfmt_misc',
  'bpf',
  'cgroup',
  'cgroup2',
  'configfs',
  'cpuset',
  'debugfs',
  'devfs',
  'devpts',
  'devtmpfs',
  'efivarfs',
  'fusectl',
  'hugetlbfs',
  'mqueue',
  'nfsd',
  'nsfs',
  'proc',
  'pstore',
  'ramfs',
  'resctrl',
  'rpc_pipefs',
  'securityfs',
  'selinuxfs',
  'smackfs',
  'sysfs',
  'tracefs',
  'xenfs',
]);
const NO_FILES_FUSE = /^fuse\.(?:gvfsd-fuse|lxcfs|portal|snapfuse|squashfuse|.*appimage.*)$/i;
/** Images that are full by nature. */
const ALWAYS_FULL: ReadonlySet<string> = new Set(['cramfs', 'erofs', 'iso9660', 'romfs', 'squashfs', 'udf']);
const LAYERED: ReadonlySet<string> = new Set(['overlay', 'aufs', 'fuse.fuse-overlayfs', 'unionfs']);
/** Files that container engines mount one by one from the disk of their machine. */
const PLUMBING: ReadonlySet<string> = new Set([
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
  '/dev/termination-log',
]);
/** Where a tmpfs only holds mount points and devices; /dev/shm holds what programs share. */
const SYSTEM_FOLDERS = /^\/(?:sys|proc|dev)(?:\/(?!shm$)|$)/;
