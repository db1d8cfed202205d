import { readSystemFile } from './system-file.ts';

/** How much of the time work stood still for want of something, in percent of the last 10, 60 and 300 seconds. */
interface Stall {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
}

/** Pressure stall information of one resource, as the kernel's Documentation/accounting/psi.rst defines it. */
export interface Pressure {
  /** Where it was read. */
  readonly source: string;
  /** At least one task waited. */
  readonly some: Stall;
  /** All tasks that were not idle waited; older kernels do not say this for the CPU. */
  readonly full: Stall | null;
}

/** Null when the kernel does not tell: before 4.20, built without it, or switched off. */
export async function readPressure(path: string): Promise<Pressure | null> {
  const text = await readSystemFile(path);
  const some = text === null ? null : stall(text, 'some');
  return text === null || some === null ? null : { source: path, some, full: stall(text, 'full') };
}

function stall(text: string, kind: 'some' | 'full'): Stall | null {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${kind} `));
  const match = /avg10=(\d+\.\d+) avg60=(\d+\.\d+) avg300=(\d+\.\d+)/.exec(line ?? '');
  return match === null ? null : { avg10: Number(match[1]), avg60: Number(match[2]), avg300: Number(match[3]) };
}
