import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CodedError } from '../domain/coded-error.ts';
import { digestOfBytes, type Digest } from '../domain/digest.ts';
import { errorCode } from '../domain/failure.ts';
import type { GateStore } from '../domain/gate-store.ts';
import type { PolicyGrant } from '../domain/grant.ts';
import type { Policy } from '../domain/policy.ts';
import { loadPolicy, type LoadedPolicy } from '../maker/policy/load.ts';
import type { TrustedPolicy } from '../maker/propose.ts';
import { verifySshSignature } from '../maker/ssh-signature.ts';
import type { StatefulApp } from './app.ts';
import { placeOf } from './load-runbooks.ts';

/** A policy file, read: its digest is of its bytes, so one that can't be understood has one too. */
export interface PolicyFile extends LoadedPolicy {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

const MOST_BYTES = 256 * 1024;

/** Reads a policy file. POLICY_UNREADABLE when that can't be done; what is wrong in it is told as mistakes. */
export function readPolicy(path: string, named: string = path): PolicyFile {
  const bytes = readBytes(path, named);
  const digest = digestOfBytes(bytes);
  const text = new TextDecoder('utf-8', { fatal: false }).decode(bytes);
  return { bytes, digest, ...loadPolicy({ path: named, text, digest }) };
}

function readBytes(path: string, named: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new CodedError('POLICY_UNREADABLE', `the policy can't be read (${errorCode(error) ?? String(error)})`, {
      where: named,
      next: 'name a file that is there: holdfast policy lint <file>',
      cause: error,
    });
  }
  if (bytes.length <= MOST_BYTES) return bytes;
  throw new CodedError(
    'POLICY_UNREADABLE',
    `the policy has ${bytes.length} bytes, and at most ${MOST_BYTES} are read`,
    {
      where: named,
    },
  );
}

/** The policy of a file without mistakes; else its first mistake is thrown. */
export function soundPolicy(file: PolicyFile): Policy {
  const [first] = file.mistakes.filter(({ level }) => level === 'error');
  if (file.policy !== null && first === undefined) return file.policy;
  if (first === undefined)
    throw new CodedError('INTERNAL', 'a policy was refused without a reason', { where: file.file });
  throw new CodedError(first.code, first.message, { where: placeOf(first), next: first.next });
}

/** What makes a policy believed besides a pin on this machine. */
export interface PolicyProof {
  readonly digest: string | undefined;
  /** Path of an SSH signature over the file, namespace `holdfast-policy`, by one of `approvals.signers`. */
  readonly signature: string | undefined;
}

/** The namespace of policies' signatures: `ssh-keygen -Y sign -n holdfast-policy`. */
export const POLICY_NAMESPACE = 'holdfast-policy';

/** A policy that may grant; or why it may not, so that everything is queued. */
export function believedPolicy(
  app: StatefulApp,
  store: Pick<GateStore, 'isTrusted'>,
  named: string,
  proof: PolicyProof,
): { readonly policy: TrustedPolicy | null; readonly untrusted: string | null } {
  const path = resolve(app.surroundings.cwd, named);
  const file = readPolicy(path, named);
  const policy = soundPolicy(file);
  const believed = (trust: TrustedPolicy['trust']) => ({ policy: { policy, path, trust }, untrusted: null });
  if (proof.digest !== undefined) {
    if (proof.digest === file.digest) return believed('digest');
    return { policy: null, untrusted: `${named} has the digest ${file.digest}, not the one that was given` };
  }
  if (proof.signature !== undefined) {
    const verdict = signatureOf(app, proof.signature, file.bytes);
    if (verdict.status === 'good') return believed('signature');
    return { policy: null, untrusted: `the signature of ${named} is not good: ${verdict.why}` };
  }
  if (store.isTrusted(file.digest)) return believed('pin');
  const untrusted = `${named} is not trusted as it is now: read it, then \`holdfast policy trust ${named}\``;
  return { policy: null, untrusted };
}

function signatureOf({ config, surroundings }: StatefulApp, named: string, message: Uint8Array) {
  const armored = new TextDecoder().decode(readBytes(resolve(surroundings.cwd, named), named));
  return verifySshSignature({ armored, message, namespace: POLICY_NAMESPACE, signers: config.approvals.signers });
}

/**
 * The policy that gave a grant, as it is on disk now; null when it is gone, was edited, or lost its pin. Trust that
 * came with a command line holds for the bytes that it was given for.
 */
export function policyOfGrant(store: Pick<GateStore, 'isTrusted'>, { policy: granted }: PolicyGrant): Policy | null {
  try {
    const file = readPolicy(granted.path);
    if (file.digest !== granted.digest) return null;
    if (granted.trust === 'pin' && !store.isTrusted(file.digest)) return null;
    return soundPolicy(file);
  } catch (error) {
    if (error instanceof CodedError && error.code.startsWith('POLICY_')) return null;
    throw error;
  }
}
