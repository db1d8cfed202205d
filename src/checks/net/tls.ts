import type { Check, Failure, Observation } from '../../domain/check.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { Greeting, NetReader, TlsQuestion } from '../../providers/net/reader.ts';
import { tlsFacts, type TlsFacts } from './tls-facts.ts';
import { judgeTls } from './tls-judgement.ts';
import { tlsParams, type TlsParams } from './tls-params.ts';
import { ownTrouble } from './whose-trouble.ts';

export const check: Check<NetReader, TlsParams> = {
  id: 'net/tls',
  title: 'A TLS server and its certificate',
  keywords: ['tls', 'ssl', 'certificate', 'cert', 'expire', 'expiry', 'https'],
  description: `Shakes hands with a TLS server, takes down its certificates whether valid or not, and hangs up without sending anything.

Reports:
- **handshake** (critical) when there is none: no such name, refused, out of time, no TLS spoken;
- **protocol** (high) when the server speaks nothing newer than TLS 1.1;
- **expiry** when the first certificate of the chain to run out does so within \`days\` (low, high, critical), has expired or is not valid yet (both critical);
- **chain** (high) when the chain is not trusted, with the reason: signed by itself, an unknown authority, incomplete;
- **name** (high) when the certificate is not for the name that was asked for.

When the server does not shake hands, its certificate is unknown: what was found on it stays. When the trouble is on this machine (no network or route, a resolver that does not answer) all of it is unknown. Whether certificates were revoked is not asked. STARTTLS is not spoken.

Tried against local servers with certificates made with openssl; no server on the internet was within reach.`,
  standalone: false,
  params: tlsParams,
  timeoutMs: 70_000,

  async read(reader, params, { signal }) {
    const name = params.name ?? params.host;
    const target = targetOf(params, name);
    const hidden = (failure: Failure): Observation[] =>
      target.map((identity) => ({ status: 'unknown', ...identity, failure }));
    const authorities = params.ca === undefined ? null : await reader.authorities(params.ca);
    if (authorities?.status === 'unknown') return hidden(authorities.failure);

    const question: TlsQuestion = {
      host: params.host,
      port: params.port,
      name,
      authorities: authorities?.value ?? null,
      timeoutMs: params.timeout,
      signal,
    };
    const { greeting, attempts } = await greetUntilAnswered(reader, question, params.attempts);
    const common = {
      host: params.host,
      port: params.port,
      name,
      peer: greeting.peer,
      attempts,
      timings: greeting.timings,
    };
    if (greeting.status === 'greeted') {
      const { protocol, cipher, chainError, nameMatches, chain } = greeting;
      return [
        seenAs(target[0], { ...common, about: 'handshake', protocol, cipher }),
        seenAs(target[1], {
          ...common,
          about: 'certificate',
          chainError,
          nameMatches,
          chain: chain.map((certificate) => ({ ...certificate, names: [...certificate.names] })),
        }),
      ];
    }
    const { trouble } = greeting;
    const own = ownTrouble(trouble, { host: params.host, isOnline: reader.isOnline() });
    if (own !== null) return hidden(own);
    const failure = {
      code: trouble.code,
      message: `${target[0].name} does not shake hands (${trouble.code}), so its certificate could not be looked at.`,
    };
    return [
      seenAs(target[0], {
        ...common,
        about: 'failure',
        phase: trouble.phase,
        code: trouble.code,
        message: trouble.message,
      }),
      { status: 'unknown', ...target[1], failure },
    ];
  },

  judge: (seen, params, history) => judgeTls(seen.name, tlsFacts.parse(seen.facts), params, history.now),
};

type Identity = Pick<Observation, 'resource' | 'name'>;

/** The server and its certificate are two resources: while the one is down, the other is hidden and not well. */
function targetOf({ host, port }: TlsParams, name: string): readonly [Identity, Identity] {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const shown = name === host ? place : `${name} at ${place}`;
  const id = name === host ? place : `${place}/${name}`;
  return [
    { resource: resourceId('net', 'local', 'tls', id), name: shown },
    { resource: resourceId('net', 'local', 'certificate', id), name: shown },
  ];
}

function seenAs(identity: Identity, facts: TlsFacts): Observation {
  return { status: 'seen', ...identity, facts };
}

const PAUSE_MS = 500;

async function greetUntilAnswered(
  reader: NetReader,
  question: TlsQuestion,
  atMost: number,
): Promise<{ readonly greeting: Greeting; readonly attempts: number }> {
  for (let attempts = 1; ; attempts += 1) {
    const greeting = await reader.greet(question);
    if (greeting.status === 'greeted' || attempts >= atMost) return { greeting, attempts };
    await reader.pause(PAUSE_MS, question.signal);
  }
}
