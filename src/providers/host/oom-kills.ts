import { readdir, stat } from 'node:fs/promises';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { readContainer } from './container.ts';
import { readSystemFile } from './system-file.ts';

/** How many processes were killed for want of memory since the count began. */
export interface OomKills {
  /** Where it was read. */
  readonly source: string;
  /** Names the count: a start of the machine, or of our container. Another one began at nought. */
  readonly epoch: string;
  readonly kills: number;
  /** In which control groups, as far as they still exist; by path below the root. */
  readonly groups: Readonly<Record<string, number>>;
}

export interface OomPlaces {
  readonly platform: NodeJS.Platform;
  readonly procRoot: string;
  readonly cgroupRoot: string;
}

/** The count of the machine (`oom_kill` in proc_vmstat(5), Linux 4.13); in a container with cgroup v2, of the container. */
export async function readOomKills(
  { platform, procRoot, cgroupRoot }: OomPlaces,
  signal: AbortSignal,
): Promise<Looked<OomKills>> {
  if (platform !== 'linux')
    return unknown('LINUX_ONLY', 'Only Linux counts the processes that it kills for want of memory.');
  const boot = (await readSystemFile(`${procRoot}/sys/kernel/random/boot_id`))?.trim() ?? '';
  if (boot === '')
    return unknown(
      'BOOT_ID_UNREADABLE',
      `${procRoot}/sys/kernel/random/boot_id could not be read, so counts of two starts can not be told apart.`,
    );
  const inContainer = (await readContainer(procRoot, cgroupRoot)) !== null;
  const source = inContainer ? `${cgroupRoot}/memory.events` : `${procRoot}/vmstat`;
  const kills = countIn(await readSystemFile(source));
  if (kills === null)
    return unknown('OOM_COUNT_UNREADABLE', `${source} does not say how many processes were killed for want of memory.`);
  const groups = await killsByGroup(cgroupRoot, signal);
  return seen({ source, epoch: inContainer ? `${boot}/${await inodeOf(cgroupRoot)}` : boot, kills, groups });
}

const GROUPS_MAX = 2_000;
const GROUPS_NAMED = 50;

function countIn(text: string | null): number | null {
  const count = /^oom_kill (\d+)$/m.exec(text ?? '')?.[1];
  return count === undefined ? null : Number(count);
}

/** Only a help for finding the culprit: groups that can't be read are left out. */
async function killsByGroup(cgroupRoot: string, signal: AbortSignal): Promise<Record<string, number>> {
  const found: [string, number][] = [];
  const waiting = [''];
  for (let looked = 0; looked < GROUPS_MAX; looked += 1) {
    const group = waiting.shift();
    if (group === undefined) break;
    signal.throwIfAborted();
    const kills = countIn(await readSystemFile(`${cgroupRoot}${group}/memory.events.local`));
    if (kills !== null && kills > 0) found.push([group === '' ? '/' : group, kills]);
    waiting.push(...(await foldersIn(`${cgroupRoot}${group}`)).map((name) => `${group}/${name}`));
  }
  return Object.fromEntries(found.toSorted(([, a], [, b]) => b - a).slice(0, GROUPS_NAMED));
}

async function foldersIn(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return [];
  }
}

async function inodeOf(path: string): Promise<string> {
  return String((await stat(path, { bigint: true })).ino);
}
