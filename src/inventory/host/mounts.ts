import { posix } from 'node:path';
import type { InventorySource } from '../../domain/inventory.ts';
import { printable } from '../../domain/printable.ts';
import type { HostReader, Mount } from '../../providers/host/reader.ts';
import { allHidden, elsewhere, factOf } from './facts.ts';

export const source: InventorySource<HostReader> = {
  id: 'host/mounts',
  title: 'Mounts and what they forbid',
  description: `Every mount with its type, its source (by UUID where \`/dev/disk/by-uuid\` knows it, as \`/dev/sdb1\` may be \`/dev/sdc1\` after the next start), the folder of it that is mounted, and which of \`ro\`, \`nosuid\`, \`nodev\` and \`noexec\` hold. Of several mounts on one place the last counts, as it hides the others. A user or a password in a source is not kept.

Left out: the file systems of the kernel itself (proc, sysfs, cgroup and such) and what lies under \`/proc\` and \`/sys\`, what systemd and autofs mount and let go of by themselves (\`/run/user\`, \`/run/credentials\`, automounts), snaps, and whatever containers bring along (overlays and everything under the folders of Docker, containerd, Podman and kubelet).`,
  kinds: {
    mount: { noun: 'a mount', added: 'low', removed: 'low', changed: 'medium' },
  },
  timeoutMs: 20_000,

  async read(reader) {
    const kinds = Object.keys(source.kinds);
    const notHere = elsewhere(reader, kinds);
    if (notHere !== null) return notHere;
    const mounts = await reader.mounts();
    if (mounts.status === 'unknown') return allHidden(reader, kinds, mounts.failure);
    const uuids = await uuidByDevice(reader);
    return {
      facts: mounts.value
        .filter((mount) => !isLeftOut(mount))
        .map((mount) =>
          factOf(reader, 'mount', mount.mountPoint, {
            type: printable(mount.fsType),
            source: printable(sourceOf(mount, uuids)),
            folder: printable(mount.root),
            forbids: mount.forbids ?? [],
          }),
        ),
      hidden: [],
    };
  },
};

const KERNEL_TYPES: ReadonlySet<string> = new Set(
  'autofs binder binfmt_misc bpf cgroup cgroup2 configfs cpuset debugfs devpts devtmpfs efivarfs fusectl fuse.gvfsd-fuse fuse.lxcfs fuse.portal hugetlbfs mqueue nsfs proc pstore ramfs resctrl rootfs rpc_pipefs securityfs selinuxfs smackfs sysfs tracefs'.split(
    ' ',
  ),
);

/** The root of the machine counts whatever it is made of. */
function isLeftOut({ mountPoint, fsType }: Mount): boolean {
  if (mountPoint === '/') return false;
  return KERNEL_TYPES.has(fsType) || COMES_AND_GOES.test(mountPoint) || fsType === 'overlay';
}

const COMES_AND_GOES =
  /^\/(?:proc|sys|run\/(?:user|credentials|containerd|docker|netns|snapd|systemd|lock)|snap|var\/snap|var\/lib\/(?:docker|containers|containerd|kubelet|lxc|lxd|incus|snapd)|home\/[^/]+\/\.local\/share\/(?:docker|containers))(?:\/|$)|\/\.(?:docker|local\/share\/containers)\//;

/** Empty where nobody keeps the folder: in a container, without udev. */
async function uuidByDevice(reader: HostReader): Promise<ReadonlyMap<string, string>> {
  const folder = '/dev/disk/by-uuid';
  const names = await reader.system.names(folder);
  const uuids = new Map<string, string>();
  for (const name of (names.status === 'seen' ? names.value : null) ?? []) {
    const target = await reader.system.linkTarget(`${folder}/${name}`);
    if (target.status === 'seen' && target.value !== null) uuids.set(posix.resolve(folder, target.value), name);
  }
  return uuids;
}

function sourceOf({ source: from }: Mount, uuids: ReadonlyMap<string, string>): string {
  const uuid = uuids.get(from);
  if (uuid !== undefined) return `UUID=${uuid}`;
  if (/^\/dev\/loop\d+$/.test(from)) return 'a loop device';
  return from.replace(/^([a-z0-9+.-]+:\/\/)?[^/@\s]*@/i, '$1');
}
