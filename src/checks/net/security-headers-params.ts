import * as z from 'zod';
import { durationParam } from '../duration-param.ts';

export const RULES = ['hsts', 'csp', 'nosniff', 'framing', 'referrer', 'cookies'] as const;

export const securityHeadersParams = z.strictObject({
  url: z
    .string()
    .refine((text) => isWebUrl(text), {
      error: 'write a whole URL that starts with http:// or https://, without a user or a password',
    })
    .describe('The page to look at, as a visitor would open it. Up to five redirects are followed.'),
  skip: z
    .array(z.enum(RULES))
    .default([])
    .describe('Rules that do not hold for this page, such as `[csp]` for one that must be embedded anywhere.'),
  ca: z.string().min(1).optional().describe('A PEM file of your own authorities, trusted besides the usual ones.'),
  timeout: durationParam('10ms', '30s').prefault('10s').describe('How long one attempt may take in all.'),
  attempts: z.int().min(1).max(3).default(2).describe('How often to ask when there is no answer.'),
});

export type SecurityHeadersParams = z.output<typeof securityHeadersParams>;

function isWebUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
}
