import { readdir, stat } from 'node:fs/promises';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { isContainer } from './systemd.ts';
import { readSystemFile } from './system-file.ts';

/** What waits for a start of the machine. */
export interface Reboot {
  /** Names this start of the machine. */
  readonly boot: string;
  /** The flag that packages leave behind; null: there is none. */
  readonly flag: {
    readonly source: string;
    /** When it was last touched, milliseconds since the epoch. */
    readonly at: number;
    /** The packages that asked for it, where they are named; at most 50. */
    readonly packages: readonly string[];
  } | null;
  /** The kernel that runs. */
  readonly kernel: string;
  /** One of the same kind that is newer and was installed since the start; null: none that we know of. */
  readonly newerKernel: { readonly release: string; readonly source: string; readonly at: number } | null;
}

export interface RebootPlaces {
  readonly platform: NodeJS.Platform;
  readonly procRoot: string;
  /** Stands before `/run` and `/boot`. */
  readonly root: string;
}

/** null: this is a container, which is not started anew for its packages and has no kernel of its own. */
export async function readReboot({ platform, procRoot, root }: RebootPlaces): Promise<Looked<Reboot | null>> {
  if (platform !== 'linux')
    return unknown('LINUX_ONLY', 'Whether a start of the machine is due is looked at on Linux only.');
  if (await isContainer(root)) return seen(null);
  const kernel = (await readSystemFile(`${procRoot}/sys/kernel/osrelease`))?.trim() ?? '';
  const boot = (await readSystemFile(`${procRoot}/sys/kernel/random/boot_id`))?.trim() ?? '';
  const bootedAt = parseBootTime(await readSystemFile(`${procRoot}/stat`));
  if (kernel === '' || boot === '' || bootedAt === null)
    return unknown('PROC_UNREADABLE', `${procRoot} does not say which kernel runs and since when.`);
  const flag = await readFlag(root);
  if (flag.status === 'unknown') return flag;
  return seen({ boot, kernel, flag: flag.value, newerKernel: await findNewerKernel(`${root}/boot`, kernel, bootedAt) });
}

/** Whether a kernel is a newer one of the same kind (`-generic`, `-cloud-amd64`, `.fc40.x86_64`) as another. */
export function isNewerKernel(release: string, running: string): boolean {
  const [a, b] = [partsOf(release), partsOf(running)];
  if (a === null || b === null || a.kind !== b.kind) return false;
  for (let at = 0; at < Math.max(a.numbers.length, b.numbers.length); at += 1) {
    const difference = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** Debian and Ubuntu (update-notifier), and SUSE (libzypp). */
const FLAGS = ['/run/reboot-required', '/run/reboot-needed'];
const PACKAGES_MAX = 50;

/** `6.8.0-45-generic`: numbers, then the kind of the kernel without the numbers in it. */
function partsOf(release: string): { readonly numbers: readonly number[]; readonly kind: string } | null {
  const [, version = '', kind = ''] = /^(\d+(?:[.-]\d+)+)(.*)$/.exec(release) ?? [];
  if (version === '') return null;
  return { numbers: version.split(/[.-]/).map(Number), kind: kind.replaceAll(/\d+(?:_\d+)*/g, '#') };
}

/** Format: `btime` in proc_stat(5), seconds since the epoch. */
function parseBootTime(text: string | null): number | null {
  const seconds = /^btime (\d+)$/m.exec(text ?? '')?.[1];
  return seconds === undefined ? null : Number(seconds) * 1_000;
}

async function readFlag(root: string): Promise<Looked<Reboot['flag']>> {
  for (const flag of FLAGS) {
    const source = `${root}${flag}`;
    const at = await changedAt(source, 'mtimeMs');
    if (at.status === 'unknown') return at;
    if (at.value === null) continue;
    const packages = (await readSystemFile(`${source}.pkgs`)) ?? '';
    const names = [...new Set(packages.split('\n').filter((line) => line !== ''))];
    return seen({ source, at: at.value, packages: names.slice(0, PACKAGES_MAX) });
  }
  return seen(null);
}

/**
 * The newest kernel that came since the machine was started: an older one that somebody chose to start is no news.
 * The change time counts, as packages bring the time of building along.
 */
async function findNewerKernel(folder: string, running: string, bootedAt: number): Promise<Reboot['newerKernel']> {
  let newest: Reboot['newerKernel'] = null;
  for (const name of await namesIn(folder)) {
    const release = /^vmlinuz-(.+)$/.exec(name)?.[1];
    if (release === undefined || !isNewerKernel(release, running)) continue;
    if (newest !== null && !isNewerKernel(release, newest.release)) continue;
    const source = `${folder}/${name}`;
    const at = await changedAt(source, 'ctimeMs');
    if (at.status === 'seen' && at.value !== null && at.value > bootedAt) newest = { release, source, at: at.value };
  }
  return newest;
}

/** A /boot that is not mounted, or not ours to read, holds no news for us. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return [];
  }
}

async function changedAt(path: string, which: 'mtimeMs' | 'ctimeMs'): Promise<Looked<number | null>> {
  try {
    return seen(Math.round((await stat(path))[which]));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return seen(null);
    return unknown(code, `${path} could not be looked at (${code}).`);
  }
}
