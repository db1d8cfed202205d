import * as z from 'zod';
import type { FindingDraft } from '../../domain/check.ts';
import { shellQuote } from '../shell-quote.ts';
import type { BannerParams } from './banner-params.ts';
import { conversationFacts, failedFacts } from './tcp-facts.ts';
import { noAnswer, talkEvidence } from './tcp-judgement.ts';
import { place } from './tcp-look.ts';

/** What was seen of a server that greets. */
export const bannerFacts = z.discriminatedUnion('outcome', [
  failedFacts,
  z.object({
    ...conversationFacts,
    outcome: z.literal('answered'),
    greeting: z.string(),
    welcomes: z.boolean(),
    startTls: z.boolean().nullable(),
  }),
]);

type BannerFacts = z.output<typeof bannerFacts>;
type Greeted = Extract<BannerFacts, { outcome: 'answered' }>;

export function judgeBanner(name: string, facts: BannerFacts, params: BannerParams): readonly FindingDraft[] {
  if (facts.outcome === 'failed')
    return [noAnswer(name, facts, { is: 'open', why: `Nobody can use ${params.protocol.toUpperCase()} there.` })];
  if (!facts.welcomes) return [turnsAway(name, facts, params)];
  const drafts = [params.protocol === 'ssh' ? oldSsh(name, facts) : noStartTls(name, facts, params)];
  return drafts.filter((draft) => draft !== null);
}

function turnsAway(name: string, facts: Greeted, { protocol }: BannerParams): FindingDraft {
  return {
    discriminator: 'answer',
    severity: 'critical',
    evidenceClass: 'turns-away',
    title: `${name} takes nobody: it greets with "${facts.greeting}"`,
    why: `The ${protocol.toUpperCase()} server runs, but turns away whoever connects, or at least this machine.`,
    next: `See the log of the server for the same time. The greeting: nc ${shellQuote(facts.host)} ${facts.port}`,
    evidence: talkEvidence(facts, [['greeting', facts.greeting]]),
  };
}

function noStartTls(name: string, facts: Greeted, { protocol, starttls }: BannerParams): FindingDraft | null {
  if (!starttls || facts.startTls !== false) return null;
  return {
    discriminator: 'starttls',
    severity: 'medium',
    title: `${name} offers no ${protocol === 'pop3' ? 'STLS' : 'STARTTLS'}`,
    why: 'Mail, and where people log in their passwords too, cross the network in plain text; or someone in between removes the offer.',
    next: `Ask from another network: openssl s_client -starttls ${protocol} -connect ${shellQuote(place(facts.host, facts.port))}. If it is meant so, write "starttls: false".`,
    evidence: talkEvidence(facts, [
      ['greeting', facts.greeting],
      ['offers STARTTLS', facts.startTls],
    ]),
  };
}

function oldSsh(name: string, facts: Greeted): FindingDraft | null {
  // 1.99 is what servers said that spoke both (RFC 4253, 5.1); current ones do not.
  const version = /^SSH-(1\.\d+)-/.exec(facts.greeting)?.[1];
  if (version === undefined) return null;
  return {
    discriminator: 'protocol',
    severity: 'high',
    title: `${name} speaks SSH ${version}, which is broken`,
    why: 'Version 1 of SSH can be read and changed by someone in between; no maintained server speaks it.',
    next: 'Update the SSH server, or take "Protocol 1" out of its configuration.',
    evidence: talkEvidence(facts, [['greeting', facts.greeting]]),
  };
}
