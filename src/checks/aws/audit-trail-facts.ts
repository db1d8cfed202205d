import * as z from 'zod';

const trailFacts = z.object({
  about: z.literal('trail'),
  trail: z.string(),
  isMultiRegion: z.boolean(),
  isLogging: z.boolean(),
  stoppedAt: z.number().nullable(),
  deliveryError: z.string().nullable(),
  deliveredAt: z.number().nullable(),
  isValidated: z.boolean(),
  /** Another trail logs what happens in all regions. */
  isCovered: z.boolean(),
});
export type TrailFacts = z.output<typeof trailFacts>;

const auditFacts = z.object({ about: z.literal('audit'), account: z.string(), trails: z.array(z.string()) });
export type AuditFacts = z.output<typeof auditFacts>;

const detectorFacts = z.object({
  about: z.literal('detector'),
  region: z.string(),
  /** null: there is none. */
  detector: z.string().nullable(),
  status: z.string().nullable(),
});
export type DetectorFacts = z.output<typeof detectorFacts>;

export const anyFacts = z.discriminatedUnion('about', [trailFacts, auditFacts, detectorFacts]);
