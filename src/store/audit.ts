import type { AuditEntry, AuditLink, AuditLog, AuditVerb, NewAuditEntry } from '../domain/audit.ts';
import { BEFORE_ALL, sealEntry } from '../domain/audit-chain.ts';
import { isDigest, signHead, type AuditHead, type AuditKey } from '../domain/audit-seal.ts';
import type { Clock } from '../domain/clock.ts';
import { CodedError } from '../domain/coded-error.ts';
import { newAuditId, type Random } from '../domain/id.ts';
import type { JsonObject } from '../domain/json.ts';
import { notWritten } from './whole-files.ts';
import { openAuditKey, passingAuditKey, publishAuditKey } from './audit-key.ts';
import { readHead, writeHead } from './audit-head.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

/** The log of this installation, with what keeps it honest. */
export interface Audit extends AuditLog {
  /** Appends a signed checkpoint now; beside that, one follows every 1,000 entries by itself. */
  checkpoint(): void;
  /**
   * Copies the signed head to its file, when this process has appended since: call it after the commit, never inside
   * a transaction. A head that lags behind, as after a crash, is no harm; one that the log no longer holds is
   * AUDIT_BROKEN, and stays where it is as evidence. AUDIT_UNSEALED when the file can't be written.
   */
  sealHead(): void;
  /** Signs a head whatever its file says, and whether or not there is one: for a restore, which the log tells of. */
  sealAnew(): void;
  /** Entries, latest first. `object` may be the beginning of one, in any case. */
  list(options: {
    readonly limit: number;
    readonly object: string | null;
    readonly verb: AuditVerb | null;
  }): readonly AuditEntry[];
  /** Entries whose id starts with `prefix`. */
  byId(prefix: string): readonly AuditEntry[];
}

export interface AuditDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly instance: string;
  /** null: the log is as passing as its database, and is signed with a key that nobody keeps. */
  readonly files: { readonly head: string; readonly key: string } | null;
}

const CHECKPOINT_EVERY = 1_000;

/** A number that JavaScript can't hold is in no entry of ours. */
const TAIL = `SELECT iif(seq BETWEEN 1 AND 9007199254740990, seq, 0) AS seq, iif(at BETWEEN 0 AND 9007199254740991, at, 0) AS at, digest
  FROM main.audit ORDER BY main.audit.seq DESC LIMIT 1`;

/** `object` is said for the index. */
const LAST_BEGAN = `SELECT body FROM main.audit WHERE verb = 'audit-began' AND object = '' ORDER BY seq DESC LIMIT 1`;

/** Its own entries: what they say is from no outside, so there is nothing to redact. */
type OwnEntry = Omit<NewAuditEntry, 'detail'> & { readonly detail: JsonObject };

const HOLDFAST = { kind: 'holdfast', name: 'audit' } as const;

export function auditLog(database: Database, { clock, random, instance, files }: AuditDeps): Audit {
  const { sqlite, attempt } = database;
  const tail = sqlite.prepare(TAIL);
  const digestAt = sqlite.prepare('SELECT digest FROM main.audit WHERE seq = ?');
  const insert = sqlite.prepare(
    'INSERT INTO main.audit (seq, id, at, verb, object, body, digest) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const count = sqlite.prepare('SELECT count(*) AS number FROM main.audit WHERE verb = ? AND object = ?');
  const lastBegan = sqlite.prepare(LAST_BEGAN);
  let opened: AuditKey | null = null;
  let unsealed = false;

  const key = (): AuditKey => (opened ??= files === null ? passingAuditKey(random) : openAuditKey(files.key, random));

  const last = (): AuditLink => {
    const row = tail.get();
    if (row === undefined) return BEFORE_ALL;
    const link = linkOf(row);
    if (link.seq > 0) return link;
    throw new CodedError('AUDIT_BROKEN', 'the last entry of the audit log has a number that none can have', {
      where: database.path,
      next: 'holdfast audit verify',
    });
  };

  const write = <Entry extends OwnEntry>(entry: Entry, after: AuditLink) => {
    const { actor, verb, object, outcome, detail } = entry;
    const seq = after.seq + 1;
    const at = Math.max(clock.now(), after.at);
    const id = newAuditId(random);
    const said = { seq, id, at, actor, verb, object, outcome, detail, previous: after.digest };
    const { body, digest } = sealEntry(said);
    const { changes } = insert.run(seq, id, at, verb, object, body, digest);
    if (Number(changes) !== 1) throw new CodedError('STORE_FAILED', 'an audit entry was not taken by the database');
    return { ...entry, seq, id, at, previous: after.digest, digest };
  };

  /** The log names the key that signs it before anything is signed, and there is a head before there is an entry. */
  const begin = (): void => {
    const row = lastBegan.get();
    if (row !== undefined && keyNamedIn(row['body']) === key().fingerprint) return;
    const end = last();
    if (files !== null) prepareFiles(files, signHead(end, instance, key()));
    const detail = { instance, key: key().fingerprint, publicKey: key().publicKey };
    write({ actor: HOLDFAST, verb: 'audit-began', object: '', outcome: 'done', detail }, end);
  };

  const checkpoint = (): void => {
    const end = last();
    const detail = { ...signHead(end, instance, key()) };
    write({ actor: HOLDFAST, verb: 'checkpoint', object: '', outcome: 'done', detail }, end);
  };

  const append = <Entry extends OwnEntry>(entry: Entry) => {
    begin();
    const written = write(entry, last());
    if (written.seq % CHECKPOINT_EVERY === 0) checkpoint();
    unsealed = true;
    return written;
  };

  const within = <T>(work: () => T): T => (sqlite.isTransaction ? attempt(work) : database.transaction(work));

  const seal = (isDue: (path: string, end: AuditLink) => boolean): void => {
    if (sqlite.isTransaction)
      throw new CodedError('INTERNAL', 'the head of the audit log was to be sealed before the commit');
    if (files === null) return;
    // Inside a transaction, so that of two processes the one that saw more is the one that writes last.
    database.transaction(() => {
      const end = last();
      if (isDue(files.head, end)) sealTo(files.head, signHead(end, instance, key()));
    });
    unsealed = false;
  };

  /** AUDIT_BROKEN when the head that is there is not one of this log. */
  const isBehind = (path: string, end: AuditLink): boolean => {
    const file = readHead(path);
    if (file.status !== 'head') throw broken(path, file.status === 'none' ? 'is missing' : 'is damaged');
    const { seq, digest } = file.head;
    if (seq > end.seq) throw broken(path, `was signed over ${seq} entries, and the log has ${end.seq}`);
    if (seq > 0 && digestAt.get(seq)?.['digest'] !== digest) throw broken(path, `was signed over another entry ${seq}`);
    return seq < end.seq;
  };

  return {
    append: (entry) => within(() => append(entry)),
    latestAt: () =>
      attempt(() => {
        const end = last();
        return end.seq === 0 ? null : end.at;
      }),
    count: (verb, object) => attempt(() => Number(count.get(verb, object)?.['number'])),
    checkpoint: () =>
      within(() => {
        begin();
        checkpoint();
        unsealed = true;
      }),
    sealHead: () => {
      if (unsealed) seal(isBehind);
    },
    sealAnew: () => seal(() => true),
    list: ({ limit, object, verb }) =>
      attempt(() =>
        sqlite
          .prepare(
            `SELECT seq, at, body, digest FROM main.audit
             WHERE (:verb IS NULL OR verb = :verb) AND (:object IS NULL OR lower(substr(object, 1, length(:object))) = lower(:object))
             ORDER BY seq DESC LIMIT :limit`,
          )
          .all({ verb, object, limit })
          .map(entryOf),
      ),
    byId: (prefix) =>
      attempt(() =>
        sqlite
          .prepare("SELECT seq, at, body, digest FROM main.audit WHERE id LIKE ? || '%' ORDER BY seq LIMIT 100")
          .all(prefix)
          .map(entryOf),
      ),
  };
}

/** Before the first entry of a key: a head, so that one that is missing later was taken away; the public part. */
function prepareFiles(files: { readonly head: string; readonly key: string }, head: AuditHead): void {
  publishAuditKey(files.key);
  if (head.seq > 0 || readHead(files.head).status !== 'none') return;
  try {
    writeHead(files.head, head);
  } catch (error) {
    throw notWritten(files.head, error);
  }
}

function sealTo(path: string, head: AuditHead): void {
  try {
    writeHead(path, head);
  } catch (error) {
    throw new CodedError(
      'AUDIT_UNSEALED',
      `what was done is in the audit log, but its head could not be copied (${error instanceof Error ? error.message : String(error)})`,
      {
        where: path,
        next: 'free some space, or check the rights of the state directory; the next entry tries again',
        cause: error,
      },
    );
  }
}

function linkOf(row: Record<string, unknown>): AuditLink {
  const digest = row['digest'];
  // What was changed in the table is for verify to say; an entry chains to whatever stands there.
  return { seq: Number(row['seq']), at: Number(row['at']), digest: isDigest(digest) ? digest : BEFORE_ALL.digest };
}

function entryOf(row: Record<string, unknown>): AuditEntry {
  try {
    return { ...ownJson<AuditEntry>(row['body']), digest: linkOf(row).digest };
  } catch (cause) {
    throw new CodedError('AUDIT_BROKEN', `entry ${String(row['seq'])} of the audit log can't be read`, {
      next: 'holdfast audit verify',
      cause,
    });
  }
}

/** The fingerprint in an `audit-began`; null in one that was damaged, which makes the log begin anew. */
function keyNamedIn(body: unknown): unknown {
  try {
    return ownJson<{ readonly detail?: { readonly key?: unknown } } | null>(body)?.detail?.key ?? null;
  } catch {
    return null;
  }
}

function broken(path: string, what: string): CodedError {
  return new CodedError('AUDIT_BROKEN', `the copied head of the audit log ${what}`, {
    where: path,
    next: 'what was done is kept; `holdfast audit verify` looks closer, and docs/audit.md says how to go on',
  });
}
