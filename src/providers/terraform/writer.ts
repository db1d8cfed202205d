import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure } from '../../domain/check.ts';
import { errorCode } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { applyFolder, COPY, PID, SAID, SAID_AT_MOST } from './apply-folder.ts';
import { programEnvironment } from './environment.ts';
import { writeNew } from './private-copy.ts';

export interface ApplyRequest {
  /** Absolute path of the program. */
  readonly path: string;
  readonly dir: string;
  /** The very bytes whose digest was compared: these are applied, not what lies at the plan's path. */
  readonly bytes: Buffer;
  /** The step's idempotency key: a second attempt under the same is not made. */
  readonly key: string;
  readonly signal: AbortSignal;
}

/** How it ended. `said` is the program's machine-readable output; it may hold secrets and must not be kept. */
export type Ran =
  /** The program was not run. */
  | { readonly status: 'not-started'; readonly failure: Failure }
  /** There was an attempt under this key before, and what came of it was not settled. */
  | { readonly status: 'tried-before' }
  | { readonly status: 'ended'; readonly code: number | null; readonly said: string | null }
  /** It was asked to stop and still runs: it was left to finish, as killing it could lose its state. */
  | { readonly status: 'still-running'; readonly pid: number };

export interface TerraformWriter {
  apply(request: ApplyRequest): Promise<Ran>;
  /** Removes what an attempt left behind, once it is known what came of it. */
  clear(dir: string, key: string): Promise<void>;
}

export interface ApplyLimits {
  /** How long it may take before it is asked to stop. */
  readonly limitMs: number;
  /** How long it is waited for once it was asked to. */
  readonly graceMs: number;
}

const LIMITS: ApplyLimits = { limitMs: 2 * 3_600_000, graceMs: 15 * 60_000 };

/**
 * Applies saved plans. The program is started in a process group of its own and writes to a file, not to a pipe
 * of ours: a Ctrl-C at our terminal must reach it once and by us, and if we die it must not die of a broken
 * pipe with its state unwritten.
 */
export function createTerraformWriter(
  { env }: Pick<ProviderDeps, 'env'>,
  limits: ApplyLimits = LIMITS,
): TerraformWriter {
  return {
    apply: (request) => applyPlan(request, programEnvironment(env), limits),
    clear: (dir, key) => rm(applyFolder(dir, key), { recursive: true, force: true }),
  };
}

async function applyPlan(
  request: ApplyRequest,
  env: Readonly<Record<string, string>>,
  limits: ApplyLimits,
): Promise<Ran> {
  if (request.signal.aborted) return notStarted('ABORTED', 'It was given up before the program was started.');
  const folder = applyFolder(request.dir, request.key);
  const made = await makeFolder(folder);
  if (made !== null) return made;
  const copy = join(folder, COPY);
  const said = await fillFolder(folder, copy, request.bytes);
  if ('status' in said) {
    await rm(folder, { recursive: true, force: true });
    return said;
  }
  const ran = await run(request, copy, said, env, limits).finally(() => said.close());
  if (ran.status === 'ended') await rm(copy, { force: true });
  if (ran.status === 'not-started') await rm(folder, { recursive: true, force: true });
  return ran;
}

/** The copy, and an empty file for what the program will say; both are on disk before it is started. */
async function fillFolder(folder: string, copy: string, bytes: Buffer): Promise<FileHandle | Ran> {
  try {
    await writeNew(copy, bytes);
    const said = await open(join(folder, SAID), 'wx+', 0o600);
    await syncFolder(folder);
    await syncFolder(dirname(folder));
    return said;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return notStarted(code, `The plan could not be copied to ${printable(folder)} (${code}).`);
  }
}

async function makeFolder(folder: string): Promise<Ran | null> {
  const parent = dirname(folder);
  try {
    if (((await stat(parent)).mode & 0o002) !== 0)
      return notStarted('FOLDER_OPEN', `${printable(parent)} may be written by everybody: "chmod o-w" it.`);
    await mkdir(folder, { mode: 0o700 });
    return null;
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'EEXIST') return { status: 'tried-before' };
    return notStarted(code, `${printable(folder)} could not be made (${code}); is the directory initialised?`);
  }
}

/** So that after a power cut the folder is there, if the program was started. */
async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}

async function run(
  { path, dir, signal }: ApplyRequest,
  copy: string,
  said: FileHandle,
  env: Readonly<Record<string, string>>,
  { limitMs, graceMs }: ApplyLimits,
): Promise<Ran> {
  // Without -auto-approve: should it not take the file for a plan, it must fail and not make one of its own.
  const child = spawn(path, ['apply', '-input=false', '-no-color', '-json', copy], {
    cwd: dir,
    env,
    stdio: ['ignore', said.fd, 'ignore'],
    detached: true,
    shell: false,
  });
  const ended = endOf(child);
  // In this very turn, so that there is no time in which it runs and its number is not known.
  if (child.pid !== undefined) writeFileSync(join(dirname(copy), PID), String(child.pid), { mode: 0o600, flag: 'wx' });
  const patience = timers(child, limitMs, graceMs, signal);
  try {
    const end = await Promise.race([ended, patience.exhausted]);
    if (end === 'still-running') {
      child.unref();
      return { status: 'still-running', pid: child.pid ?? 0 };
    }
    if ('failure' in end) return { status: 'not-started', failure: end.failure };
    return { status: 'ended', code: end.code, said: await textOf(said) };
  } finally {
    patience.stop();
  }
}

type End = { readonly code: number | null } | { readonly failure: Failure };

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      const code = errorCode(error) ?? 'NOT_STARTED';
      resolve({ failure: { code, message: `The program could not be started (${code}).` } });
    });
    child.once('exit', (code) => resolve({ code }));
  });
}

/** Asks the child to stop when it takes too long or is given up, and says when it has not within the grace. */
function timers(
  child: ChildProcess,
  limitMs: number,
  graceMs: number,
  signal: AbortSignal,
): { readonly exhausted: Promise<'still-running'>; stop(): void } {
  const { promise, resolve } = Promise.withResolvers<'still-running'>();
  let grace: NodeJS.Timeout | undefined;
  const ask = (): void => {
    if (grace !== undefined) return;
    // Once only: at a second one it drops what it is doing, and with it what it knows.
    child.kill('SIGINT');
    grace = setTimeout(() => resolve('still-running'), graceMs);
  };
  const limit = setTimeout(ask, limitMs);
  signal.addEventListener('abort', ask, { once: true });
  return {
    exhausted: promise,
    stop: () => {
      clearTimeout(limit);
      clearTimeout(grace);
      signal.removeEventListener('abort', ask);
    },
  };
}

/** null: it said more than is read. */
async function textOf(said: FileHandle): Promise<string | null> {
  const { size } = await said.stat();
  if (size > SAID_AT_MOST) return null;
  const bytes = Buffer.alloc(size);
  await said.read(bytes, 0, size, 0);
  return bytes.toString('utf8');
}

function notStarted(code: string, message: string): Ran {
  return { status: 'not-started', failure: { code, message } };
}
