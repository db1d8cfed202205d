import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Mistake } from '../domain/mistake.ts';
import type { Runbook } from '../domain/runbook.ts';

const EXTENSIONS: ReadonlySet<string> = new Set(['.md', '.yaml', '.yml']);

/** The runbook files of some folders, sorted within each; a folder that is not there has none. README.md and hidden files are none. */
export async function findRunbooks(
  folders: readonly string[],
): Promise<{ paths: readonly string[]; mistakes: readonly Mistake[] }> {
  const found = await Promise.all(folders.map(filesIn));
  return { paths: found.flatMap(({ paths }) => paths), mistakes: found.flatMap(({ mistakes }) => mistakes) };
}

async function filesIn(folder: string): Promise<{ paths: string[]; mistakes: Mistake[] }> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map((entry) => entry.name);
    return {
      paths: names
        .filter(isRunbookName)
        .toSorted()
        .map((name) => join(folder, name)),
      mistakes: [],
    };
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
    if (code === null) throw error;
    if (code === 'ENOENT') return { paths: [], mistakes: [] };
    return {
      paths: [],
      mistakes: [
        {
          level: 'error',
          code: 'RUNBOOK_UNREADABLE',
          message: `the folder could not be read: ${code}`,
          where: { file: folder, line: 1, column: 1 },
          next: null,
        },
      ],
    };
  }
}

function isRunbookName(name: string): boolean {
  return !name.startsWith('.') && name.toLowerCase() !== 'readme.md' && EXTENSIONS.has(extname(name).toLowerCase());
}

/** Runs and findings belong to a runbook's name, so two files must not share one. Every file but the first is a mistake. */
export function duplicateNames(runbooks: readonly Pick<Runbook, 'name' | 'path'>[]): readonly Mistake[] {
  const first = new Map<string, string>();
  return runbooks.flatMap(({ name, path }): Mistake[] => {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, path);
    if (earlier === undefined || earlier === path) return [];
    return [
      {
        level: 'error',
        code: 'RUNBOOK_NAME_DUPLICATE',
        message: `the name "${name}" is taken by ${earlier}; give one of them another "name:"`,
        where: { file: path, line: 1, column: 1 },
        next: null,
      },
    ];
  });
}
