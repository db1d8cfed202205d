import { resolve } from 'node:path';
import type { AuditEntry, AuditVerb, AuditVerdict, SoundAudit } from '../domain/audit.ts';
import { CodedError } from '../domain/coded-error.ts';
import { errorCode } from '../domain/failure.ts';
import { exportAudit, verifyExport, type Exported } from '../store/audit-export.ts';
import { openAuditKey } from '../store/audit-key.ts';
import { linesOf } from '../store/audit-lines.ts';
import { verifyAudit } from '../store/audit-verify.ts';
import type { App, StatefulApp } from './app.ts';
import { theOne } from './the-one.ts';

/** A log that was proved: whose it is, its reader must know by the key. */
export interface ProvedAudit extends SoundAudit {
  /** The database, or the file that was exported. */
  readonly source: string;
}

/** Entries, latest first. */
export function listAudit(
  app: StatefulApp,
  options: { readonly limit: number; readonly object: string | null; readonly verb: AuditVerb | null },
): readonly AuditEntry[] {
  return app.audit.list(options);
}

export function showAudit(app: StatefulApp, id: string): AuditEntry {
  const canonical = `a-${id.replace(/^a-/i, '').toUpperCase()}`;
  return theOne('audit entry', id, app.audit.byId(canonical));
}

/** Proves this installation's own log. AUDIT_BROKEN names the first entry that is wrong. */
export function verifyOwnAudit(app: StatefulApp, key: string | null): ProvedAudit {
  const { database, auditHead, auditKey } = app.stateDir;
  return proved(verifyAudit(app.database, { head: auditHead, key: auditKey }), database, key);
}

/** Proves an export, wherever it comes from; needs no state directory. `key`: the fingerprint that it must be signed by. */
export function verifyAuditFile(app: App, file: string, key: string | null): ProvedAudit {
  const path = resolve(app.surroundings.cwd, file);
  try {
    return proved(verifyExport(linesOf(path)), path, key);
  } catch (error) {
    if (errorCode(error) === null || error instanceof CodedError) throw error;
    throw new CodedError('NOT_FOUND', `the export can't be read (${errorCode(error)})`, {
      where: path,
      next: 'name a file that `holdfast audit export` wrote',
      cause: error,
    });
  }
}

/** Writes the whole log to a new file that proves itself. */
export function exportAuditTo(app: StatefulApp, file: string): Exported {
  const { clock, random, cwd } = app.surroundings;
  const key = openAuditKey(app.stateDir.auditKey, random);
  return exportAudit(app.database, resolve(cwd, file), { key, instance: app.stateDir.instance, now: clock.now() });
}

function proved(verdict: AuditVerdict, source: string, key: string | null): ProvedAudit {
  if (verdict.status === 'broken') {
    const { seq, id, what } = verdict.flaw;
    const entry = seq === 0 ? '' : `entry ${seq}${id === null ? '' : ` (${id})`}: `;
    throw new CodedError('AUDIT_BROKEN', `${entry}${what}`, {
      where: source,
      next: 'keep it as it is, and a copy elsewhere; docs/audit.md says what each flaw can mean and how to go on',
    });
  }
  const { status: _sound, ...sound } = verdict;
  if (key !== null && key !== sound.key) {
    throw new CodedError('AUDIT_BROKEN', `it is signed with the key ${sound.key ?? 'of nobody'}, not with ${key}`, {
      where: source,
      next: 'it is the log of another installation, or of another key of this one',
    });
  }
  return { ...sound, source };
}
