import * as z from 'zod';
import { daysLeftParam } from '../days-left-param.ts';
import { durationParam } from '../duration-param.ts';
import { HOST, HOST_HELP, hostParam } from './tcp-params.ts';

export const tlsParams = z.strictObject({
  host: hostParam(),
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
  days: daysLeftParam().describe(
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
