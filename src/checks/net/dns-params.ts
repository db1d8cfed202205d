import { domainToASCII } from 'node:url';
import * as z from 'zod';
import { printable } from '../../domain/printable.ts';
import { durationParam } from '../duration-param.ts';

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** A name as it is asked for: in lower case, in ASCII, without the last dot; null when it is none. */
export function plainName(text: string): string | null {
  // What can't be seen would be dropped without a word on the way to ASCII.
  if (printable(text) !== text) return null;
  const bare = text.replace(/\.$/, '').toLowerCase();
  const name = /^[\x21-\x7e]*$/.test(bare) ? bare : domainToASCII(bare);
  const isName = name.length <= 253 && name.split('.').every((label) => /^[a-z0-9_-]{1,63}$/.test(label));
  return isName && !IPV4.test(name) ? name : null;
}

/** A name of the DNS, however a person writes it. */
export function nameParam() {
  return z.string().transform((text, context) => {
    const name = plainName(text);
    if (name !== null) return name;
    const message = `"${text.slice(0, 80)}" is not a name of the DNS; write one such as "example.com"`;
    context.addIssue({ code: 'custom', message, input: text });
    return z.NEVER;
  });
}

/** An address, or an address and a port. */
export function parseResolver(text: string): { readonly host: string; readonly port: number } | null {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain ?? text;
  const port = Number(digits ?? 53);
  const isAddress = IPV4.test(host) || URL.canParse(`http://[${host}]/`);
  return isAddress && port >= 1 && port <= 65_535 ? { host, port } : null;
}

const resolver = z.string().transform((text, context) => {
  const parsed = parseResolver(text);
  if (parsed !== null) return parsed;
  const message = `"${text.slice(0, 80)}" is not the address of a resolver; write "192.0.2.53", "192.0.2.53:5353" or "[2001:db8::53]:53"`;
  context.addIssue({ code: 'custom', message, input: text });
  return z.NEVER;
});

export const dnsParams = z
  .strictObject({
    name: nameParam().describe('The name to ask for, with all its labels. No search domains are tried.'),
    type: z
      .enum(['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'PTR', 'SRV', 'TXT'])
      .default('A')
      .describe('The type of the records to ask for.'),
    expect: z
      .array(z.string().min(1).max(1_000))
      .max(100)
      .optional()
      .describe(
        'The records that are right, as a zone file writes them: `192.0.2.1`, `10 mx.example.com`, the text of a TXT. `[]` when there must be none.',
      ),
    match: z
      .enum(['exactly', 'includes'])
      .default('exactly')
      .describe('Whether `expect` names all records, or only some that must be among them.'),
    resolver: resolver
      .optional()
      .describe('The resolver, or a server of the zone, to ask, by its address; without it those of this machine.'),
    dnssec: z
      .boolean()
      .default(false)
      .describe('Whether the resolver must say that it has checked the signatures (the AD bit).'),
    timeout: durationParam('10ms', '5s').prefault('3s').describe('How long each resolver may take to answer.'),
    attempts: z.int().min(1).max(3).default(2).describe('How often to ask when there is no answer.'),
  })
  .refine(({ expect, match }) => match === 'exactly' || (expect ?? []).length > 0, {
    path: ['match'],
    error: '"includes" needs records in "expect"',
  });

export type DnsParams = z.output<typeof dnsParams>;

/** As they are compared: of all but texts, the case of letters, the last dot and the way an address is written do not count. */
export function canonicalRecord(type: DnsParams['type'], written: string): string {
  if (type === 'TXT') return written;
  if (type === 'CAA') return written.trim().replace(/^(\d+)\s+(\S+)\s+"?([^"]*)"?$/, '$1 $2 "$3"');
  const plain = written.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  if (type === 'AAAA') return URL.parse(`http://[${plain}]/`)?.hostname.slice(1, -1) ?? plain;
  return plain.endsWith(' .') ? plain : plain.replace(/\.$/, '');
}
