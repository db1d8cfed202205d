import { resolve } from 'node:path';
import { backUp, restore } from '../store/backup.ts';
import { auditLog } from '../store/audit.ts';
import { readHead } from '../store/audit-head.ts';
import { actionCatalog } from '../maker/actions/catalog.ts';
import { revokeGrants } from '../maker/revoke-grants.ts';
import { catalogueDigest } from '../maker/seal.ts';
import { openDatabase } from '../store/database.ts';
import { createGateStore } from '../store/gate.ts';
import { openStateDir } from '../store/state-dir.ts';
import type { App, StatefulApp } from './app.ts';
import { operator } from './plans.ts';

/** Copies the database, in use or not, to a new file; returns its absolute path. */
export async function backUpTo(app: StatefulApp, file: string): Promise<string> {
  const path = resolve(app.surroundings.cwd, file);
  await backUp(app.database, path);
  return path;
}

/**
 * Puts a backup in the place of the database; what was there is kept beside it. The audit log that comes with the
 * backup is shorter than the one that was there: its first new entry says so, and how far the other one went. Grants that
 * waited in it are taken back: they may have been used since.
 */
export function restoreFrom(app: App, file: string): { readonly path: string; readonly kept: string | null } {
  const { clock, random, version } = app.surroundings;
  const stateDir = openStateDir(app.places.stateDir);
  const path = resolve(app.surroundings.cwd, file);
  const kept = restore(path, stateDir.database, new Date(clock.now()));
  const files = { head: stateDir.auditHead, key: stateDir.auditKey };
  const before = readHead(files.head);
  const database = openDatabase(stateDir.database);
  try {
    const audit = auditLog(database, { clock, random, instance: stateDir.instance, files });
    audit.append({
      actor: operator(app),
      verb: 'database-restored',
      object: '',
      outcome: 'done',
      detail: app.redactor.data({
        from: path,
        kept,
        auditBefore: before.status === 'head' ? { entries: before.head.seq, digest: before.head.digest } : null,
      }),
    });
    revokeGrants(
      {
        store: createGateStore(database, stateDir.gateKey, audit),
        clock,
        random,
        redactor: app.redactor,
        instance: stateDir.instance,
        engine: version,
        catalogue: catalogueDigest(actionCatalog),
      },
      operator(app),
      'the database was restored from a backup',
    );
    audit.sealAnew();
  } finally {
    database.close();
  }
  return { path: stateDir.database, kept };
}
