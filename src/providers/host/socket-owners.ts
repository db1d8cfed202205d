import { readdir, readlink } from 'node:fs/promises';
import { errorCode } from '../../domain/failure.ts';
import { atMost } from './at-most.ts';
import { textOfBytes } from './byte-name.ts';
import { readSystemFile } from './system-file.ts';

/** Which programs hold which sockets. */
export interface SocketOwners {
  /** By inode: the program of the process that holds the socket and started first, so that its children do not count. */
  readonly programs: ReadonlyMap<string, string>;
  /** False when a process did not let itself be looked at. */
  readonly complete: boolean;
}

/** Looks through the open files of all processes that this user may look at. */
export async function findSocketOwners(
  procRoot: string,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<SocketOwners> {
  const pids = (await entriesOf(procRoot, signal)).names.filter((name) => /^\d+$/.test(name));
  const first = new Map<string, Holder>();
  let complete = pids.length > 0;
  const inTurn = atMost(16);
  const look = async (pid: string): Promise<void> => {
    signal.throwIfAborted();
    const { inodes, refused } = await socketsOf(`${procRoot}/${pid}`, wanted, signal);
    if (refused) complete = false;
    if (inodes.length === 0) return;
    const holder = await holderOf(`${procRoot}/${pid}`, Number(pid));
    if (holder === null) {
      complete = false;
      return;
    }
    for (const inode of inodes) {
      const other = first.get(inode);
      if (other === undefined || isEarlier(holder, other)) first.set(inode, holder);
    }
  };
  await Promise.all(pids.map((pid) => inTurn(() => look(pid))));
  return { programs: new Map([...first].map(([inode, { program }]) => [inode, program])), complete };
}

interface Holder {
  readonly program: string;
  /** In ticks since the machine started. */
  readonly startedAt: bigint;
  readonly pid: number;
}

function isEarlier(a: Holder, b: Holder): boolean {
  return a.startedAt === b.startedAt ? a.pid < b.pid : a.startedAt < b.startedAt;
}

async function socketsOf(
  folder: string,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<{ readonly inodes: readonly string[]; readonly refused: boolean }> {
  const { names, refused } = await entriesOf(`${folder}/fd`, signal);
  const inodes: string[] = [];
  for (const name of names) {
    const target = await linkOf(`${folder}/fd/${name}`);
    const inode = /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1];
    if (inode !== undefined && wanted.has(inode)) inodes.push(inode);
  }
  return { inodes, refused };
}

/** null: it ended meanwhile, or does not let itself be looked at. */
async function holderOf(folder: string, pid: number): Promise<Holder | null> {
  const program = await linkOf(`${folder}/exe`);
  // The name of the program may hold anything, brackets and newlines too: what comes after the last `)` counts.
  const stat = (await readSystemFile(`${folder}/stat`)) ?? '';
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[STARTED_AT_AFTER_NAME];
  if (program === null || startedAt === undefined || !/^\d+$/.test(startedAt)) return null;
  // After an update the running program is no longer the file of that name; that is not another program.
  return { program: program.replace(/ \(deleted\)$/, ''), startedAt: BigInt(startedAt), pid };
}

/** Field 22 of proc_pid_stat(5), counted from the third. */
const STARTED_AT_AFTER_NAME = 19;

async function entriesOf(
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly names: readonly string[]; readonly refused: boolean }> {
  signal.throwIfAborted();
  try {
    return { names: await readdir(folder), refused: false };
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    // A process that ended meanwhile holds nothing.
    return { names: [], refused: code !== 'ENOENT' && code !== 'ESRCH' && code !== 'ENOTDIR' };
  }
}

async function linkOf(path: string): Promise<string | null> {
  try {
    return textOfBytes(await readlink(path, { encoding: 'buffer' }));
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  }
}
