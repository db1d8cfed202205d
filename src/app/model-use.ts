import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadConfig } from '../config.ts';
import { CodedError } from '../domain/coded-error.ts';
import { isModelRef, type ModelRef } from '../domain/model.ts';
import { withValue } from '../yaml/set-in-file.ts';
import type { StatefulApp } from './app.ts';

/** Which model is asked from now on, and in which file that stands. */
export interface ModelUsed {
  readonly model: ModelRef;
  readonly role: 'default' | 'escalate';
  readonly file: string;
}

/**
 * Writes models.default or models.escalate into the configuration, and leaves everything else in it as it is. What would
 * come of it is read before it takes the file's place. USAGE, CONFIG_INVALID or FILE_NOT_WRITTEN.
 */
export function useModel(app: StatefulApp, named: string, role: ModelUsed['role']): ModelUsed {
  if (!isModelRef(named))
    throw new CodedError('USAGE', `"${named}" is not a model`, {
      next: 'write provider/model, such as ollama/gemma4:e4b',
    });
  const file = app.places.configFile;
  const { text, mode } = before(file);
  const after = withValue(text, ['models', role], named);
  if (after === null)
    throw new CodedError('CONFIG_INVALID', 'the configuration is no YAML that can be edited', { where: file });
  replace(file, after, mode);
  return { model: named, role, file };
}

function before(file: string): { readonly text: string; readonly mode: number } {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return { text: '', mode: 0o600 };
  if (!found.isFile())
    throw new CodedError('FILE_NOT_WRITTEN', 'the configuration is a link or no file, and is left as it is', {
      where: file,
      next: 'write models.default into it yourself',
    });
  return { text: readFileSync(file, 'utf8'), mode: found.mode & 0o777 };
}

function replace(file: string, text: string, mode: number): void {
  const next = `${file}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(next, text, { mode, flag: 'wx' });
    chmodSync(next, mode);
    loadConfig(next); // a mistake is found here, before it is in force
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    if (error instanceof CodedError) throw error;
    throw new CodedError(
      'FILE_NOT_WRITTEN',
      `the configuration can't be written (${error instanceof Error ? error.message : String(error)})`,
      {
        where: file,
        cause: error,
      },
    );
  }
}
