import * as z from 'zod';
import { hostParam, patience, portParam } from './tcp-params.ts';

export const bannerParams = z.strictObject({
  host: hostParam(),
  port: portParam(),
  protocol: z
    .enum(['smtp', 'imap', 'pop3', 'ssh'])
    .describe('What it must speak from the first byte on; for what speaks TLS first there is net/tls.'),
  starttls: z
    .boolean()
    .default(true)
    .describe('Whether a mail server must offer STARTTLS (POP3: STLS). Says nothing of SSH.'),
  ...patience,
});

export type BannerParams = z.output<typeof bannerParams>;
