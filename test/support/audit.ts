import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { randomBytes } from 'node:crypto';
import type { AuditVerb, AuditVerdict, NewAuditEntry } from '../../src/domain/audit.ts';
import { auditLog, type Audit } from '../../src/store/audit.ts';
import { verifyAudit } from '../../src/store/audit-verify.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { redactor } from './sighting.ts';

export const INSTANCE = '7c0e1a52-0000-4000-8000-000000000000';

export interface LogAtHand {
  readonly database: Database;
  readonly log: Audit;
  readonly files: { readonly head: string; readonly key: string };
  /** Where the clock stands; may be set. */
  readonly clock: { at: number };
}

/** The log in `folder`, opened as a process opens it. */
export function openLog(folder: string): LogAtHand {
  const database = openDatabase(join(folder, 'holdfast.db'));
  const files = { head: join(folder, 'audit.head'), key: join(folder, 'audit.key') };
  const clock = { at: 1_000 };
  const log = auditLog(database, {
    clock: { now: () => clock.at, monotonic: () => 0 },
    random: (size) => randomBytes(size),
    instance: INSTANCE,
    files,
  });
  return { database, log, files, clock };
}

export function anEntry(edit: { object?: string; verb?: AuditVerb; reason?: string } = {}): NewAuditEntry {
  return {
    actor: { kind: 'operator', name: 'ana' },
    verb: edit.verb ?? 'finding-muted',
    object: edit.object ?? 'f-0123456789AB',
    outcome: 'done',
    detail: redactor.data({ reason: edit.reason ?? 'moving house' }),
  };
}

/** A log of `entries` entries (the first is its own), sealed and closed. */
export function aSealedLog(folder: string, entries = 5): LogAtHand['files'] {
  const { database, log, files, clock } = openLog(folder);
  for (let index = 2; index <= entries; index++) {
    clock.at += 1_000;
    log.append(anEntry({ reason: `reason ${index}` }));
  }
  log.sealHead();
  database.close();
  return files;
}

/** What somebody does to the table who has the file, and neither our guard nor any respect for its triggers. */
export function tamper(folder: string, work: (sqlite: DatabaseSync) => void): void {
  const sqlite = new DatabaseSync(join(folder, 'holdfast.db'));
  for (const trigger of ['audit_only_grows', 'audit_is_not_changed', 'audit_is_not_deleted'])
    sqlite.exec(`DROP TRIGGER IF EXISTS ${trigger}`);
  work(sqlite);
  sqlite.close();
}

/** What verify says of the log in `folder`: the flaw as `number: what`, or how many entries are sound. */
export function verified(folder: string): string {
  const { database, files } = openLog(folder);
  const said = saidOf(verifyAudit(database, files));
  database.close();
  return said;
}

export function saidOf(verdict: AuditVerdict): string {
  return verdict.status === 'sound' ? `${verdict.entries} sound` : `${verdict.flaw.seq}: ${verdict.flaw.what}`;
}
