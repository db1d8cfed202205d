import * as z from 'zod';
import type { FindingDraft } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Severity } from '../../domain/severity.ts';
import { evidenceFrom } from '../evidence.ts';
import type { DomainExpiryParams } from './domain-expiry-params.ts';

/** What a registry said of a domain, under two resources: its registration, and when that ends. */
export const domainFacts = z.discriminatedUnion('about', [
  z.object({
    about: z.literal('registration'),
    domain: z.string(),
    source: z.string(),
    isFound: z.boolean(),
    states: z.array(z.string()),
  }),
  z.object({
    about: z.literal('expiry'),
    domain: z.string(),
    source: z.string(),
    /** Milliseconds since the epoch. */
    expiresAt: z.number(),
  }),
]);

export type DomainFacts = z.output<typeof domainFacts>;
type RegistrationFacts = Extract<DomainFacts, { about: 'registration' }>;
type ExpiryFacts = Extract<DomainFacts, { about: 'expiry' }>;

export function judgeDomain(facts: DomainFacts, { days }: DomainExpiryParams, now: number): FindingDraft | null {
  return facts.about === 'registration' ? judgeRegistration(facts) : judgeExpiry(facts, days, now);
}

/** The states in which a domain is lost or does not work (RFC 8056), the worst first. */
const BAD_STATES = [
  { state: 'pending delete', class: 'deleting', words: 'is about to be deleted, and then anybody can register it' },
  { state: 'redemption period', class: 'deleting', words: 'was deleted, and can still be had back for a short time' },
  { state: 'pending restore', class: 'deleting', words: 'was deleted, and is being restored' },
  { state: 'server hold', class: 'hold', words: 'was taken out of the DNS by its registry' },
  { state: 'client hold', class: 'hold', words: 'was taken out of the DNS by its registrar' },
] as const;

function judgeRegistration(facts: RegistrationFacts): FindingDraft | null {
  const bad = facts.isFound ? BAD_STATES.find(({ state }) => facts.states.includes(state)) : NOT_FOUND;
  if (bad === undefined) return null;
  return {
    discriminator: 'registration',
    severity: 'critical',
    evidenceClass: bad.class,
    title: `${facts.domain} ${bad.words}${bad === NOT_FOUND ? '' : ` (${bad.state})`}`,
    why: 'Web, mail and everything else under the name stop, and somebody else may get hold of it.',
    next:
      bad === NOT_FOUND
        ? 'See whether it is written as it was registered, without a name before it. If it is, register it again at once.'
        : 'Log in at your registrar and see what it asks for: a payment, a confirmation of the owner, a dispute. Renew or restore it there.',
    evidence: evidenceFrom(facts.source, ['registered', facts.isFound], ['states', facts.states]),
  };
}

const NOT_FOUND = { state: 'not found', class: 'not-registered', words: 'is not registered' } as const;

function judgeExpiry(facts: ExpiryFacts, days: DomainExpiryParams['days'], now: number): FindingDraft | null {
  const inMs = facts.expiresAt - now;
  const severity = severityOf(inMs, days);
  if (severity === null) return null;
  const span = formatDuration(Math.abs(inMs));
  const words = inMs <= 0 ? `expired ${span} ago` : `expires in ${span}`;
  const day = new Date(facts.expiresAt).toISOString();
  return {
    discriminator: 'expiry',
    severity,
    evidenceClass: inMs <= 0 ? 'expired' : 'expiring',
    title: `The registration of ${facts.domain} ${words} (${day.slice(0, 10)})`,
    why: 'When it is not renewed, web, mail and everything else under the name stop, and somebody else may register it.',
    next: 'See at your registrar whether it renews by itself and whether the way to pay is still good; else renew it there.',
    evidence: evidenceFrom(facts.source, ['expires', day]),
  };
}

function severityOf(inMs: number, [low, high, critical]: DomainExpiryParams['days']): Severity | null {
  const daysLeft = inMs / DAY_MS;
  if (daysLeft <= 0 || daysLeft < critical) return 'critical';
  if (daysLeft < high) return 'high';
  return daysLeft < low ? 'low' : null;
}

const DAY_MS = 86_400_000;
