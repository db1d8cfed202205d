import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { errorCode, seen, unknown, type Looked } from '../../domain/failure.ts';

export const PROGRAMS = ['terraform', 'tofu'] as const;
export type Program = (typeof PROGRAMS)[number];

/** Where packages put them; looked at after the operator's PATH. */
const FIXED_PLACES = ['/usr/local/bin', '/usr/bin', '/opt/homebrew/bin', '/snap/bin'];

/**
 * The absolute path of a program, from the operator's PATH and then the usual places. A part of PATH that is
 * not absolute is passed over: with it, the working directory of a plan would decide what is run.
 */
export async function findProgram(
  program: Program,
  path: string | undefined,
  places: readonly string[] = FIXED_PLACES,
): Promise<Looked<string>> {
  const folders = [...(path ?? '').split(delimiter).filter((folder) => isAbsolute(folder)), ...places];
  for (const folder of folders) {
    const candidate = join(folder, program);
    if (await isProgram(candidate)) return seen(candidate);
  }
  return unknown(
    'PROGRAM_NOT_FOUND',
    `${program} is neither in an absolute folder of PATH nor in ${places.join(', ')}. Install it, or name the other with "program".`,
  );
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return false;
  }
}
