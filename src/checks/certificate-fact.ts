import * as z from 'zod';

/** A certificate as the checks see it: see domain/certificate.ts. */
export const certificateFact = z.object({
  name: z.string(),
  issuer: z.string(),
  /** Milliseconds since the epoch. */
  validFrom: z.number(),
  validTo: z.number(),
  selfSigned: z.boolean(),
  fingerprint256: z.string(),
  names: z.array(z.string()),
});

export type CertificateFact = z.output<typeof certificateFact>;
