import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

export type Digest = `sha256:${string}`;

/** The digest of a noun's canonical JSON, domain-separated (docs/contracts.md, Digest). */
export function digestOf(noun: string, value: unknown): Digest {
  return hash(`holdfast/${noun}/v1\0${canonicalJson(value)}`);
}

/** The digest of a file's bytes as they are. */
export function digestOfBytes(bytes: Uint8Array | string): Digest {
  return hash(bytes);
}

function hash(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
