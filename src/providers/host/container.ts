import { readSystemFile } from './system-file.ts';

/** What a container may use of its machine, by cgroup v2. Null where there is no limit. */
export interface Container {
  /** The folder of the limits. */
  readonly source: string;
  readonly memoryLimitBytes: number | null;
  /** In use, without the file cache that the kernel would give back at once. */
  readonly memoryUsedBytes: number | null;
  /** In CPUs: 1.5 is one and a half. */
  readonly cpuLimit: number | null;
}

/**
 * The limits of the container that we run in, or null outside of one. We are in one when the root
 * of our cgroup tree has limits: the root of a machine has none, and a limit on our own service
 * alone would say nothing about the machine.
 */
export async function readContainer(procRoot: string, cgroupRoot: string): Promise<Container | null> {
  const own = await readSystemFile(`${procRoot}/self/cgroup`);
  const atRoot = own?.split('\n').some((line) => line === '0::/') ?? false;
  const limit = atRoot ? await readSystemFile(`${cgroupRoot}/memory.max`) : null;
  if (limit === null) return null;
  const memoryLimitBytes = wholeNumber(limit);
  return {
    source: cgroupRoot,
    memoryLimitBytes,
    memoryUsedBytes: memoryLimitBytes === null ? null : await memoryUsed(cgroupRoot),
    cpuLimit: cpuLimit(await readSystemFile(`${cgroupRoot}/cpu.max`)),
  };
}

async function memoryUsed(cgroupRoot: string): Promise<number | null> {
  const current = wholeNumber((await readSystemFile(`${cgroupRoot}/memory.current`)) ?? '');
  if (current === null) return null;
  const stat = (await readSystemFile(`${cgroupRoot}/memory.stat`)) ?? '';
  const givenBack = wholeNumber(/^inactive_file (\d+)$/m.exec(stat)?.[1] ?? '') ?? 0;
  return Math.max(0, current - givenBack);
}

/** `200000 100000` is two CPUs, `max 100000` no limit. */
function cpuLimit(text: string | null): number | null {
  const match = /^(\d+) (\d+)/.exec(text ?? '');
  return match === null || Number(match[2]) === 0 ? null : Number(match[1]) / Number(match[2]);
}

/** Null for `max` and for what is no number. */
function wholeNumber(text: string): number | null {
  return /^\d+$/.test(text.trim()) ? Number(text) : null;
}
