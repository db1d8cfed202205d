import type { AuditFlaw, AuditRow, AuditVerdict } from '../domain/audit.ts';
import { readChain, type ChainReader } from '../domain/audit-chain.ts';
import { fingerprintOf, isHeadSignedBy, type AuditKey } from '../domain/audit-seal.ts';
import { readHead, type HeadFile } from './audit-head.ts';
import { readAuditKey } from './audit-key.ts';
import type { Database } from './database.ts';

/** A number that JavaScript can't hold is in no entry of ours; it must not keep the rest from being read. */
const ROWS = `SELECT iif(seq BETWEEN 0 AND 9007199254740991, seq, -1) AS seq, id,
    iif(at BETWEEN 0 AND 9007199254740991, at, -1) AS at, verb, object, body, digest
  FROM main.audit ORDER BY main.audit.seq`;

/**
 * Reads the whole log, an entry at a time, and names the first that is wrong: changed, gone, moved, put in, signed
 * with another key, or missing at the end, which the head's copy tells. Entries after the signed head only chain:
 * what was written since, or between a commit and a crash.
 */
export function verifyAudit(database: Database, files: { readonly head: string; readonly key: string }): AuditVerdict {
  // First the head, then the log: one that grows meanwhile is still longer than its head.
  const head = readHead(files.head);
  const key = readAuditKey(files.key);
  return database.attempt(() => {
    const chain = readChain();
    let atHead: unknown = chain.last().digest;
    for (const row of auditRows(database)) {
      const what = chain.take(row);
      if (what !== null) return brokenAt(row, chain, what);
      if (head.status === 'head' && row.seq === head.head.seq) atHead = row.digest;
    }
    const flaw = flawOfEnd(chain, head, { atHead, own: key });
    if (flaw !== null) return { status: 'broken', flaw };
    return {
      status: 'sound',
      entries: chain.last().seq,
      checkpoints: chain.checkpoints().count,
      digest: chain.last().digest,
      sealedTo: head.status === 'head' ? head.head.seq : 0,
      key: key?.fingerprint ?? null,
      instance: head.status === 'head' ? head.head.instance : null,
    };
  });
}

/** Every row in its order, as it is kept. */
export function* auditRows({ sqlite }: Database): Generator<AuditRow> {
  for (const row of sqlite.prepare(ROWS).iterate()) {
    const { seq, id, at, verb, object, body, digest } = row;
    yield { seq, id, at, verb, object, body: String(body), digest };
  }
}

/** The row that is not what should come after what `chain` took so far. */
export function brokenAt(row: Pick<AuditRow, 'seq' | 'id'>, chain: ChainReader, what: string): AuditVerdict {
  const seq = typeof row.seq === 'number' && row.seq > 0 ? row.seq : chain.last().seq + 1;
  return { status: 'broken', flaw: { seq, id: typeof row.id === 'string' ? row.id : null, what } };
}

/** What the copied head and the key have against a log that chains. */
function flawOfEnd(
  chain: ChainReader,
  file: HeadFile,
  { atHead, own }: { readonly atHead: unknown; readonly own: AuditKey | null },
): AuditFlaw | null {
  const whole = (what: string): AuditFlaw => ({ seq: 0, id: null, what });
  const { seq: end } = chain.last();
  if (file.status === 'damaged') return whole('audit.head is damaged: it is not what Holdfast wrote');
  if (file.status === 'none')
    return end === 0 ? null : whole('audit.head is missing: nothing shows whether entries are gone from the end');
  if (own === null) return whole('keys/audit.key is missing, so no signature can be checked');
  const { head } = file;
  const key = chain.key();
  const other = [key === null ? own.fingerprint : fingerprintOf(key), head.key].find((one) => one !== own.fingerprint);
  if (other !== undefined)
    return whole(`it is signed with the key ${other}, and that of this installation is ${own.fingerprint}`);
  if (!isHeadSignedBy(head, own.publicKey)) return whole('the signature of audit.head is not good');
  if (head.seq > end)
    return {
      seq: end + 1,
      id: null,
      what: `it is gone, and so is what followed: audit.head counts ${head.seq} entries`,
    };
  if (atHead !== head.digest)
    return { seq: head.seq, id: null, what: 'it is not the entry that audit.head was signed over' };
  return null;
}
