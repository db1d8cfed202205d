import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';
import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { applyFolder, PID, SAID, SAID_AT_MOST } from './apply-folder.ts';
import { programEnvironment } from './environment.ts';
import { originOf, readPlanFile, type PlanFile, type PlanOrigin } from './plan-file.ts';
import { privateCopy } from './private-copy.ts';
import { findProgram, PROGRAMS, type Program } from './program.ts';
import { runToRead } from './run.ts';
import { readWorkingDir, type WorkingDir } from './working-dir.ts';

export { originOf, PROGRAMS };
export type { PlanFile, PlanOrigin, Program, WorkingDir };

/**
 * Terraform or OpenTofu as it is installed, and working directories. Only reads: what it runs is `version`,
 * `show` and `state pull`, none of which takes a lock. Documents are returned as text, unparsed; they may
 * hold secrets. Trouble is a value, only an abort is thrown.
 */
export interface TerraformReader {
  /** Absolute path of the program. */
  find(program: Program): Promise<Looked<string>>;
  /** `version -json`. */
  version(path: string, dir: string, signal: AbortSignal): Promise<Looked<string>>;
  planFile(dir: string, plan: string): Promise<Looked<PlanFile>>;
  workingDir(dir: string): Promise<Looked<WorkingDir>>;
  /** `show -json` of exactly these bytes. Starts the providers of the directory to ask for their schemas. */
  show(path: string, dir: string, file: PlanFile, signal: AbortSignal): Promise<Looked<string>>;
  /** `state pull`: the newest state, by way of its backend; empty text: there is none. */
  state(path: string, dir: string, signal: AbortSignal): Promise<Looked<string>>;
  /** What an attempt under that key left behind; null: nothing, so the program was not started. */
  trace(dir: string, key: string): Promise<Looked<Trace | null>>;
}

export interface Trace {
  /** What the program said, as far as it came. */
  readonly text: string;
  /** False: its process is gone for certain. */
  readonly mayRun: boolean;
}

const QUICK = { limitMs: 30_000, limitBytes: 2 ** 20 };
const SLOW = { limitMs: 180_000, limitBytes: 256 * 2 ** 20 };

export function createTerraformReader({ env }: Pick<ProviderDeps, 'env'>): TerraformReader {
  const asked = { env: programEnvironment(env) };
  return {
    find: (program) => findProgram(program, env['PATH']),
    version: (path, dir, signal) =>
      runToRead({ ...asked, ...QUICK, path, cwd: dir, args: ['version', '-json'], signal }),
    planFile: readPlanFile,
    workingDir: readWorkingDir,
    show: async (path, dir, file, signal) => {
      // The copy is what was hashed; the file itself may have been swapped since.
      await using copy = await privateCopy(file.bytes);
      // Awaited here, since the copy goes away with this scope.
      return await runToRead({ ...asked, ...SLOW, path, cwd: dir, args: ['show', '-json', copy.path], signal });
    },
    state: (path, dir, signal) => runToRead({ ...asked, ...SLOW, path, cwd: dir, args: ['state', 'pull'], signal }),
    trace: readTrace,
  };
}

async function readTrace(dir: string, key: string): Promise<Looked<Trace | null>> {
  const folder = applyFolder(dir, key);
  try {
    if (!(await stat(folder)).isDirectory()) return unknown('EXIST', `${printable(folder)} is no folder.`);
    const text = await textIn(folder, SAID);
    if (text === null) return unknown('TOO_LARGE', `${printable(join(folder, SAID))} is too large to read.`);
    return seen({ text, mayRun: mayRun(await textIn(folder, PID)) });
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    if (code === 'ENOENT') return seen(null);
    return unknown(code, `${printable(folder)} could not be read (${code}).`);
  }
}

/** A file that is not there yet is an empty text; null: it is larger than is read. */
async function textIn(folder: string, name: string): Promise<string | null> {
  try {
    await using file = await open(join(folder, name), 'r');
    return (await file.stat()).size > SAID_AT_MOST ? null : await file.readFile('utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return '';
  }
}

/** False only where it is certain: the process is gone. Another that got its number is taken for it. */
function mayRun(pid: string | null): boolean {
  const number = Number(pid);
  if (!Number.isInteger(number) || number <= 1) return true;
  try {
    return process.kill(number, 0);
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}
