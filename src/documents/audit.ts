import type { AuditEntry } from '../domain/audit.ts';
import type { AuditEntryDocument } from './audit-schema.ts';
import { time } from './time.ts';

/** The entry as every door shows it. What an actor is beside kind and name is in the export. */
export function auditEntryDocument(entry: AuditEntry): AuditEntryDocument {
  const { seq, id, at, actor, verb, object, outcome, detail, previous, digest } = entry;
  const { kind, name } = actor;
  return {
    seq,
    id,
    at: time(at),
    actor: { kind, name },
    verb,
    object,
    outcome,
    detail: typeof detail === 'object' ? { ...detail } : {},
    previous,
    digest,
  };
}
