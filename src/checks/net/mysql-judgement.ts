import * as z from 'zod';
import type { FindingDraft } from '../../domain/check.ts';
import type { Severity } from '../../domain/severity.ts';
import { shellQuote } from '../shell-quote.ts';
import { conversationFacts, failedFacts } from './tcp-facts.ts';
import { noAnswer, talkEvidence } from './tcp-judgement.ts';

/** What was seen of a MySQL or MariaDB server. */
export const mysqlFacts = z.discriminatedUnion('outcome', [
  failedFacts,
  z.object({
    ...conversationFacts,
    outcome: z.literal('answered'),
    version: z.string().nullable(),
    tls: z.boolean().nullable(),
    errorCode: z.number().nullable(),
    words: z.string().nullable(),
  }),
]);

type MysqlFacts = z.output<typeof mysqlFacts>;

export function judgeMysql(name: string, facts: MysqlFacts): FindingDraft | null {
  if (facts.outcome === 'failed')
    return noAnswer(name, facts, { is: 'open', why: 'Whatever keeps its data there can not reach it.' });
  const refusal = facts.errorCode === null ? undefined : refusalOf(facts.errorCode, facts.version !== null);
  if (refusal === undefined) return null;
  return {
    discriminator: 'answer',
    severity: refusal.severity,
    evidenceClass: refusal.class,
    title: `${name} ${refusal.words} (${facts.errorCode})`,
    why: refusal.why,
    next: refusal.next.replace('HOST', shellQuote(facts.host)),
    evidence: talkEvidence(facts, [
      ['error', facts.errorCode],
      ['in its own words', facts.words],
      ['version', facts.version],
    ]),
  };
}

interface Refusal {
  readonly class: string;
  readonly severity: Severity;
  readonly words: string;
  readonly why: string;
  readonly next: string;
}

/** Errors that say something of the server; after its greeting every other one is only about who we are. */
function refusalOf(code: number, hasGreeted: boolean): Refusal | undefined {
  const known = REFUSALS[code];
  return known === undefined && !hasGreeted ? OTHER : known;
}

const REFUSALS: Readonly<Record<number, Refusal>> = {
  1040: {
    class: 'too-many-connections',
    severity: 'critical',
    words: 'has no connection left: too many connections',
    why: 'No program gets a new connection until others are closed.',
    next: 'See who holds them (one connection is kept for administrators): mysql -h HOST -e "SHOW PROCESSLIST". Then look at the pools of the programs, and at max_connections.',
  },
  1053: {
    class: 'shutting-down',
    severity: 'critical',
    words: 'is shutting down',
    why: 'No program gets a new connection.',
    next: 'See why in its error log; if it hangs there, long transactions or a slow flush hold it.',
  },
  1129: {
    class: 'host-blocked',
    severity: 'high',
    words: 'blocks this machine for too many failed handshakes',
    why: 'Programs on this machine get no connection until the block is lifted.',
    next: 'See what failed: SELECT * FROM performance_schema.host_cache. Lift the block: TRUNCATE TABLE performance_schema.host_cache (or mysqladmin flush-hosts).',
  },
  1130: {
    class: 'host-not-allowed',
    severity: 'medium',
    words: 'lets nobody in from this machine',
    why: 'The server runs, but whether it has connections to give can not be seen from here; programs on this machine get none.',
    next: 'If programs here need it, create a user for this host; else run this check where they are.',
  },
};

const OTHER: Refusal = {
  class: 'refuses',
  severity: 'high',
  words: 'refuses connections before it greets',
  why: 'The server runs, but this machine gets no connection.',
  next: 'Look the code up in the error reference of the server, then see its error log.',
};
