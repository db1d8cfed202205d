import { readFile, readdir } from 'node:fs/promises';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { atMost } from './at-most.ts';

/** A process that ended without its parent taking notice, or that waits where no signal reaches it. */
export interface StrandedProcess {
  readonly pid: number;
  /** Clock ticks from boot to its start: with the pid it names this one process and no later one. */
  readonly start: string;
  /** The name of its program, as the kernel has it: at most 15 bytes, chosen by the program. */
  readonly program: string;
  readonly parent: number;
  readonly parentProgram: string;
  readonly state: 'zombie' | 'waiting';
  /** How often it was taken off a CPU so far: while this stands still it has not run. null: not told. */
  readonly switches: number | null;
}

export interface ProcessTable {
  readonly source: string;
  /** Those of all processes that are zombies or in uninterruptible sleep; threads of the kernel left out. */
  readonly stranded: readonly StrandedProcess[];
  readonly processes: number;
  /** Why some processes could not be seen (`hidepid`); null: all were. */
  readonly hidden: string | null;
}

/** All processes of this pid namespace, as proc_pid_stat(5) has them. */
export async function readProcessTable(
  platform: NodeJS.Platform,
  procRoot: string,
  signal: AbortSignal,
): Promise<Looked<ProcessTable>> {
  const pids = await listProcesses(platform, procRoot);
  if (pids.status === 'unknown') return pids;
  const soon = atMost(READ_AT_ONCE);
  const read = await Promise.all(
    pids.value.map((pid) =>
      soon(async () => {
        signal.throwIfAborted();
        return readStat(procRoot, pid);
      }),
    ),
  );
  const stats = read.filter((stat) => typeof stat === 'object');
  const refused = read.filter((stat) => stat === 'refused').length;
  const programs = new Map(stats.map(({ pid, program }) => [pid, program]));
  const stranded = stats.filter(({ state, ofKernel }) => (state === 'Z' || state === 'D') && !ofKernel);
  return seen({
    source: `${procRoot}/<pid>/stat`,
    stranded: await Promise.all(
      stranded.map(async ({ pid, start, program, parent, state }) => ({
        pid,
        start,
        program,
        parent,
        parentProgram: programs.get(parent) ?? '',
        state: state === 'Z' ? ('zombie' as const) : ('waiting' as const),
        switches: state === 'Z' ? null : await soon(() => readSwitches(procRoot, pid)),
      })),
    ),
    processes: stats.length,
    hidden: hiddenPart(procRoot, programs.has(1), refused),
  });
}

/** Ids of the processes that can be seen. */
export async function listProcesses(platform: NodeJS.Platform, procRoot: string): Promise<Looked<readonly number[]>> {
  if (platform !== 'linux') return unknown('LINUX_ONLY', 'Processes are looked at on Linux only.');
  try {
    const names = await readdir(procRoot);
    return seen(names.filter((name) => /^[1-9]\d*$/.test(name)).map(Number));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return unknown('PROC_UNREADABLE', `${procRoot} could not be read (${code}), so processes can not be looked at.`);
  }
}

/** Process 1 is always there: where it can't be seen, others are hidden from us too. */
export function hiddenPart(procRoot: string, seesFirst: boolean, refused: number): string | null {
  if (refused > 0) return `${refused} processes of other users may not be looked at under ${procRoot}.`;
  return seesFirst ? null : `${procRoot} hides the processes of other users (the mount option hidepid).`;
}

interface Stat {
  readonly pid: number;
  readonly program: string;
  readonly state: string;
  readonly parent: number;
  readonly ofKernel: boolean;
  readonly start: string;
}

/** The name may hold anything, brackets and newlines too, so the last bracket ends it. */
export function parseStat(text: string): Stat | null {
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
  if (open < 0 || close < open) return null;
  const fields = text.slice(close + 2).split(' ');
  const [state = '', parent = ''] = fields;
  const [flags = '', start = ''] = [fields[6], fields[19]];
  const pid = text.slice(0, open).trim();
  if (!/^[A-Za-z]$/.test(state) || ![pid, parent, flags, start].every((field) => /^\d+$/.test(field))) return null;
  return {
    pid: Number(pid),
    program: text.slice(open + 1, close),
    state,
    parent: Number(parent),
    ofKernel: (BigInt(flags) & PF_KTHREAD) !== 0n,
    start,
  };
}

const READ_AT_ONCE = 16;
const PF_KTHREAD = 0x00200000n;

async function readStat(procRoot: string, pid: number): Promise<Stat | 'gone' | 'refused'> {
  const text = await readOfProcess(`${procRoot}/${pid}/stat`);
  return text === 'gone' || text === 'refused' ? text : (parseStat(text.text) ?? 'gone');
}

/** `gone`: it ended meanwhile. */
export async function readOfProcess(path: string): Promise<{ readonly text: string } | 'gone' | 'refused'> {
  try {
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return code === 'EACCES' || code === 'EPERM' ? 'refused' : 'gone';
  }
}

async function readSwitches(procRoot: string, pid: number): Promise<number | null> {
  const status = await readOfProcess(`${procRoot}/${pid}/status`);
  if (typeof status !== 'object') return null;
  const counts = [...status.text.matchAll(/^(?:non)?voluntary_ctxt_switches:\s+(\d+)$/gm)].map(([, count]) =>
    Number(count),
  );
  return counts.length === 2 ? counts.reduce((sum, count) => sum + count, 0) : null;
}
