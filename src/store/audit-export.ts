import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { AuditLink, AuditRow, AuditVerdict } from '../domain/audit.ts';
import { readChain, type ChainReader } from '../domain/audit-chain.ts';
import { fingerprintOf, isDigest, isPublicKey, isSignedBy, type AuditKey } from '../domain/audit-seal.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { Digest } from '../domain/digest.ts';
import { auditRows, brokenAt } from './audit-verify.ts';
import type { Database } from './database.ts';

const FORMAT = 'holdfast/audit-export/v1';

/** The first line of an export. `exportedAt`: milliseconds since the epoch. */
interface Header {
  readonly format: typeof FORMAT;
  readonly instance: string;
  readonly key: Digest;
  readonly publicKey: string;
  readonly exportedAt: number;
}

export interface Exported {
  readonly path: string;
  readonly entries: number;
  readonly digest: Digest;
  readonly key: Digest;
}

/**
 * Writes the whole log to a new file (0600) of canonical JSON lines that prove themselves: a header with the public
 * key, every entry, and a signed end. FILE_EXISTS; AUDIT_BROKEN when the log does not hold, and then there is no file.
 */
export function exportAudit(
  database: Database,
  path: string,
  signer: { readonly key: AuditKey; readonly instance: string; readonly now: number },
): Exported {
  const { key, instance, now } = signer;
  if (existsSync(path))
    throw new CodedError('FILE_EXISTS', `${path} exists already`, { where: path, next: 'name a new file' });
  const header: Header = {
    format: FORMAT,
    instance,
    key: key.fingerprint,
    publicKey: key.publicKey,
    exportedAt: now,
  };
  const partial = `${path}.partial`;
  try {
    const end = writeLines(partial, () => exportLines(database, header, key));
    renameSync(partial, path);
    return { path, entries: end.seq, digest: end.digest, key: key.fingerprint };
  } catch (error) {
    rmSync(partial, { force: true });
    if (error instanceof CodedError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new CodedError('FILE_NOT_WRITTEN', `the export can't be written (${why})`, {
      where: path,
      next: 'name a file in a folder that you can write',
      cause: error,
    });
  }
}

function* exportLines(database: Database, header: Header, key: AuditKey): Generator<string, AuditLink> {
  const chain = readChain();
  yield canonicalJson(header);
  for (const row of auditRows(database)) {
    const what = chain.take(row);
    if (what !== null) {
      throw new CodedError('AUDIT_BROKEN', `entry ${String(row.seq)} of the audit log: ${what}`, {
        where: database.path,
        next: 'a log that does not hold is not exported; `holdfast backup <file>` keeps it as it is',
      });
    }
    const entry: unknown = JSON.parse(row.body);
    yield canonicalJson({ ...(typeof entry === 'object' ? entry : {}), digest: row.digest });
  }
  const signs = chain.key();
  if (signs !== null && signs !== key.publicKey) {
    throw new CodedError('AUDIT_BROKEN', `the audit log is signed with another key, ${fingerprintOf(signs)}`, {
      where: database.path,
      next: 'bring keys/audit.key back; or let the next entry begin with a new one, and export then',
    });
  }
  const { seq, digest } = chain.last();
  yield canonicalJson({ end: { seq, digest, signature: key.sign(endBytes(header, seq, digest)) } });
  return chain.last();
}

/** What is signed of an export: its header and where it ends. */
function endBytes(header: Header, seq: number, digest: Digest): Uint8Array {
  return Buffer.from(`${FORMAT}\0${canonicalJson({ header, seq, digest })}`);
}

const BLOCK_BYTES = 1 << 16;

/** Writes lines as they come, and returns what the generator returns. On disk when it comes back. */
function writeLines<Result>(path: string, lines: () => Generator<string, Result>): Result {
  rmSync(path, { force: true });
  const file = openSync(path, 'wx', 0o600);
  try {
    const source = lines();
    let block = '';
    for (let next = source.next(); ; next = source.next()) {
      if (next.done === true || block.length > BLOCK_BYTES) {
        writeSync(file, block);
        block = '';
      }
      if (next.done === true) {
        fsyncSync(file);
        return next.value;
      }
      block += `${next.value}\n`;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Proves an export by itself: no database, no key of this machine. Whose key it is, the reader must know:
 * `sound.key` names it. A flaw at number nought is one of the first or the last line.
 */
export function verifyExport(lines: Iterable<string>): AuditVerdict {
  const chain = readChain();
  let header: Header | null = null;
  let verdict: AuditVerdict | null = null;
  for (const line of lines) {
    const value = canonicalObject(line);
    if (verdict !== null) return wholeBroken('something follows the end of the export');
    if (value === null) return brokenAt({ seq: null, id: null }, chain, 'the line is not canonical JSON');
    if (header === null) {
      header = headerOf(value);
      if (header === null) return wholeBroken(`the first line is not that of an export (${FORMAT})`);
    } else if ('end' in value) {
      verdict = verdictAt(value['end'], header, chain);
      if (verdict.status === 'broken') return verdict;
    } else {
      const row = rowOf(value);
      const what = chain.take(row);
      if (what !== null) return brokenAt(row, chain, what);
    }
  }
  return verdict ?? brokenAt({ seq: null, id: null }, chain, 'the export ends here, without its signed last line');
}

function verdictAt(value: unknown, header: Header, chain: ChainReader): AuditVerdict {
  if (typeof value !== 'object' || value === null || !('seq' in value && 'digest' in value && 'signature' in value))
    return wholeBroken('the last line is not that of an export');
  const { seq, digest, signature } = value;
  const last = chain.last();
  const isSigned =
    typeof signature === 'string' && isSignedBy(endBytes(header, last.seq, last.digest), signature, header.publicKey);
  if (seq !== last.seq || digest !== last.digest || !isSigned)
    return brokenAt(
      { seq: null, id: null },
      chain,
      'the signed last line is of another log, or its signature is not good',
    );
  const key = chain.key();
  if (key !== null && key !== header.publicKey)
    return wholeBroken(`the export is signed with the key ${header.key}, its entries with ${fingerprintOf(key)}`);
  return {
    status: 'sound',
    entries: last.seq,
    checkpoints: chain.checkpoints().count,
    digest: last.digest,
    sealedTo: last.seq,
    key: header.key,
    instance: header.instance,
  };
}

function headerOf(value: Readonly<Record<string, unknown>>): Header | null {
  const { format, instance, key, publicKey, exportedAt, ...rest } = value;
  if (format !== FORMAT || typeof instance !== 'string' || Object.keys(rest).length > 0) return null;
  if (!isDigest(key) || !isPublicKey(publicKey) || typeof exportedAt !== 'number') return null;
  return fingerprintOf(publicKey) === key ? { format, instance, key, publicKey, exportedAt } : null;
}

/** An entry as a line has it, taken apart again the way that the database keeps it. */
function rowOf({ digest, ...entry }: Readonly<Record<string, unknown>>): AuditRow {
  const { seq, id, at, verb, object } = entry;
  return { seq, id, at, verb, object, body: canonicalJson(entry), digest };
}

function canonicalObject(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return canonicalJson(value) === line ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof CodedError) return null;
    throw error;
  }
}

function wholeBroken(what: string): AuditVerdict {
  return { status: 'broken', flaw: { seq: 0, id: null, what } };
}
