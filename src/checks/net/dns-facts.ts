import * as z from 'zod';
import type { DnsRecord } from '../../providers/net/reader.ts';

/** What a resolver said of a name. */
export const dnsFacts = z.object({
  name: z.string(),
  type: z.string(),
  /** `records` and `empty` exist; `missing` is NXDOMAIN; `failing` is SERVFAIL. */
  outcome: z.enum(['records', 'empty', 'missing', 'failing']),
  /** Sorted. */
  records: z.array(z.string()),
  /** The names that its CNAMEs lead over, in that order. */
  chain: z.array(z.string()),
  /** The AD bit. */
  authentic: z.boolean(),
  /** Of `failing`: whether it succeeds when signatures are not checked; null when that was not answered. */
  bogus: z.boolean().nullable(),
  resolver: z.string(),
  via: z.enum(['udp', 'tcp']),
  strangers: z.number(),
});

export type DnsFacts = z.output<typeof dnsFacts>;

/**
 * The records of a name and type among answers, by way of its CNAMEs. What is about other names is left
 * aside: a server may say anything of them.
 */
export function recordsOf(
  answers: readonly DnsRecord[],
  name: string,
  type: string,
): { readonly records: string[]; readonly chain: string[] } {
  const chain: string[] = [];
  let owner = name;
  // Who asks for the alias itself is not led on by it.
  const aliases = type === 'CNAME' ? [] : answers.filter((answer) => answer.type === 'CNAME');
  for (;;) {
    const next = aliases.find((alias) => alias.owner === owner)?.value;
    if (next === undefined || next === name || chain.includes(next)) break;
    chain.push(next);
    owner = next;
  }
  const values = answers.filter((answer) => answer.owner === owner && answer.type === type).map(({ value }) => value);
  return { records: [...new Set(values)].toSorted(), chain };
}
