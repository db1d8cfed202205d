import * as z from 'zod';

/** What is known of every conversation, whatever came of it. */
export const conversationFacts = {
  host: z.string(),
  port: z.number(),
  peer: z.string().nullable(),
  attempts: z.number(),
  totalMs: z.number(),
};

/** That there was no answer of the right kind, and why. */
export const failedFacts = z.object({
  ...conversationFacts,
  outcome: z.literal('failed'),
  phase: z.enum(['dns', 'connect', 'answer']),
  code: z.string(),
  message: z.string(),
});

export const tcpFacts = z.discriminatedUnion('outcome', [
  failedFacts,
  z.object({ ...conversationFacts, outcome: z.literal('answered') }),
]);

export type FailedFacts = z.output<typeof failedFacts>;
export type TcpFacts = z.output<typeof tcpFacts>;
export type ConversationFacts = Pick<FailedFacts, 'host' | 'port' | 'peer' | 'attempts' | 'totalMs'>;
