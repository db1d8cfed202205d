import * as z from 'zod';
import { certificateFact } from '../certificate-fact.ts';

const milliseconds = z.number().nullable();
const common = {
  host: z.string(),
  port: z.number(),
  name: z.string(),
  peer: z.string().nullable(),
  attempts: z.number(),
  timings: z.object({ dns: milliseconds, connect: milliseconds, tls: milliseconds, firstByte: milliseconds }),
};

/** What was seen of a TLS server, under two resources: whether it shakes hands, and its certificate. */
export const tlsFacts = z.discriminatedUnion('about', [
  z.object({
    ...common,
    about: z.literal('failure'),
    phase: z.enum(['dns', 'connect', 'tls', 'headers', 'body']),
    code: z.string(),
    message: z.string(),
  }),
  z.object({ ...common, about: z.literal('handshake'), protocol: z.string(), cipher: z.string() }),
  z.object({
    ...common,
    about: z.literal('certificate'),
    chainError: z.string().nullable(),
    nameMatches: z.boolean(),
    chain: z.array(certificateFact),
  }),
]);

export type TlsFacts = z.output<typeof tlsFacts>;
export type FailureFacts = Extract<TlsFacts, { about: 'failure' }>;
export type HandshakeFacts = Extract<TlsFacts, { about: 'handshake' }>;
export type CertificateFacts = Extract<TlsFacts, { about: 'certificate' }>;
