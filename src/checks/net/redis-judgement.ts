import type { FindingDraft } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Severity } from '../../domain/severity.ts';
import { shellQuote } from '../shell-quote.ts';
import type { AnsweredFacts, RedisFacts, ReplicationFacts } from './redis-facts.ts';
import type { RedisParams } from './redis-params.ts';
import type { ConversationFacts } from './tcp-facts.ts';
import { noAnswer, talkEvidence } from './tcp-judgement.ts';

export function judgeRedis(name: string, facts: RedisFacts, params: RedisParams): FindingDraft | null {
  if (facts.outcome === 'failed')
    return noAnswer(name, facts, { is: 'open', why: 'Whatever keeps its data or its queues there can not reach it.' });
  return facts.outcome === 'answered' ? notWell(name, facts) : unreplicated(name, facts, params);
}

interface Trouble {
  readonly class: string;
  readonly severity: Severity;
  readonly words: string;
  readonly why: string;
}

function notWell(name: string, facts: AnsweredFacts): FindingDraft | null {
  const trouble = troubleOf(facts);
  if (trouble === null) return null;
  return {
    discriminator: 'answer',
    severity: trouble.severity,
    evidenceClass: trouble.class,
    title: `${name} ${trouble.words}`,
    why: trouble.why,
    next: `Ask it yourself: ${redisCli(facts)} PING. Then see its log for the same time.`,
    evidence: talkEvidence(facts, [
      ['answer to PING', facts.ping],
      ['in its own words', facts.words],
      ['answer to AUTH', facts.login],
    ]),
  };
}

function troubleOf({ ping, words, login }: AnsweredFacts): Trouble | null {
  if (login !== null && login !== 'OK') {
    return {
      class: 'login',
      severity: 'high',
      words: `refuses the password that this check was given (${login})`,
      why: 'Either the password was changed here and not there, or programs with the same one are refused too.',
    };
  }
  // It asks for a password, and none was given: that is an answer.
  if (ping === 'PONG' || ping === 'NOAUTH') return null;
  const known = KNOWN[ping];
  const said = words ?? ping;
  return { class: 'error', severity: 'critical', words: `answers PING with an error: ${said}`, why: WHY, ...known };
}

const WHY = 'Programs that use it get errors.';

const KNOWN: Readonly<Record<string, Trouble>> = {
  LOADING: {
    class: 'loading',
    severity: 'high',
    words: 'is loading its data and answers nothing else (LOADING)',
    why: 'It was started a short while ago; programs get errors until it is done.',
  },
  MASTERDOWN: {
    class: 'master-down',
    severity: 'critical',
    words: 'has lost its master and refuses to answer with old data (MASTERDOWN)',
    why: WHY,
  },
  DENIED: {
    class: 'protected',
    severity: 'high',
    words: 'lets in only its own machine, as it is in protected mode (DENIED)',
    why: 'It has neither a password nor an address to bind to, so nobody else on the network gets an answer.',
  },
};

function unreplicated(name: string, facts: ReplicationFacts, { replicas }: RedisParams): FindingDraft | null {
  if (facts.role === 'master' && replicas !== undefined && facts.replicas < replicas) {
    return {
      ...replicationDraft(facts),
      severity: 'high',
      evidenceClass: 'replicas-missing',
      title: `${name} has ${facts.replicas} of ${replicas} replicas connected`,
      why: 'When the master is lost, what the missing replicas do not have is lost with it, or nothing is there to take over.',
    };
  }
  if (facts.role !== 'slave' || facts.link !== 'down') return null;
  const since = facts.downSeconds === null ? '' : ` for ${formatDuration(facts.downSeconds * 1_000)}`;
  return {
    ...replicationDraft(facts),
    severity: facts.isSyncing ? 'medium' : 'high',
    evidenceClass: facts.isSyncing ? 'syncing' : 'link-down',
    title: facts.isSyncing
      ? `${name} is copying all data of its master, and is behind until it is done`
      : `${name} has lost the link to its master${since}`,
    why: 'It answers with old data, and would lose what is newer if it had to take over.',
  };
}

function replicationDraft(facts: ReplicationFacts) {
  return {
    discriminator: 'replication',
    next: `See both ends: ${redisCli(facts)} INFO replication, and the logs of master and replica for the same time.`,
    evidence: talkEvidence(facts, [
      ['role', facts.role],
      ['connected replicas', facts.role === 'master' ? facts.replicas : null],
      ['link to master', facts.link],
      ['link down (s)', facts.downSeconds],
    ]),
  };
}

function redisCli({ host, port }: ConversationFacts): string {
  return `redis-cli -h ${shellQuote(host)} -p ${port}`;
}
