import * as z from 'zod';
import { certificateFact } from '../certificate-fact.ts';

/** What was seen under a pattern as a whole, and of each file with certificates in it. */
export const certificateFilesFacts = z.discriminatedUnion('about', [
  z.object({
    about: z.literal('pattern'),
    pattern: z.string(),
    /** How many files fit, and how many of them hold a certificate. */
    matched: z.number(),
    withCertificates: z.number(),
    missingFolder: z.string().nullable(),
  }),
  z.object({ about: z.literal('file'), path: z.string(), certificates: z.array(certificateFact).min(1) }),
]);

export type PatternFacts = Extract<z.output<typeof certificateFilesFacts>, { about: 'pattern' }>;
export type FileFacts = Extract<z.output<typeof certificateFilesFacts>, { about: 'file' }>;
