import * as z from 'zod';
import { durationParam } from '../duration-param.ts';
import { nameParam } from './dns-params.ts';

/** What may be asked: the registration must not be changed on its way, but for a server on this machine itself. */
export function isTrustworthy(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && /^(?:127\.[\d.]+|\[::1\]|localhost)$/.test(url.hostname))
  );
}

const rdapUrl = () =>
  z
    .string()
    .refine(isTrustworthy, { error: 'write a whole URL that starts with https://, without a user or a password' });

export const domainExpiryParams = z.strictObject({
  domain: nameParam()
    .refine((name) => name.includes('.'), { error: 'write a whole domain, such as "example.com"' })
    .describe('The domain as it was registered: `example.com`, and not a name below it.'),
  days: z
    .tuple([z.number().min(0).max(3_650), z.number().min(0).max(3_650), z.number().min(0).max(3_650)])
    .refine(([low, high, critical]) => low >= high && high >= critical, {
      error: 'write three numbers that get smaller, such as [30, 14, 7]',
    })
    .default([30, 14, 7])
    .describe('With how many days left the registration is reported as low, high and critical.'),
  server: rdapUrl()
    .optional()
    .describe(
      'The RDAP server of the registry, such as `https://rdap.example/`; without it the bootstrap list names it.',
    ),
  bootstrap: rdapUrl()
    .default('https://data.iana.org/rdap/dns.json')
    .describe('The list of RDAP servers by top-level domain (RFC 9224).'),
  ca: z.string().min(1).optional().describe('A PEM file of your own authorities, trusted besides the usual ones.'),
  timeout: durationParam('10ms', '15s').prefault('10s').describe('How long each question may take in all.'),
  attempts: z.int().min(1).max(3).default(2).describe('How often to ask when there is no answer.'),
});

export type DomainExpiryParams = z.output<typeof domainExpiryParams>;
