import { createPublicKey, verify } from 'node:crypto';
import type { AuditLink } from './audit.ts';
import { canonicalJson } from './canonical-json.ts';
import { digestOfBytes, type Digest } from './digest.ts';

/** The head of a log, signed: what a checkpoint holds and what is copied to `audit.head`. */
export interface AuditHead extends AuditLink {
  /** The installation that signed. */
  readonly instance: string;
  /** Fingerprint of the key that signed. */
  readonly key: Digest;
  /** ed25519 over `headBytes`, 128 hex digits. */
  readonly signature: string;
}

/** Who signs. The private part never leaves it. */
export interface AuditKey {
  /** The raw public key, 64 hex digits. */
  readonly publicKey: string;
  readonly fingerprint: Digest;
  /** ed25519, 128 hex digits. */
  sign(bytes: Uint8Array): string;
}

export function signHead({ seq, at, digest }: AuditLink, instance: string, key: AuditKey): AuditHead {
  const head = { seq, at, digest, instance, key: key.fingerprint };
  return { ...head, signature: key.sign(headBytes(head)) };
}

export function isHeadSignedBy(head: AuditHead, publicKey: string): boolean {
  return head.key === fingerprintOf(publicKey) && isSignedBy(headBytes(head), head.signature, publicKey);
}

/** What is signed of a head: its canonical JSON without the signature, so that it is no signature of anything else. */
function headBytes({ seq, at, digest, instance, key }: Omit<AuditHead, 'signature'>): Uint8Array {
  return Buffer.from(`holdfast/audit-head/v1\0${canonicalJson({ seq, at, digest, instance, key })}`);
}

/** False as well for a key or a signature that is none. */
export function isSignedBy(bytes: Uint8Array, signature: string, publicKey: string): boolean {
  if (!/^[0-9a-f]{128}$/.test(signature) || !isPublicKey(publicKey)) return false;
  return verify(null, bytes, keyOf(publicKey), Buffer.from(signature, 'hex'));
}

/** sha256 of the key as SubjectPublicKeyInfo (RFC 8410), as `openssl pkey -pubin -outform DER | sha256sum` has it. */
export function fingerprintOf(publicKey: string): Digest {
  return digestOfBytes(keyOf(publicKey).export({ format: 'der', type: 'spki' }));
}

export function isPublicKey(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}

/** `value` as a signed head, its signature not yet checked; null when it has not exactly the shape of one. */
export function headOf(value: unknown): AuditHead | null {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 6) return null;
  if (!('seq' in value && 'at' in value && 'digest' in value)) return null;
  if (!('instance' in value && 'key' in value && 'signature' in value)) return null;
  const { seq, at, digest, instance, key, signature } = value;
  if (!isCount(seq) || !isCount(at) || !isDigest(digest) || !isDigest(key)) return null;
  if (typeof instance !== 'string' || typeof signature !== 'string') return null;
  return { seq, at, digest, instance, key, signature };
}

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function keyOf(publicKey: string): ReturnType<typeof createPublicKey> {
  const x = Buffer.from(publicKey, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
