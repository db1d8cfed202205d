import type { Check } from '../../domain/check.ts';
import type { NetReader } from '../../providers/net/reader.ts';
import { bannerFacts, judgeBanner } from './banner-judgement.ts';
import { bannerParams, type BannerParams } from './banner-params.ts';
import { placeIdentity, talk } from './tcp-look.ts';

export const check: Check<NetReader, BannerParams> = {
  id: 'net/banner',
  title: 'A mail or SSH server greets',
  keywords: ['smtp', 'ssh', 'mail', 'banner', 'greet'],
  description: `Connects to an SMTP, IMAP, POP3 or SSH server, hears its greeting, asks a mail server what it can do (EHLO, CAPABILITY, CAPA), takes leave and hangs up. It never logs in and sends no mail.

Reports:
- **answer** (critical) when there is no connection or no greeting, when something else answers there, or when the greeting turns everybody away (SMTP 421 or 554, IMAP BYE, POP3 -ERR);
- **starttls** (medium) when a mail server does not offer STARTTLS; \`starttls: false\` when that is meant. When it refuses to say what it can do, nothing is reported;
- **protocol** (high) when an SSH server still speaks version 1.

It is **unknown**, and not a finding, when the trouble is on this machine: no network or route, a resolver that does not answer.

Mail servers may greet late on purpose, to try the patience of senders of spam: give them a longer \`timeout\`. An SSH server notes in its log that a connection ended before authentication.

Tried against stand-ins that speak RFC 5321, 3207, 9051, 2449 and 4253, and that misbehave; no mail or SSH server runs where the tests do.`,
  standalone: false,
  params: bannerParams,
  timeoutMs: 70_000,

  async read(reader, params, { signal }) {
    const identity = placeIdentity(params.protocol, params.host, params.port);
    const met = await talk(reader, params, signal, (question) => reader.banner(question, params.protocol));
    if (met.status === 'unknown') return [{ ...met, ...identity }];
    const facts = met.status === 'failed' ? met.facts : { ...met.facts, outcome: 'answered', ...met.value };
    return [{ status: 'seen', ...identity, facts }];
  },

  judge: (seen, params) => judgeBanner(seen.name, bannerFacts.parse(seen.facts), params),
};
