import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CodedError } from '../domain/coded-error.ts';
import { nameTrouble } from '../runbooks/schema.ts';
import { runbookTemplate } from '../runbooks/template.ts';
import type { App } from './app.ts';

/** Writes a starter runbook and returns its path as a person would type it. Never overwrites: FILE_EXISTS. */
export async function writeNewRunbook(
  app: App,
  name: string,
  form: 'markdown' | 'yaml',
  folder: string,
): Promise<string> {
  const trouble = nameTrouble(name);
  if (trouble !== null) throw new CodedError('USAGE', trouble, { where: name });
  const path = join(folder, `${name}.${form === 'yaml' ? 'yaml' : 'md'}`);
  await writeNewFile(resolve(app.surroundings.cwd, path), runbookTemplate(name, form, null));
  return path;
}

export async function writeNewFile(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (exists)
      throw new CodedError('FILE_EXISTS', 'there is a file by that name already', {
        where: path,
        next: 'choose another name',
      });
    throw new CodedError(
      'FILE_NOT_WRITTEN',
      `the file can't be written (${error instanceof Error ? error.message : String(error)})`,
      {
        where: path,
        next: 'choose another folder',
        cause: error,
      },
    );
  }
}
