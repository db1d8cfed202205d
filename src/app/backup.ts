import { resolve } from 'node:path';
import { backUp, restore } from '../store/backup.ts';
import { openStateDir } from '../store/state-dir.ts';
import type { App, StatefulApp } from './app.ts';

/** Copies the database, in use or not, to a new file; returns its absolute path. */
export async function backUpTo(app: StatefulApp, file: string): Promise<string> {
  const path = resolve(app.surroundings.cwd, file);
  await backUp(app.database, path);
  return path;
}

/** Puts a backup in the place of the database; what was there is kept beside it. */
export function restoreFrom(app: App, file: string): { readonly path: string; readonly kept: string | null } {
  const { database } = openStateDir(app.places.stateDir);
  const kept = restore(resolve(app.surroundings.cwd, file), database, new Date(app.surroundings.clock.now()));
  return { path: database, kept };
}
