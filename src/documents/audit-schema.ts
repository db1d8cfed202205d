import * as z from 'zod';
import { AUDIT_VERBS } from '../domain/audit.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const anyJson = z.unknown().describe('Any JSON');

/** An entry of the audit log: `holdfast/audit-entry/v1`. */
export const auditEntrySchema = z
  .strictObject({
    seq: z.int().positive(),
    id: z.string().regex(/^a-[0-9A-HJKMNP-TV-Z]{12}$/),
    at: z.iso.datetime().describe('RFC 3339, UTC; never before that of the entry before'),
    actor: z.strictObject({
      kind: z.enum(['operator', 'runbook', 'ci', 'model', 'mcp', 'holdfast']),
      name: z.string(),
    }),
    verb: z.enum(AUDIT_VERBS),
    object: z.string().describe('What it was done to; empty: the whole'),
    outcome: z.string(),
    detail: z.record(z.string(), anyJson),
    previous: digest.describe('Digest of the entry before; of the first, of nothing'),
    digest,
  })
  .describe('A line of the audit log');

export type AuditEntryDocument = z.infer<typeof auditEntrySchema>;

/** A log that was proved: `holdfast/audit-proof/v1`. One that could not be is an error, AUDIT_BROKEN. */
export const auditProofSchema = z
  .strictObject({
    source: z.string().describe('The database, or the file of an export'),
    entries: z.int().nonnegative(),
    checkpoints: z.int().nonnegative(),
    digest: digest.describe('Of the last entry'),
    sealedTo: z.int().nonnegative().describe('A signature vouches for the log up to this entry; those after it chain'),
    key: digest.nullable().describe('Fingerprint of the key that signs; null: nothing was ever signed'),
    instance: z.string().nullable(),
  })
  .describe('A log that is as it was written');

export const auditExportSchema = z
  .strictObject({ path: z.string(), entries: z.int().nonnegative(), digest, key: digest })
  .describe('An export that was written');
