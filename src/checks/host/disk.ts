import type { Check, Hidden, Observation } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import type { HostReader, Mount } from '../../providers/host/reader.ts';
import { diskFacts, diskSample } from './disk-facts.ts';
import { judgeInodes, judgeSpace } from './disk-judgement.ts';
import { diskParams, type DiskParams } from './disk-params.ts';
import { mountsThatFill } from './mount-choice.ts';
import { fitsPattern } from './path-pattern.ts';

export const check: Check<HostReader, DiskParams> = {
  id: 'host/disk',
  title: 'Room on file systems',
  keywords: ['disk', 'space', 'full', 'storage', 'inode', 'mount', 'filesystem', 'fill', 'capacity'],
  description: `Looks at the space and the inodes of every file system of this machine that can fill up, and at how fast it filled in earlier looks.

Reports one finding for the space of a file system and one for its inodes:
- **space** from \`warn\` percent on, unless \`plentyFree\` is left; or when, at the rate of earlier looks, it will be full within \`fullWithin\`. The rate is the median of the slopes between all pairs of looks; at least three looks over an hour are needed, it is drawn no further ahead than twelve times as long as was watched, and what is cleaned up again in turns does not count.
- **inodes** from \`inodesWarn\` percent on.

Left out unless named in \`paths\`: pseudo file systems, images that are full by nature (squashfs, ISO 9660 and such), what is mounted read-only (but not what the kernel made read-only after an error), the layers of containers, and tmpfs of less than 64 MiB. Of several mounts of one file system one is looked at. On macOS and Windows, where there is no list of mounts, the root and the home folder are.

A file system that does not answer within \`timeLimit\` (a dead network mount) is unknown by itself and holds nobody up.

Tried against really filled tmpfs on Linux and laid-out mount tables; macOS and Windows by fixtures only.`,
  standalone: true,
  params: diskParams,
  timeoutMs: 60_000,

  async read(reader, params, { signal }) {
    const { choices, hidden } =
      params.paths === undefined ? await everyMount(reader) : await namedMounts(reader, params.paths);
    const wanted = choices.filter(
      ({ mount }) => !params.exclude.some((pattern) => fitsPattern(mount.mountPoint, pattern)),
    );
    const observations = await Promise.all(wanted.map((choice) => look(reader, choice, params, signal)));
    return [...observations.filter((observation) => observation !== null), ...hidden];
  },

  judge(seen, params, history) {
    const facts = diskFacts.parse(seen.facts);
    return [judgeSpace(seen.name, facts, params, history), judgeInodes(seen.name, facts, params, history)].filter(
      (draft) => draft !== null,
    );
  },

  sample: (seen) => diskSample.parse(seen.facts),
};

/** A mount, and the path that it was named by, if it was. */
interface Choice {
  readonly mount: Mount;
  readonly path: string | null;
}

interface Chosen {
  readonly choices: readonly Choice[];
  readonly hidden: readonly Hidden[];
}

async function everyMount(reader: HostReader): Promise<Chosen> {
  const mounts = await reader.mounts();
  if (mounts.status === 'seen')
    return { choices: mountsThatFill(mounts.value).map((mount) => ({ mount, path: null })), hidden: [] };
  const all = { resource: everyResource('host', reader.machineId, 'mount'), name: 'all file systems' };
  return { choices: [], hidden: [{ status: 'unknown', ...all, failure: mounts.failure }] };
}

/** Several folders on one file system are one choice. */
async function namedMounts(reader: HostReader, paths: readonly string[]): Promise<Chosen> {
  const byMountPoint = new Map<string, Choice>();
  const hidden: Hidden[] = [];
  for (const path of paths) {
    const mount = await reader.mountOf(path);
    if (mount.status === 'unknown')
      hidden.push({ status: 'unknown', ...identityOf(reader, path), failure: mount.failure });
    else if (!byMountPoint.has(mount.value.mountPoint))
      byMountPoint.set(mount.value.mountPoint, { mount: mount.value, path });
  }
  return { choices: [...byMountPoint.values()], hidden };
}

function identityOf(reader: HostReader, mountPoint: string): Pick<Observation, 'resource' | 'name'> {
  return { resource: resourceId('host', reader.machineId, 'mount', mountPoint), name: printable(mountPoint) };
}

async function look(
  reader: HostReader,
  { mount, path }: Choice,
  params: DiskParams,
  signal: AbortSignal,
): Promise<Observation | null> {
  const identity = identityOf(reader, mount.mountPoint);
  const space = await reader.space(path ?? mount.mountPoint, mount.remote, params.timeLimit, signal);
  if (space.status === 'unknown') return { status: 'unknown', ...identity, failure: space.failure };
  if (path === null && isNegligible(mount, space.value.totalBytes)) return null;
  if (space.value.totalBytes === 0) {
    return {
      status: 'unknown',
      ...identity,
      failure: {
        code: 'NO_SIZE',
        message: `${identity.name} is a file system without a size (${printable(mount.fsType)}); leave it out of "paths".`,
      },
    };
  }
  const facts = {
    mountPoint: mount.mountPoint,
    device: mount.source,
    fsType: mount.fsType,
    posix: reader.platform !== 'win32',
    ...space.value,
  };
  return { status: 'seen', ...identity, facts };
}

function isNegligible(mount: Mount, totalBytes: number): boolean {
  return totalBytes === 0 || (mount.fsType === 'tmpfs' && totalBytes < 64 * 2 ** 20);
}
