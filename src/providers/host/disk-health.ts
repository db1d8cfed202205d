import { readdir } from 'node:fs/promises';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { isContainer } from './systemd.ts';
import { readSystemFile } from './system-file.ts';

/** An array of the kernel's software RAID, by Documentation/admin-guide/md.rst. */
export interface RaidArray {
  readonly source: string;
  readonly name: string;
  /** `raid1`, `raid5` and so on. */
  readonly level: string;
  /** `clean`, `active`, `inactive` and so on. */
  readonly state: string;
  readonly disks: number;
  /** How many disks are missing; null where a level has none to spare. */
  readonly missing: number | null;
  /** `idle`, `recover`, `resync`, `check`; empty: not told. */
  readonly doing: string;
}

/** An ext4 file system that noted errors of its own, by Documentation/ABI/testing/sysfs-fs-ext4. */
export interface NotedErrors {
  readonly source: string;
  /** Name of its device: `sda1`. */
  readonly device: string;
  /** Since it was last checked. */
  readonly errors: number;
  /** Milliseconds since the epoch; null: not told. */
  readonly lastAt: number | null;
}

/** A disk as its driver has it. */
export interface DiskState {
  readonly source: string;
  readonly name: string;
  /** `running` (SCSI, SATA, USB) or `live` (NVMe) when all is well. */
  readonly state: string;
}

export interface DiskHealth {
  readonly arrays: readonly RaidArray[];
  /** Those that keep such a count, those with none among them. */
  readonly fileSystems: readonly NotedErrors[];
  readonly disks: readonly DiskState[];
}

/** What the kernel tells everybody of its disks under /sys. null: a container, whose disks are its machine's. */
export async function readDiskHealth(platform: NodeJS.Platform, root: string): Promise<Looked<DiskHealth | null>> {
  if (platform !== 'linux') return unknown('LINUX_ONLY', 'The health of disks is looked at on Linux only.');
  if (await isContainer(root)) return seen(null);
  const sys = `${root}/sys`;
  const blocks = await namesIn(`${sys}/block`);
  if (blocks === null)
    return unknown('SYS_UNREADABLE', `${sys}/block could not be read, so there is no telling which disks there are.`);
  const [fileSystems, controllers] = [await namesIn(`${sys}/fs/ext4`), await namesIn(`${sys}/class/nvme`)];
  const states = [
    ...blocks.map((name) => ({ name, source: `${sys}/block/${name}/device/state` })),
    ...(controllers ?? []).map((name) => ({ name, source: `${sys}/class/nvme/${name}/state` })),
  ];
  return seen({
    arrays: await all(blocks, (name) => readArray(`${sys}/block/${name}/md`, name)),
    fileSystems: await all(fileSystems ?? [], (name) => readNotedErrors(`${sys}/fs/ext4/${name}`, name)),
    disks: await all(states, async ({ name, source }) => {
      const state = await word(source);
      return state === '' ? null : { source, name, state };
    }),
  });
}

async function all<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Promise<Result | null>,
): Promise<readonly Result[]> {
  const results = await Promise.all(items.map(read));
  return results.filter((result) => result !== null);
}

/** null: it is no array, or one that was taken apart (`clear`), or the frame of others (Intel's, DDF), which never runs itself. */
async function readArray(folder: string, name: string): Promise<RaidArray | null> {
  const state = await word(`${folder}/array_state`);
  if (state === '' || state === 'clear') return null;
  if (/^external:[^/]/.test(await word(`${folder}/metadata_version`))) return null;
  return {
    source: folder,
    name,
    level: await word(`${folder}/level`),
    state,
    disks: (await number(`${folder}/raid_disks`)) ?? 0,
    missing: await number(`${folder}/degraded`),
    doing: await word(`${folder}/sync_action`),
  };
}

async function readNotedErrors(folder: string, device: string): Promise<NotedErrors | null> {
  const errors = await number(`${folder}/errors_count`);
  if (errors === null) return null;
  const last = (await number(`${folder}/last_error_time`)) ?? 0;
  return { source: `${folder}/errors_count`, device, errors, lastAt: last === 0 ? null : last * 1_000 };
}

async function word(path: string): Promise<string> {
  return (await readSystemFile(path))?.trim() ?? '';
}

async function number(path: string): Promise<number | null> {
  const text = await word(path);
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

async function namesIn(folder: string): Promise<readonly string[] | null> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
