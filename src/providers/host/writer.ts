import type { ProviderDeps } from '../../domain/provider-deps.ts';
import { runCommand, type CommandQuestion } from './command.ts';
import { compressFiles, decompressFiles } from './compress-files.ts';
import { deleteFiles } from './delete-files.ts';
import type { FileSet } from './file-set.ts';
import { holdFiles } from './hold-files.ts';
import { restartUnit, type RestartQuestion, type Restarted } from './restart-unit.ts';
import { purgeFiles, restoreFiles, type HeldSet } from './restore-files.ts';
import type { Ran } from './run-program.ts';
import type { Tally } from './tally.ts';
import { findUnitManager } from './unit.ts';

export { heldName } from './held-names.ts';
export type { FileSet, HeldSet, Ran, Restarted, Tally };

/**
 * This machine, to be changed: nothing but what the actions of the catalogue do. Each takes what was sealed and
 * looks at it once more; trouble is a value.
 */
export interface HostWriter {
  /** Moves a set into the holding area, under a name. */
  hold(set: FileSet, name: string, signal: AbortSignal): Promise<Tally>;
  /** Removes a set for good. */
  remove(set: FileSet, signal: AbortSignal): Promise<Tally>;
  /** Moves back what is held. */
  restore(set: HeldSet, signal: AbortSignal): Promise<Tally>;
  /** Removes what is held for good. */
  purge(set: HeldSet, signal: AbortSignal): Promise<Tally>;
  /** Puts a `.gz` in the place of each file; what was done is noted under a name. */
  compress(set: FileSet, name: string, signal: AbortSignal): Promise<Tally>;
  decompress(set: HeldSet, signal: AbortSignal): Promise<Tally>;
  restart(question: RestartQuestion, signal: AbortSignal): Promise<Restarted>;
  /** Runs a command of the operator's configuration. */
  run(question: CommandQuestion, signal: AbortSignal): Promise<Ran>;
}

export function createHostWriter({ env, home }: ProviderDeps): HostWriter {
  return {
    hold: holdFiles,
    remove: deleteFiles,
    restore: restoreFiles,
    purge: purgeFiles,
    compress: compressFiles,
    decompress: decompressFiles,
    restart: async (question, signal) => restartUnit(await findUnitManager(env), question, signal),
    run: (question, signal) => runCommand(question, home, signal),
  };
}
