import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { readSshFields } from './ssh-blob.ts';

export const SSH_KEY_TYPES = ['ssh-ed25519', 'sk-ssh-ed25519@openssh.com'] as const;
export type SshKeyType = (typeof SSH_KEY_TYPES)[number];

/** A public key of ssh: ed25519, in a file or on a token. */
export interface SshKey {
  readonly type: SshKeyType;
  /** What `ssh-keygen -l` shows: `SHA256:…`. */
  readonly fingerprint: string;
  readonly publicKey: KeyObject;
  /** What a key on a token is for, `ssh:`; null for one in a file. */
  readonly application: string | null;
}

const KEY_BYTES = 32;
const LONGEST_APPLICATION = 255;

/** A key as the wire has it (RFC 8709; OpenSSH's PROTOCOL.u2f); null for any other kind, and for bytes left over. */
export function readSshKey(blob: Uint8Array): SshKey | null {
  const fields = readSshFields(blob);
  const name = fields.text(64);
  const type = SSH_KEY_TYPES.find((known) => known === name);
  const raw = fields.bytes(KEY_BYTES);
  if (type === undefined || raw?.length !== KEY_BYTES) return null;
  const application = type === 'ssh-ed25519' ? null : fields.text(LONGEST_APPLICATION);
  if (!fields.isAtEnd() || (type !== 'ssh-ed25519' && application === null)) return null;
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });
  const hash = createHash('sha256').update(blob).digest('base64');
  return { type, fingerprint: `SHA256:${hash.replaceAll('=', '')}`, publicKey, application };
}

/** Somebody who may sign. */
export interface Signer {
  readonly name: string;
  readonly key: SshKey;
}

/** `ana ssh-ed25519 AAAA… laptop`: a name without blanks, then a line of a .pub file. null when it is not that. */
export function readSigner(line: string): Signer | null {
  const [name = '', type, base64 = ''] = line.trim().split(/[ \t]+/);
  const blob = strictBase64(base64);
  const key = blob === null ? null : readSshKey(blob);
  return name === '' || key === null || key.type !== type ? null : { name, key };
}

/** Base64 with its padding, and nothing that another text would decode to as well. */
export function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : null;
}
