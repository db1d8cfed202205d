import type { Check, Failure, Observation } from '../../domain/check.ts';
import { seen, type Looked } from '../../domain/failure.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { Answer, HttpQuestion, NetReader } from '../../providers/net/reader.ts';
import { domainFacts, judgeDomain, type DomainFacts } from './domain-expiry-judgement.ts';
import { domainExpiryParams, type DomainExpiryParams } from './domain-expiry-params.ts';
import { registrationOf, serverFor } from './domain-expiry-rdap.ts';
import type { Identity } from './tcp-look.ts';
import { ownTrouble } from './whose-trouble.ts';

export const check: Check<NetReader, DomainExpiryParams> = {
  id: 'net/domain-expiry',
  title: 'A domain stays registered',
  keywords: ['domain', 'registration', 'whois', 'expire', 'expiry', 'registered'],
  description: `Asks the registry of a domain over RDAP (RFC 9082, 9083) how its registration stands and when it ends. Which server to ask stands in the bootstrap list (RFC 9224), unless \`server\` names it. Only https is spoken, and to this machine itself http; at most five redirects are followed.

Reports:
- **registration** (critical) when the domain is not registered, deleted or about to be, or taken out of the DNS by its registrar or registry (RFC 8056: hold);
- **expiry** when the registration ends within \`days\` (low, high, critical) or has ended (critical).

It is **unknown**, and not a finding, when the registry can't be asked: no RDAP server for the top-level domain, no answer, asked too often, an answer that is no word on this domain. Some registries tell the state of a domain, but not when it ends: then only the end is unknown.

Two requests to other people's servers each time: put it in a runbook that runs once a day. Registries count requests and refuse who asks too often.

Tried against a stand-in on the loopback that answers in the shapes of RFC 9083 and 9224 and misbehaves; no registry can be reached where the tests run.`,
  standalone: false,
  params: domainExpiryParams,
  timeoutMs: 120_000,

  async read(reader, params, { signal }) {
    const target = targetOf(params.domain);
    const hidden = (failure: Failure): Observation[] =>
      Object.values(target).map((identity) => ({ status: 'unknown', ...identity, failure }));
    const authorities = params.ca === undefined ? null : await reader.authorities(params.ca);
    if (authorities?.status === 'unknown') return hidden(authorities.failure);
    const ask = (url: string): Promise<Looked<Answer>> =>
      askUntilAnswered(reader, questionOf(url, params, authorities?.value ?? null, signal), params.attempts);

    const server = await findServer(params, ask);
    if (server.status === 'unknown') return hidden(server.failure);
    const answer = await ask(domainUrl(server.value, params.domain));
    if (answer.status === 'unknown') return hidden(answer.failure);
    const registration = registrationOf(params.domain, answer.value);
    if (registration.status === 'unknown') return hidden(registration.failure);

    const { isFound, states, expiresAt } = registration.value;
    const common = { domain: params.domain, source: `RDAP ${answer.value.url}` };
    const registered = seenAs(target.registration, { ...common, about: 'registration', isFound, states: [...states] });
    return expiresAt === null
      ? [registered, { status: 'unknown', ...target.expiry, failure: noExpiry(params.domain, isFound) }]
      : [registered, seenAs(target.expiry, { ...common, about: 'expiry', expiresAt })];
  },

  judge(observation, params, history) {
    const draft = judgeDomain(domainFacts.parse(observation.facts), params, history.now);
    return draft === null ? [] : [draft];
  },
};

const REDIRECTS_AT_MOST = 5;
const PAUSE_MS = 500;
/** The list of all top-level domains is a tenth of it. */
const BODY_AT_MOST = 1_048_576;

/** The state and the end are two resources: a registry may tell the one and not the other. */
function targetOf(domain: string): { readonly registration: Identity; readonly expiry: Identity } {
  return {
    registration: { resource: resourceId('net', 'local', 'domain', domain), name: domain },
    expiry: { resource: resourceId('net', 'local', 'domain-expiry', domain), name: domain },
  };
}

async function findServer(
  { domain, server, bootstrap }: DomainExpiryParams,
  ask: (url: string) => Promise<Looked<Answer>>,
): Promise<Looked<string>> {
  if (server !== undefined) return seen(server);
  const answer = await ask(bootstrap);
  return answer.status === 'unknown' ? answer : serverFor(domain, answer.value);
}

/** RFC 9082, 3.1.3: below the address of the server, which may end in a slash or not. */
function domainUrl(server: string, domain: string): string {
  const url = new URL(server);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/domain/${domain}`;
  return url.href;
}

function questionOf(
  url: string,
  { timeout: timeoutMs }: DomainExpiryParams,
  authorities: string | null,
  signal: AbortSignal,
): HttpQuestion {
  return {
    url,
    method: 'GET',
    headers: { accept: 'application/rdap+json, application/json' },
    authorities,
    redirectsAtMost: REDIRECTS_AT_MOST,
    timeoutMs,
    bodyWish: (status) => (status === 200 ? { limit: BODY_AT_MOST, until: [], withinMs: timeoutMs } : null),
    signal,
  };
}

/** Any answer will do; trouble of this machine is told as such. */
async function askUntilAnswered(reader: NetReader, question: HttpQuestion, atMost: number): Promise<Looked<Answer>> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await reader.ask(question);
    if (answer.status === 'answered') return seen(answer);
    if (attempt < atMost) {
      await reader.pause(PAUSE_MS, question.signal);
      continue;
    }
    const host = new URL(answer.url).hostname.replace(/^\[(.*)\]$/, '$1');
    const failure = ownTrouble(answer.trouble, { host, isOnline: reader.isOnline() });
    return failure === null ? seen(answer) : { status: 'unknown', failure };
  }
}

function seenAs(identity: Identity, facts: DomainFacts): Observation {
  return { status: 'seen', ...identity, facts };
}

function noExpiry(domain: string, isFound: boolean): Failure {
  return isFound
    ? { code: 'NO_EXPIRY', message: `The registry of ${domain} does not tell when its registration ends.` }
    : { code: 'NOT_REGISTERED', message: `${domain} is not registered, so nothing ends.` };
}
