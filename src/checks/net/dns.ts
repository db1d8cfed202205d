import type { Check, Failure, Observation } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { DnsReply, NetReader, Resolver } from '../../providers/net/reader.ts';
import { dnsFacts, recordsOf, type DnsFacts } from './dns-facts.ts';
import { judgeDns } from './dns-judgement.ts';
import { dnsParams, type DnsParams } from './dns-params.ts';
import { place } from './tcp-look.ts';

export const check: Check<NetReader, DnsParams> = {
  id: 'net/dns',
  title: 'A name resolves as it should',
  keywords: ['dns', 'resolve', 'record', 'nameserver', 'lookup'],
  description: `Asks a resolver for the records of a name with a query of its own: neither the hosts file nor search domains nor the system's cache play a part. Asked over UDP, and once more over TCP when the answer does not fit. CNAMEs are followed as far as the answer tells.

Reports **answer**:
- the name does not exist (NXDOMAIN), or is an alias of one that does not (critical);
- its DNSSEC signatures are wrong: the resolver fails (SERVFAIL) but answers when it is asked not to check (critical);
- it can't be resolved (SERVFAIL) for another reason, has no record of the type, or other records than \`expect\` (high);

and **dnssec** (medium) when \`dnssec: true\` and the resolver does not say that it checked the signatures. That word is worth as much as the way to the resolver: ask one on this machine or in a network that you trust.

It is **unknown**, and not a finding, when no resolver answers in time, answers only other questions or nonsense, refuses us, or has a truncated answer that can't be had over TCP; also without a network. Several resolvers of this machine are asked in turn, three at most; one that answers is enough.

Tried against a stand-in that speaks RFC 1035 over UDP and TCP on the loopback, tells lies, keeps silent, truncates and sends garbage; no DNS server can be reached where the tests run.`,
  standalone: false,
  params: dnsParams,
  timeoutMs: 70_000,

  async read(reader, params, { signal }) {
    const identity = identityOf(params);
    const hidden = ({ code, message }: Failure): Observation[] => [
      { status: 'unknown', ...identity, failure: { code, message } },
    ];
    const resolvers =
      params.resolver === undefined ? reader.resolvers().slice(0, RESOLVERS_AT_MOST) : [params.resolver];
    if (resolvers.length === 0)
      return hidden({ code: 'NO_RESOLVER', message: 'This machine names no resolver; see /etc/resolv.conf.' });
    const { reply, resolver } = await askUntilAnswered(reader, resolvers, params, signal);
    const isConclusive = reply.status === 'answered' && CONCLUSIVE.has(reply.responseCode);
    if (!isConclusive && !reader.isOnline() && !isLoopback(resolver.host))
      return hidden({ code: 'OFFLINE', message: 'This machine has no network, so no resolver could be asked.' });
    if (reply.status === 'failed') return hidden(noReply(reply, resolver));
    if (!isConclusive && reply.responseCode !== SERVFAIL) return hidden(refusal(reply.responseCode, resolver));
    const bogus = reply.responseCode === SERVFAIL ? await succeedsUnchecked(reader, resolver, params, signal) : null;
    return [{ status: 'seen', ...identity, facts: factsOf(reply, bogus, resolver, params) }];
  },

  judge: (seen, params) => judgeDns(seen.name, dnsFacts.parse(seen.facts), params),
};

const RESOLVERS_AT_MOST = 3;
const PAUSE_MS = 500;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const CONCLUSIVE: ReadonlySet<number> = new Set([0, NXDOMAIN]);

type Answered = Extract<DnsReply, { status: 'answered' }>;
interface Told {
  readonly reply: DnsReply;
  readonly resolver: Resolver;
}

/** The first conclusive answer; else a SERVFAIL, which says more than a refusal, and that more than silence. */
async function askUntilAnswered(
  reader: NetReader,
  resolvers: readonly Resolver[],
  params: DnsParams,
  signal: AbortSignal,
): Promise<Told> {
  let best: Told | null = null;
  for (let attempt = 1; ; attempt += 1) {
    for (const resolver of resolvers) {
      const { name, type, timeout: timeoutMs } = params;
      const reply = await reader.query({ name, type, resolver, checkingDisabled: false, timeoutMs, signal });
      if (reply.status === 'answered' && CONCLUSIVE.has(reply.responseCode)) return { reply, resolver };
      if (best === null || weight(reply) > weight(best.reply)) best = { reply, resolver };
    }
    if (best !== null && attempt >= params.attempts) return best;
    await reader.pause(PAUSE_MS, signal);
  }
}

function weight(reply: DnsReply): number {
  if (reply.status === 'failed') return 0;
  return reply.responseCode === SERVFAIL ? 2 : 1;
}

/** Whether the same question is answered when signatures are not checked; null when there is no answer at all. */
async function succeedsUnchecked(
  reader: NetReader,
  resolver: Resolver,
  { name, type, timeout: timeoutMs }: DnsParams,
  signal: AbortSignal,
): Promise<boolean | null> {
  const reply = await reader.query({ name, type, resolver, checkingDisabled: true, timeoutMs, signal });
  return reply.status === 'failed' ? null : CONCLUSIVE.has(reply.responseCode);
}

function factsOf(reply: Answered, bogus: boolean | null, resolver: Resolver, { name, type }: DnsParams): DnsFacts {
  const { records, chain } = recordsOf(reply.answers, name, type);
  const outcome = records.length > 0 ? 'records' : reply.responseCode === NXDOMAIN ? 'missing' : 'empty';
  return {
    name,
    type,
    outcome: reply.responseCode === SERVFAIL ? 'failing' : outcome,
    records,
    chain,
    authentic: reply.authentic,
    bogus,
    resolver: place(resolver.host, resolver.port),
    via: reply.via,
    strangers: reply.strangers,
  };
}

/** What one resolver says and what another says of the same name are two things. */
function identityOf({ name, type, resolver }: DnsParams): Pick<Observation, 'resource' | 'name'> {
  const at = resolver === undefined ? '' : place(resolver.host, resolver.port);
  return {
    resource: resourceId('net', 'local', 'dns', at === '' ? `${name}/${type}` : `${name}/${type}@${at}`),
    name: printable(at === '' ? name : `${name} at ${at}`),
  };
}

function noReply({ code, message }: Extract<DnsReply, { status: 'failed' }>, { host, port }: Resolver): Failure {
  const at = place(host, port);
  if (code === 'TIMEOUT') {
    return {
      code: 'DNS_TIMEOUT',
      message: `The resolver ${at} did not answer in time; see whether it runs, and whether UDP to its port gets through.`,
    };
  }
  return { code, message: `The resolver ${at} gave no answer that counts (${code}): ${message}.` };
}

function refusal(responseCode: number, { host, port }: Resolver): Failure {
  const word = { 1: 'FORMERR', 4: 'NOTIMP', 5: 'REFUSED' }[responseCode] ?? `RCODE_${responseCode}`;
  const why = responseCode === 5 ? ': it may serve only its own network or its own zones' : '';
  return { code: `DNS_${word}`, message: `The resolver ${place(host, port)} answered ${word}${why}.` };
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}
