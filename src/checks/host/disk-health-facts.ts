import * as z from 'zod';

const common = { source: z.string(), name: z.string() };

/** What is seen of an array, of a file system that counts its errors, or of a disk. */
export const healthFacts = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('raid'),
    ...common,
    level: z.string(),
    state: z.string(),
    disks: z.number(),
    missing: z.number().nullable(),
    doing: z.string(),
  }),
  z.object({ kind: z.literal('ext4'), ...common, errors: z.number(), lastAt: z.number().nullable() }),
  z.object({ kind: z.literal('disk'), ...common, state: z.string() }),
]);

type HealthFacts = z.output<typeof healthFacts>;
export type RaidFacts = Extract<HealthFacts, { kind: 'raid' }>;
export type Ext4Facts = Extract<HealthFacts, { kind: 'ext4' }>;
export type DiskStateFacts = Extract<HealthFacts, { kind: 'disk' }>;
