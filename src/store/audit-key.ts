import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fingerprintOf, type AuditKey } from '../domain/audit-seal.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { Random } from '../domain/id.ts';
import { createFile, notWritten, readIfThere, replaceFile } from './whole-files.ts';

/** A PrivateKeyInfo of ed25519 up to its 32 bytes (RFC 8410, section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

/**
 * The key at `path` (PKCS8, PEM, 0600), made when there is none, its public part beside it. Two processes may make it
 * at once: the first wins. STATE_DIR_UNUSABLE when it can't be read, STORE_FULL when there is no room for it.
 */
export function openAuditKey(path: string, random: Random): AuditKey {
  const known = readAuditKey(path);
  if (known !== null) return known;
  try {
    createFile(path, String(fresh(random).export({ format: 'pem', type: 'pkcs8' })));
  } catch (error) {
    throw notWritten(path, error);
  }
  const made = readAuditKey(path);
  if (made === null) throw unreadable(path, null);
  return made;
}

/** The key at `path`; null when there is none. */
export function readAuditKey(path: string): AuditKey | null {
  let key: KeyObject;
  try {
    const pem = readIfThere(path);
    if (pem === null) return null;
    key = createPrivateKey(pem);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw unreadable(path, null);
  return keyWith(key);
}

/** A key that nobody keeps, for a log that nobody keeps. */
export function passingAuditKey(random: Random): AuditKey {
  return keyWith(fresh(random));
}

/** Writes the public part of the key at `path` beside it, for whoever verifies elsewhere. */
export function publishAuditKey(path: string): void {
  const publicPath = path.replace(/\.key$/, '.pub');
  try {
    const key = createPublicKey(readFileSync(path));
    replaceFile(publicPath, String(key.export({ format: 'pem', type: 'spki' })));
  } catch (error) {
    throw notWritten(publicPath, error);
  }
}

function fresh(random: Random): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, random(SEED_BYTES)]), format: 'der', type: 'pkcs8' });
}

function keyWith(key: KeyObject): AuditKey {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const publicKey = spki.subarray(-SEED_BYTES).toString('hex');
  return {
    publicKey,
    fingerprint: fingerprintOf(publicKey),
    sign: (bytes) => sign(null, bytes, key).toString('hex'),
  };
}

function unreadable(path: string, cause: unknown): CodedError {
  return new CodedError('STATE_DIR_UNUSABLE', `the audit log's key can't be read, or is no ed25519 key`, {
    where: path,
    next: 'bring the file back from a backup; moved away, a new key is made, and the log says so',
    cause,
  });
}
