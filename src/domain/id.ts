import { createHash } from 'node:crypto';

/** Crockford's base32: no I, L, O, U, so that an id survives being read aloud. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 12;

export type RunId = `r-${string}`;
export type FindingId = `f-${string}`;
export type NotificationId = `n-${string}`;
export type PlanId = `p-${string}`;
export type GrantId = `g-${string}`;
export type AuditId = `a-${string}`;
export type MuteRuleId = `m-${string}`;
export type ModelCallId = `c-${string}`;

/** A source of random bytes, handed in. */
export type Random = (size: number) => Uint8Array;

export function newRunId(random: Random): RunId {
  return `r-${base32(random(8))}`;
}

export function newNotificationId(random: Random): NotificationId {
  return `n-${base32(random(8))}`;
}

export function newPlanId(random: Random): PlanId {
  return `p-${base32(random(8))}`;
}

export function newGrantId(random: Random): GrantId {
  return `g-${base32(random(8))}`;
}

export function newAuditId(random: Random): AuditId {
  return `a-${base32(random(8))}`;
}

export function newMuteRuleId(random: Random): MuteRuleId {
  return `m-${base32(random(8))}`;
}

export function newModelCallId(random: Random): ModelCallId {
  return `c-${base32(random(8))}`;
}

/** The finding's id is the first 60 bits of its key. */
export function findingId(key: string): FindingId {
  return `f-${base32(Buffer.from(key.replace(/^sha256:/, ''), 'hex'))}`;
}

/** 12 hex characters of a hash, for names that only need to differ. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, LENGTH);
}

function base32(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes.subarray(0, 8)) bits = (bits << 8n) | BigInt(byte);
  bits >>= 4n;
  let text = '';
  for (let place = 0; place < LENGTH; place++) {
    text = ALPHABET[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return text;
}
