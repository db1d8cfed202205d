import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sshString } from '../../src/maker/ssh-blob.ts';

/** True where `ssh-keygen` of OpenSSH is installed. */
export const hasSshKeygen = ((): boolean => {
  try {
    execFileSync('sh', ['-c', 'command -v ssh-keygen'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A key that `ssh-keygen` made in `folder`, and what it signs. */
export function realKey(
  folder: string,
  name = 'id',
): { pub: string; sign(text: string, namespace: string, ...more: string[]): string } {
  const path = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@laptop`, '-f', path]);
  return {
    pub: readFileSync(`${path}.pub`, 'utf8').trim(),
    sign: (text, namespace, ...more) => {
      const file = join(folder, 'text');
      writeFileSync(file, text);
      execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', path, '-n', namespace, ...more, file], { stdio: 'pipe' });
      const armored = readFileSync(`${file}.sig`, 'utf8');
      rmSync(`${file}.sig`);
      return armored;
    },
  };
}

/** What may be wrong with a signature that is made by hand. */
export interface Making {
  readonly namespace?: string;
  readonly hash?: string;
  readonly version?: number;
  readonly reserved?: string;
  readonly flags?: number;
  readonly counter?: number;
  /** The kind that the signature itself names. */
  readonly type?: string;
  readonly after?: Uint8Array;
  readonly afterSignature?: Uint8Array;
  readonly afterKey?: Uint8Array;
}

export interface MadeKey {
  readonly pub: string;
  /** The decoded signature over `text`. */
  blob(text: string, making?: Making): Buffer;
}

/** A key and signatures made by hand: of a file, or of a token that is made of software. */
export function madeKey(kind: 'file' | 'token'): MadeKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const type = kind === 'file' ? 'ssh-ed25519' : 'sk-ssh-ed25519@openssh.com';
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const key = Buffer.concat([sshString(type), sshString(raw), ...(kind === 'token' ? [sshString('ssh:')] : [])]);
  return {
    pub: `${type} ${key.toString('base64')} ${kind}@test`,
    blob: (text, making = {}) => blobOf(text, { kind, type, key, privateKey }, making),
  };
}

function blobOf(
  text: string,
  own: { kind: 'file' | 'token'; type: string; key: Buffer; privateKey: KeyObject },
  making: Making,
): Buffer {
  const {
    namespace = 'holdfast-approval',
    hash = 'sha512',
    version = 1,
    reserved = '',
    flags = 1,
    counter = 7,
  } = making;
  const digest = createHash(hash).update(text).digest();
  const envelope = Buffer.concat([
    Buffer.from('SSHSIG'),
    ...[namespace, reserved, hash, digest].map((field) => sshString(field)),
  ]);
  const end = Buffer.concat([Buffer.of(flags), uint32(counter)]);
  const signed = own.kind === 'file' ? envelope : Buffer.concat([sha256('ssh:'), end, sha256(envelope)]);
  const signature = Buffer.concat([
    sshString(making.type ?? own.type),
    sshString(sign(null, signed, own.privateKey)),
    own.kind === 'file' ? Buffer.alloc(0) : end,
    making.afterSignature ?? Buffer.alloc(0),
  ]);
  return Buffer.concat([
    Buffer.from('SSHSIG'),
    uint32(version),
    ...[Buffer.concat([own.key, making.afterKey ?? Buffer.alloc(0)]), namespace, reserved, hash, signature].map(
      (field) => sshString(field),
    ),
    making.after ?? Buffer.alloc(0),
  ]);
}

export function armor(blob: Uint8Array): string {
  const lines =
    Buffer.from(blob)
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}
