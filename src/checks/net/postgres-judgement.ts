import * as z from 'zod';
import type { FindingDraft } from '../../domain/check.ts';
import { shellQuote } from '../shell-quote.ts';
import type { PostgresParams } from './postgres-params.ts';
import { conversationFacts, failedFacts } from './tcp-facts.ts';
import { noAnswer, talkEvidence } from './tcp-judgement.ts';

/** What was seen of a PostgreSQL server. */
export const postgresFacts = z.discriminatedUnion('outcome', [
  failedFacts,
  z.object({
    ...conversationFacts,
    outcome: z.literal('answered'),
    said: z.enum(['authentication', 'error']),
    method: z.string().nullable(),
    sqlState: z.string().nullable(),
    words: z.string().nullable(),
    tls: z.boolean().nullable(),
  }),
]);

type PostgresFacts = z.output<typeof postgresFacts>;
type Answered = Extract<PostgresFacts, { outcome: 'answered' }>;

export function judgePostgres(name: string, facts: PostgresFacts, params: PostgresParams): readonly FindingDraft[] {
  if (facts.outcome === 'failed')
    return [noAnswer(name, facts, { is: 'open', why: 'Whatever keeps its data there can not reach it.' })];
  return [notAccepting(name, facts), noTls(name, facts, params)].filter((draft) => draft !== null);
}

/** Errors of class 28 and 3D are about who asks, and come only from a server that accepts. */
function notAccepting(name: string, facts: Answered): FindingDraft | null {
  if (facts.said === 'authentication' || /^(?:28|3D)/.test(facts.sqlState ?? '')) return null;
  const isFull = facts.sqlState === '53300';
  const isBusy = facts.sqlState === '57P03';
  const words = facts.words === null || facts.words === '' ? 'no words' : facts.words;
  return {
    discriminator: 'answer',
    severity: 'critical',
    evidenceClass: isFull ? 'too-many-connections' : isBusy ? 'cannot-connect-now' : 'refuses',
    title: `${name} gives no connection: ${words}${facts.sqlState === null ? '' : ` (${facts.sqlState})`}`,
    why: isBusy
      ? 'The server is starting, recovering or shutting down, and takes nobody until it is done.'
      : 'The server runs, but no program gets a new connection.',
    next: isFull
      ? `See who holds them (some are kept for superusers): psql -h ${shellQuote(facts.host)} -p ${facts.port} -U postgres -c "SELECT state, usename, count(*) FROM pg_stat_activity GROUP BY 1, 2". Then look at the pools of the programs, and at max_connections.`
      : `See its log for the same time; from here: pg_isready -h ${shellQuote(facts.host)} -p ${facts.port}`,
    evidence: talkEvidence(facts, [
      ['SQLSTATE', facts.sqlState],
      ['in its own words', facts.words],
    ]),
  };
}

function noTls(name: string, facts: Answered, { tls }: PostgresParams): FindingDraft | null {
  if (!tls || facts.tls !== false) return null;
  return {
    discriminator: 'tls',
    severity: 'medium',
    title: `${name} offers no TLS`,
    why: 'What programs ask and get crosses the network in plain text; or someone in between removes the offer.',
    next: `See "ssl" in the configuration of the server: SHOW ssl. From here: psql "host=${shellQuote(facts.host)} port=${facts.port} sslmode=require"`,
    evidence: talkEvidence(facts, [['offers TLS', facts.tls]]),
  };
}
