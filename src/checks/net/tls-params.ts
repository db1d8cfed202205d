import * as z from 'zod';
import { durationParam } from '../duration-param.ts';

const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/;
const HOST_HELP = 'write a name or an address, such as "example.com" or "::1"; the port goes into "port"';

export const tlsParams = z.strictObject({
  host: z
    .string()
    .transform((text) => text.replace(/^\[(.*)\]$/, '$1'))
    .refine((text) => HOST.test(text), { error: HOST_HELP })
    .describe('The server: a name or an address.'),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .default(443)
    .describe('Where it speaks TLS from the first byte on. STARTTLS is not spoken.'),
  name: z
    .string()
    .regex(HOST, { error: HOST_HELP })
    .optional()
    .describe('The name to ask for (SNI) and that the certificate must bear, when it is not `host`.'),
  days: z
    .tuple([z.number().min(0).max(3_650), z.number().min(0).max(3_650), z.number().min(0).max(3_650)])
    .refine(([low, high, critical]) => low >= high && high >= critical, {
      error: 'write three numbers that get smaller, such as [30, 7, 1]',
    })
    .default([30, 7, 1])
    .describe(
      'With how many days left the certificate is reported as low, high and critical. Certificates of a few days (short-lived ones) need smaller numbers, such as [2, 1, 0.5].',
    ),
  ca: z.string().min(1).optional().describe('A PEM file of your own authorities, trusted besides the usual ones.'),
  timeout: durationParam('10ms', '20s').prefault('10s').describe('How long one attempt may take in all.'),
  attempts: z
    .int()
    .min(1)
    .max(3)
    .default(2)
    .describe('How often to try when there is no handshake. One lost packet is no outage.'),
});

export type TlsParams = z.output<typeof tlsParams>;
