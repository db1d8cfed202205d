import os from 'node:os';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { readContainer } from './container.ts';
import { readPressure, type Pressure } from './pressure.ts';
import { readSystemFile } from './system-file.ts';
import type { MemoryPlaces } from './memory.ts';

export interface Load {
  readonly source: string;
  /** Tasks that ran, waited for a CPU or (on Linux) for a disk, on average over 1, 5 and 15 minutes. */
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
  /** CPUs of the whole machine, which the load is of. */
  readonly cpus: number;
  /** CPUs that this process may use: fewer in a container or with an affinity. */
  readonly usableCpus: number;
  readonly cpuPressure: Pressure | null;
  readonly ioPressure: Pressure | null;
}

export async function readLoad({ platform, procRoot, cgroupRoot }: MemoryPlaces): Promise<Looked<Load>> {
  if (platform === 'win32')
    return unknown('NO_LOAD_AVERAGE', 'Windows keeps no load average; leave host/load out here.');
  const source = platform === 'linux' ? `${procRoot}/loadavg` : 'os.loadavg';
  const [load1, load5, load15] = platform === 'linux' ? parseLoadavg(await readSystemFile(source)) : os.loadavg();
  if (load1 === undefined || load5 === undefined || load15 === undefined) {
    return unknown(
      'LOADAVG_UNREADABLE',
      `${source} could not be read, so there is no telling how busy the machine is.`,
    );
  }
  const usable = os.availableParallelism();
  const container = platform === 'linux' ? await readContainer(procRoot, cgroupRoot) : null;
  return seen({
    source,
    load1,
    load5,
    load15,
    // os.cpus() is empty where /proc/stat is closed.
    cpus: os.cpus().length || usable,
    usableCpus: Math.min(usable, container?.cpuLimit ?? usable),
    cpuPressure: await readPressure(`${procRoot}/pressure/cpu`),
    ioPressure: await readPressure(`${procRoot}/pressure/io`),
  });
}

/** Format: proc_loadavg(5). */
function parseLoadavg(text: string | null): readonly number[] {
  const match = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(text ?? '');
  return match === null ? [] : match.slice(1, 4).map(Number);
}
