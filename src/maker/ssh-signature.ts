import { createHash, verify } from 'node:crypto';
import { printableStart } from '../domain/printable.ts';
import { readSshFields, sshString } from './ssh-blob.ts';
import { readSigner, readSshKey, strictBase64, type SshKey } from './ssh-key.ts';

export interface SshSignatureQuestion {
  /** What `ssh-keygen -Y sign -n holdfast-approval` wrote: `-----BEGIN SSH SIGNATURE-----` and so on. */
  readonly armored: string;
  /** The bytes that should have been signed. */
  readonly message: Uint8Array;
  /** What the signature must have been made for: one for git or for a file is none here. */
  readonly namespace: string;
  /** Lines `name ssh-ed25519 AAAA… comment`. With none of them nobody may sign. */
  readonly signers: readonly string[];
}

export type SshSignatureAnswer =
  | { readonly status: 'good'; readonly name: string; readonly fingerprint: string }
  | { readonly status: 'bad'; readonly why: string };

/**
 * Whether one of the signers signed the message (OpenSSH's PROTOCOL.sshsig, ed25519 only), without any program of ssh.
 * A key on a token counts only when it was touched. Whatever is not exactly as it should be is bad.
 */
export function verifySshSignature({ armored, message, namespace, signers }: SshSignatureQuestion): SshSignatureAnswer {
  if (signers.length === 0) return bad('no signers are configured, so nobody may sign');
  const known = signers.map(readSigner);
  const wrong = known.indexOf(null);
  if (wrong !== -1)
    return bad(
      `signer ${wrong + 1} of the configuration is not "name ssh-ed25519 AAAA…" (or sk-ssh-ed25519@openssh.com)`,
    );
  const blob = unarmored(armored);
  if (blob === null) return bad('it is not an armored SSH signature');
  const signed = readSignature(blob);
  if (signed === null) return bad('it is not an SSH signature of an ed25519 key, or something is left over in it');
  if (signed.namespace !== namespace)
    return bad(`it was made for "${printableStart(signed.namespace, 64)}", not for "${namespace}"`);
  const { fingerprint } = signed.key;
  const signer = known.find((one) => one?.key.fingerprint === fingerprint) ?? null;
  if (signer === null) return bad(`the key ${fingerprint} is not one of the signers`);
  if (signed.token !== null && !wasTouched(signed.token.flags))
    return bad(`the token with the key ${fingerprint} was not touched`);
  if (!verify(null, signedBytes(signed, message), signed.key.publicKey, signed.signature))
    return bad('the signature is not of this text');
  return { status: 'good', name: signer.name, fingerprint };
}

function bad(why: string): SshSignatureAnswer {
  return { status: 'bad', why };
}

const MAGIC = 'SSHSIG';
const VERSION = 1;
const SIGNATURE_BYTES = 64;
const HASHES = ['sha256', 'sha512'] as const;
/** Ours are some 300 bytes. */
const LONGEST_ARMORED = 8_192;
const LONGEST_FIELD = 512;

interface Signed {
  readonly key: SshKey;
  readonly namespace: string;
  readonly hash: (typeof HASHES)[number];
  readonly signature: Buffer;
  /** What a token adds to what it signs; null for a key in a file. */
  readonly token: { readonly flags: number; readonly counter: number } | null;
}

function unarmored(text: string): Buffer | null {
  if (text.length > LONGEST_ARMORED) return null;
  const lines = text.trim().split(/\r?\n/);
  if (lines.shift() !== '-----BEGIN SSH SIGNATURE-----' || lines.pop() !== '-----END SSH SIGNATURE-----') return null;
  return strictBase64(lines.join(''));
}

/** The fields of the blob; null unless every one is there, of a kind that we take, and nothing follows. */
function readSignature(blob: Uint8Array): Signed | null {
  const fields = readSshFields(blob);
  if (!fields.literally(MAGIC) || fields.uint32() !== VERSION) return null;
  const keyBlob = fields.bytes(LONGEST_FIELD);
  const namespace = fields.text(LONGEST_FIELD);
  const reserved = fields.bytes(0);
  const hashName = fields.text(16);
  const hash = HASHES.find((known) => known === hashName);
  const signatureBlob = fields.bytes(LONGEST_FIELD);
  const key = keyBlob === null ? null : readSshKey(keyBlob);
  if (!fields.isAtEnd() || key === null || namespace === null || reserved === null) return null;
  if (hash === undefined || signatureBlob === null) return null;
  const made = readMade(signatureBlob, key);
  return made === null ? null : { key, namespace, hash, ...made };
}

/** The signature itself: of the same kind as the key, and from a token with its flags and its counter. */
function readMade(blob: Uint8Array, key: SshKey): Pick<Signed, 'signature' | 'token'> | null {
  const fields = readSshFields(blob);
  const type = fields.text(64);
  const signature = fields.bytes(SIGNATURE_BYTES);
  if (type !== key.type || signature?.length !== SIGNATURE_BYTES) return null;
  if (key.application === null) return fields.isAtEnd() ? { signature, token: null } : null;
  const flags = fields.byte();
  const counter = fields.uint32();
  return flags === null || counter === null || !fields.isAtEnd() ? null : { signature, token: { flags, counter } };
}

const TOUCHED = 0x01;
const PIN_GIVEN = 0x04;

/** Any other flag would announce data that does not follow here. */
function wasTouched(flags: number): boolean {
  return (flags & TOUCHED) !== 0 && (flags & ~(TOUCHED | PIN_GIVEN)) === 0;
}

/** What the key signed: not the message but its hash, in an envelope; a token signs the hash of that, in one of its own. */
function signedBytes({ key, namespace, hash, token }: Signed, message: Uint8Array): Buffer {
  const digest = createHash(hash).update(message).digest();
  const envelope = Buffer.concat([
    Buffer.from(MAGIC),
    sshString(namespace),
    sshString(''),
    sshString(hash),
    sshString(digest),
  ]);
  if (token === null || key.application === null) return envelope;
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(token.counter);
  return Buffer.concat([sha256(key.application), Buffer.of(token.flags), counter, sha256(envelope)]);
}

function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}
