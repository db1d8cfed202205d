import { openApp, openStateless, type StatefulApp } from '../../app/app.ts';
import {
  exportAuditTo,
  listAudit,
  showAudit,
  verifyAuditFile,
  verifyOwnAudit,
  type ProvedAudit,
} from '../../app/audit.ts';
import { auditEntryDocument } from '../../documents/audit.ts';
import { AUDIT_VERBS } from '../../domain/audit.ts';
import { EXIT, type Door } from '../door.ts';
import { present } from '../present.ts';
import { auditEntryHuman, auditHuman, auditProofHuman } from '../views/audit-human.ts';
import { count } from '../views/layout.ts';

type Options = Readonly<Record<string, unknown>>;

/** `holdfast audit list`: what was changed, by whom, latest first. */
export async function auditList(door: Door, _args: readonly string[], options: Options): Promise<number> {
  return withApp(door, (app) => {
    const entries = listAudit(app, {
      limit: Number(options['limit']),
      object: text(options['object']),
      verb: AUDIT_VERBS.find((verb) => verb === options['verb']) ?? null,
    });
    const documents = entries.map(auditEntryDocument);
    present(door, app, {
      human: () => auditHuman(entries, door.terminal.style),
      json: () => ['audit-entries', { entries: documents }],
      ndjson: () => ['audit-entry', documents],
    });
  });
}

export async function auditShow(door: Door, [id = '']: readonly string[]): Promise<number> {
  return withApp(door, (app) => {
    const entry = showAudit(app, id);
    present(door, app, {
      human: () => auditEntryHuman(entry, door.terminal.style),
      json: () => ['audit-entry', auditEntryDocument(entry)],
    });
  });
}

/** Proves the log, or the export that is named; AUDIT_BROKEN (exit 1) says where it is not as it was written. */
export async function auditVerify(door: Door, [file]: readonly string[], options: Options): Promise<number> {
  const key = text(options['key']);
  if (file !== undefined) {
    const app = openStateless(door.surroundings, door.options);
    presentProof(door, app, verifyAuditFile(app, file, key));
    return EXIT.done;
  }
  return withApp(door, (app) => presentProof(door, app, verifyOwnAudit(app, key)));
}

export async function auditExport(door: Door, [file = '']: readonly string[]): Promise<number> {
  return withApp(door, (app) => {
    const exported = exportAuditTo(app, file);
    present(door, app, {
      human: () =>
        `Exported ${count(exported.entries, 'entry', 'entries')} to ${exported.path}, signed with the key ${exported.key}.`,
      json: () => ['audit-export', exported],
    });
  });
}

function presentProof(door: Door, app: Parameters<typeof present>[1], proof: ProvedAudit): void {
  present(door, app, {
    human: () => auditProofHuman(proof, door.terminal.style),
    json: () => ['audit-proof', proof],
  });
}

function withApp(door: Door, work: (app: StatefulApp) => void): number {
  const app = openApp(door.surroundings, door.options);
  try {
    work(app);
    return EXIT.done;
  } finally {
    app.close();
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
