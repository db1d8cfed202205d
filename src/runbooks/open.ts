import type { ActionCatalog } from '../domain/action.ts';
import type { CheckCatalog } from '../domain/check.ts';
import type { LoadedRunbook } from './loaded-runbook.ts';
import { loadRunbook } from './load.ts';
import { readRunbook } from './read.ts';

/** The runbook at a path, read and judged (see loadRunbook). A relative path is relative to `cwd`. */
export async function openRunbook(
  path: string,
  cwd: string,
  catalog: CheckCatalog,
  actions: ActionCatalog | null = null,
): Promise<LoadedRunbook> {
  const read = await readRunbook(path, cwd);
  if (read.status === 'refused') return { runbook: null, mistakes: [read.mistake], written: new Map() };
  return loadRunbook(read.source, catalog, actions);
}
