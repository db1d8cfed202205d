import * as z from 'zod';

const milliseconds = z.number().nullable();

const common = {
  url: z.string(),
  method: z.string(),
  attempts: z.number(),
  totalMs: z.number(),
  peer: z.string().nullable(),
  timings: z.object({ dns: milliseconds, connect: milliseconds, tls: milliseconds, firstByte: milliseconds }),
  hops: z.array(z.object({ status: z.number(), to: z.string() })),
};

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const bodyFacts = z.object({
  bytes: z.number(),
  end: z.enum(['complete', 'enough', 'limit', 'timeout', 'closed', 'not-decodable']),
  /** The start of it, for people. */
  excerpt: z.string(),
  contains: z.array(z.object({ text: z.string(), found: z.boolean() })),
  lacks: z.array(z.object({ text: z.string(), found: z.boolean() })),
  isJson: z.boolean().nullable(),
  /** Of what is no scalar only the kind is kept. */
  json: z.array(
    z.object({ path: z.string(), found: z.boolean(), equal: z.boolean().nullable(), wanted: scalar, value: scalar }),
  ),
});

export type BodyFacts = z.output<typeof bodyFacts>;

/** What was seen of an endpoint: its answer, or why there was none. */
export const httpFacts = z.discriminatedUnion('outcome', [
  z.object({
    ...common,
    outcome: z.literal('answered'),
    status: z.number(),
    location: z.string().nullable(),
    contentType: z.string().nullable(),
    refusedRedirect: z
      .object({ to: z.string(), reason: z.enum(['scheme', 'downgrade', 'credentials', 'too-many', 'invalid']) })
      .nullable(),
    body: bodyFacts.nullable(),
  }),
  z.object({
    ...common,
    outcome: z.literal('failed'),
    phase: z.enum(['dns', 'connect', 'tls', 'headers', 'body']),
    code: z.string(),
    message: z.string(),
  }),
]);

export type HttpFacts = z.output<typeof httpFacts>;
export type AnsweredFacts = Extract<HttpFacts, { outcome: 'answered' }>;
export type FailedFacts = Extract<HttpFacts, { outcome: 'failed' }>;
