import { readdir, stat } from 'node:fs/promises';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { atMost } from './at-most.ts';
import { hiddenPart, listProcesses, readOfProcess } from './process-table.ts';
import { readSystemFile } from './system-file.ts';

/** Open files of the whole machine: proc_sys_fs(5). */
export interface OpenFiles {
  readonly source: string;
  readonly open: number;
  /** The most that the kernel opens; a number beyond all use where it sets no bound. */
  readonly limit: number;
}

/** A process that has, or once had, at least half as many files open as it may. */
export interface ProcessFiles {
  readonly pid: number;
  readonly program: string;
  /** Its own soft limit (RLIMIT_NOFILE). */
  readonly limit: number;
  /** Room in its table: it has no more files open than this. The table never shrinks. */
  readonly slots: number;
  /** null: the kernel does not tell this user (Linux before 6.2). */
  readonly open: number | null;
}

export interface Descriptors {
  readonly machine: Looked<OpenFiles>;
  readonly processes: readonly ProcessFiles[];
  /** Why some processes could not be seen; null: all were. */
  readonly hidden: string | null;
}

export async function readDescriptors(
  platform: NodeJS.Platform,
  procRoot: string,
  signal: AbortSignal,
): Promise<Looked<Descriptors>> {
  const pids = await listProcesses(platform, procRoot);
  if (pids.status === 'unknown') return pids;
  const soon = atMost(READ_AT_ONCE);
  const read = await Promise.all(
    pids.value.map((pid) =>
      soon(async () => {
        signal.throwIfAborted();
        return readProcess(procRoot, pid);
      }),
    ),
  );
  return seen({
    machine: parseFileNr(`${procRoot}/sys/fs/file-nr`, await readSystemFile(`${procRoot}/sys/fs/file-nr`)),
    processes: read.filter((process) => typeof process === 'object'),
    hidden: hiddenPart(procRoot, pids.value.includes(1), read.filter((process) => process === 'refused').length),
  });
}

/** Three numbers: handles in use, handles free (always 0 since Linux 2.6), the limit. */
export function parseFileNr(source: string, text: string | null): Looked<OpenFiles> {
  const [, open, free, limit] = /^(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(text ?? '') ?? [];
  if (open === undefined || free === undefined || limit === undefined)
    return unknown(
      'FILE_NR_UNREADABLE',
      `${source} could not be read, so there is no telling how many files are open.`,
    );
  return seen({ source, open: Number(open) - Number(free), limit: Number(limit) });
}

const READ_AT_ONCE = 16;

async function readProcess(procRoot: string, pid: number): Promise<ProcessFiles | 'few' | 'gone' | 'refused'> {
  const [status, limits] = [
    await readOfProcess(`${procRoot}/${pid}/status`),
    await readOfProcess(`${procRoot}/${pid}/limits`),
  ];
  if (typeof status !== 'object') return status;
  if (typeof limits !== 'object') return limits;
  const slots = Number(/^FDSize:\s+(\d+)$/m.exec(status.text)?.[1] ?? 0);
  // `unlimited` is no number, and has no end to be near.
  const limit = Number(/^Max open files\s+(\d+)\s/m.exec(limits.text)?.[1] ?? 0);
  if (limit === 0 || slots < limit / 2) return 'few';
  const program = /^Name:\t(.*)$/m.exec(status.text)?.[1] ?? '';
  return { pid, program, limit, slots, open: await countOpen(`${procRoot}/${pid}/fd`) };
}

/** Since Linux 6.2 the size of the folder is the count, for everybody; before that its owner may count the names. */
async function countOpen(folder: string): Promise<number | null> {
  try {
    const { size } = await stat(folder);
    return size > 0 ? size : (await readdir(folder)).length;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
