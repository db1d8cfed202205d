import { spawn } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import { atMost } from './at-most.ts';

/** The room on a file system. */
export interface Space {
  readonly totalBytes: number;
  readonly usedBytes: number;
  /** What someone who is not root may still use; `total - used` minus what is kept for root. */
  readonly availableBytes: number;
  /** Nought when the file system does not count inodes (btrfs, FAT). */
  readonly inodes: number;
  readonly inodesUsed: number;
  readonly inodesFree: number;
}

export interface SpaceQuestion {
  readonly path: string;
  /** True to ask from a process of its own, which can be left behind (see Mount.remote). */
  readonly remote: boolean;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks file systems for their room without ever waiting for one of them.
 *
 * statfs on a dead network mount does not return, cannot be cancelled and keeps one of the four
 * threads of libuv, whose end the process would await when it exits. So remote file systems are
 * asked by a small process that is killed when it takes too long; local ones are asked directly,
 * two at a time, and no more once two of them have not come back.
 *
 * @param execPath the Node to run for remote mounts.
 */
export function createSpaceReader(execPath: string): (question: SpaceQuestion) => Promise<Looked<Space>> {
  const directly = atMost(DIRECT_AT_ONCE);
  const apart = atMost(PROCESSES_AT_ONCE);
  const stuck = new Set<string>();
  return async (question) => {
    if (question.remote) return apart(() => askApart(question, execPath));
    return directly(() => askDirectly(question, stuck));
  };
}

const DIRECT_AT_ONCE = 2;
const PROCESSES_AT_ONCE = 4;

async function askDirectly(question: SpaceQuestion, stuck: Set<string>): Promise<Looked<Space>> {
  question.signal.throwIfAborted();
  if (stuck.has(question.path)) return tooLate(question);
  if (stuck.size >= DIRECT_AT_ONCE) {
    return unknown(
      'NOT_ASKED',
      `${printable(question.path)} was not asked, as other file systems still have not answered.`,
    );
  }
  stuck.add(question.path);
  const answer = statfs(question.path, { bigint: true })
    .then(fromBigints, (error: unknown) => refused(question, errorCode(error)))
    .finally(() => stuck.delete(question.path));
  return within(question, answer);
}

async function askApart(question: SpaceQuestion, execPath: string): Promise<Looked<Space>> {
  question.signal.throwIfAborted();
  // An empty environment: the process needs none of our settings and shall hold none of our secrets.
  const child = spawn(execPath, ['-e', ASK, question.path], {
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const answer = new Promise<Looked<Space>>((resolve) => {
    child.once('error', (error) => resolve(refused(question, errorCode(error))));
    child.once('close', () => resolve(fromOutput(question, output)));
  });
  try {
    return await within(question, answer);
  } finally {
    child.kill('SIGKILL');
    // A process that hangs in the kernel may not die of it; it must not keep ours alive.
    child.stdout.destroy();
    child.unref();
  }
}

/** Prints what statfs says, bigints as text; or the code of its error. */
const ASK = `require('node:fs').statfs(process.argv[1], { bigint: true }, (error, stat) =>
  console.log(JSON.stringify(error ? { error: error.code } : stat, (_, value) => typeof value === 'bigint' ? String(value) : value)));`;

function fromOutput(question: SpaceQuestion, output: string): Looked<Space> {
  const line = output.trim();
  if (line === '') return refused(question, null);
  const answer: unknown = JSON.parse(line);
  if (typeof answer !== 'object' || answer === null) return refused(question, null);
  const fields = new Map(Object.entries(answer));
  const error: unknown = fields.get('error');
  if (error !== undefined) return refused(question, typeof error === 'string' ? error : null);
  const number = (name: string): bigint => BigInt(String(fields.get(name) ?? 0));
  return fromBigints({
    bsize: number('bsize'),
    frsize: number('frsize'),
    blocks: number('blocks'),
    bfree: number('bfree'),
    bavail: number('bavail'),
    files: number('files'),
    ffree: number('ffree'),
  });
}

interface Statfs {
  readonly bsize: bigint;
  readonly frsize: bigint;
  readonly blocks: bigint;
  readonly bfree: bigint;
  readonly bavail: bigint;
  readonly files: bigint;
  readonly ffree: bigint;
}

function fromBigints(stat: Statfs): Looked<Space> {
  // The blocks are counted in f_frsize, which some file systems leave at nought (statvfs(3)).
  const block = stat.frsize > 0n ? stat.frsize : stat.bsize;
  return seen({
    totalBytes: Number(stat.blocks * block),
    usedBytes: Number((stat.blocks - stat.bfree) * block),
    // Some network file systems say less than nothing, as a huge number.
    availableBytes: stat.bavail > stat.blocks ? 0 : Number(stat.bavail * block),
    inodes: Number(stat.files),
    inodesUsed: Number(stat.files - stat.ffree),
    inodesFree: Number(stat.ffree),
  });
}

/** The answer, or what to say when it takes too long. An abort is passed on as an error. */
async function within(question: SpaceQuestion, answer: Promise<Looked<Space>>): Promise<Looked<Space>> {
  const done = new AbortController();
  const patience = new Promise<Looked<Space>>((resolve, reject) => {
    const timer = setTimeout(() => resolve(tooLate(question)), question.limitMs);
    done.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    question.signal.addEventListener('abort', () => reject(question.signal.reason), {
      once: true,
      signal: done.signal,
    });
  });
  try {
    return await Promise.race([answer, patience]);
  } finally {
    done.abort();
  }
}

function tooLate(question: SpaceQuestion): Looked<Space> {
  const path = printable(question.path);
  return unknown(
    'TIMEOUT',
    `${path} did not say how full it is within ${formatDuration(question.limitMs)}; a dead network mount behaves so. See "findmnt ${path}".`,
  );
}

function refused(question: SpaceQuestion, code: string | null): Looked<Space> {
  const path = printable(question.path);
  if (code === 'ENOENT') return unknown(code, `${path} does not exist, so there is no telling how full it is.`);
  if (code === 'EACCES')
    return unknown(
      code,
      `This user may not look at ${path}; leave it out with "exclude", or grant the right to read it.`,
    );
  return unknown(code ?? 'STATFS_FAILED', `${path} could not be asked how full it is (${code ?? 'no reason given'}).`);
}
