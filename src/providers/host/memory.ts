import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { readContainer, type Container } from './container.ts';
import { readPressure, type Pressure } from './pressure.ts';
import { readSystemFile } from './system-file.ts';

export interface Memory {
  /** Where total and available were read. */
  readonly source: string;
  readonly totalBytes: number;
  /** What programs could still get without swapping: free memory and what the system would give back. */
  readonly availableBytes: number;
  /** Null where the platform does not tell. */
  readonly swap: { readonly totalBytes: number; readonly freeBytes: number } | null;
  readonly container: Container | null;
  readonly pressure: Pressure | null;
}

export interface MemoryPlaces {
  readonly platform: NodeJS.Platform;
  readonly procRoot: string;
  readonly cgroupRoot: string;
}

export async function readMemory(places: MemoryPlaces, signal: AbortSignal): Promise<Looked<Memory>> {
  if (places.platform === 'linux') return readLinux(places);
  if (places.platform === 'darwin') return readDarwin(signal);
  return seen({ ...NOTHING_MORE, source: 'os.freemem', totalBytes: os.totalmem(), availableBytes: os.freemem() });
}

const NOTHING_MORE = { swap: null, container: null, pressure: null } as const;

async function readLinux({ procRoot, cgroupRoot }: MemoryPlaces): Promise<Looked<Memory>> {
  const source = `${procRoot}/meminfo`;
  const text = await readSystemFile(source);
  const memory = text === null ? null : parseMeminfo(text);
  if (memory === null)
    return unknown(
      'MEMINFO_UNREADABLE',
      `${source} could not be read, so there is no telling how much memory is left.`,
    );
  const container = await readContainer(procRoot, cgroupRoot);
  const isLimited = (container?.memoryLimitBytes ?? null) !== null;
  const own = isLimited ? await readPressure(`${cgroupRoot}/memory.pressure`) : null;
  return seen({ ...memory, source, container, pressure: own ?? (await readPressure(`${procRoot}/pressure/memory`)) });
}

/** Format: proc_meminfo(5). MemAvailable came with Linux 3.14; before that it is what `free` reckoned. */
export function parseMeminfo(text: string): Pick<Memory, 'totalBytes' | 'availableBytes' | 'swap'> | null {
  const bytes = new Map<string, number>();
  for (const [, name, kib] of text.matchAll(/^(\w+):\s+(\d+) kB$/gm)) bytes.set(name ?? '', Number(kib) * 1_024);
  const totalBytes = bytes.get('MemTotal');
  const free = bytes.get('MemFree');
  if (totalBytes === undefined || free === undefined) return null;
  const swapTotal = bytes.get('SwapTotal');
  const swapFree = bytes.get('SwapFree');
  return {
    totalBytes,
    availableBytes: bytes.get('MemAvailable') ?? free + (bytes.get('Buffers') ?? 0) + (bytes.get('Cached') ?? 0),
    swap: swapTotal === undefined || swapFree === undefined ? null : { totalBytes: swapTotal, freeBytes: swapFree },
  };
}

/**
 * What macOS calls free leaves out all that it would give back at once, so that a healthy Mac has
 * hardly any; only vm_stat(1) tells the rest.
 */
async function readDarwin(signal: AbortSignal): Promise<Looked<Memory>> {
  try {
    const { stdout } = await promisify(execFile)('/usr/bin/vm_stat', [], { signal, env: {}, timeout: 5_000 });
    const availableBytes = parseVmStat(stdout);
    if (availableBytes !== null)
      return seen({ ...NOTHING_MORE, source: 'vm_stat', totalBytes: os.totalmem(), availableBytes });
  } catch {
    signal.throwIfAborted();
  }
  return unknown('VM_STAT_FAILED', 'vm_stat did not say how much memory is left.');
}

/** Available bytes by the output of vm_stat(1): free, speculative and inactive pages. */
export function parseVmStat(text: string): number | null {
  const pageSize = /page size of (\d+) bytes/.exec(text)?.[1];
  const pages = ['free', 'inactive', 'speculative'].map(
    (kind) => new RegExp(`^Pages ${kind}:\\s+(\\d+)\\.$`, 'm').exec(text)?.[1],
  );
  if (pageSize === undefined || pages.includes(undefined)) return null;
  return pages.reduce((sum, count) => sum + Number(count), 0) * Number(pageSize);
}
