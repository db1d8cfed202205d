import type { Evidence, FindingDraft } from '../../domain/check.ts';
import { printableStart } from '../../domain/printable.ts';
import type { Severity } from '../../domain/severity.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import type { DnsFacts } from './dns-facts.ts';
import { canonicalRecord, type DnsParams } from './dns-params.ts';

export function judgeDns(name: string, facts: DnsFacts, params: DnsParams): readonly FindingDraft[] {
  const problem = wrongAnswer(facts, params);
  if (problem !== null) return [draft(name, facts, problem)];
  return params.dnssec && facts.outcome === 'records' && !facts.authentic ? [unsigned(name, facts)] : [];
}

interface Problem {
  readonly class: 'missing' | 'empty' | 'failing' | 'bogus' | 'other-records';
  readonly severity: Severity;
  readonly words: string;
  readonly why: string;
  readonly next: string;
  readonly lacks?: readonly string[];
  readonly besides?: readonly string[];
}

function wrongAnswer(facts: DnsFacts, params: DnsParams): Problem | null {
  const mayBeNone = params.expect !== undefined && params.expect.length === 0;
  if (facts.outcome === 'failing') return failing(facts);
  if (facts.outcome === 'records')
    return params.expect === undefined ? null : otherRecords(facts, params.expect, params);
  if (mayBeNone) return null;
  const leads = facts.chain.length === 0 ? '' : `: it is an alias of ${facts.chain.at(-1)}, which`;
  if (facts.outcome === 'missing') {
    return {
      class: 'missing',
      severity: 'critical',
      words: leads === '' ? 'does not exist in the DNS (NXDOMAIN)' : `leads nowhere${leads} does not exist (NXDOMAIN)`,
      why:
        leads === ''
          ? 'Nobody who relies on the name gets anywhere.'
          : 'Nobody who relies on the name gets anywhere; and whoever can register what it points to gets its visitors.',
      next: 'See the zone at who serves it, and whether the domain has expired (net/domain-expiry).',
    };
  }
  return {
    class: 'empty',
    severity: 'high',
    words: leads === '' ? `has no record of type ${facts.type}` : `has no ${facts.type}${leads} has none`,
    why: 'The name exists, but whoever asks for this type gets nothing.',
    next: 'See the zone at who serves it: the record may have been removed, or moved to another name.',
  };
}

function failing({ bogus }: DnsFacts): Problem {
  if (bogus === true) {
    return {
      class: 'bogus',
      severity: 'critical',
      words: 'fails the check of its DNSSEC signatures',
      why: 'Resolvers that check signatures, among them the large public ones, answer nothing at all for the name.',
      next: 'See what is wrong with the signatures: delv, or a DNSSEC debugger. Often a key was changed without the DS record at the registrar, or signatures have expired.',
    };
  }
  return {
    class: 'failing',
    severity: 'high',
    words: 'can not be resolved (SERVFAIL)',
    why: 'The servers of its zone do not answer the resolver, or not as they should; or the resolver itself is in trouble.',
    next: 'Ask the servers of the zone from the root on, with "dig +trace", and the same resolver for another name.',
  };
}

function otherRecords(facts: DnsFacts, expected: readonly string[], { type, match }: DnsParams): Problem | null {
  const [wanted, got] = [expected, facts.records].map(
    (records) => new Map((records ?? []).map((record) => [canonicalRecord(type, record), record])),
  );
  const lacks = [...(wanted ?? [])].filter(([key]) => got?.has(key) !== true).map(([, record]) => record);
  const others = [...(got ?? [])].filter(([key]) => wanted?.has(key) !== true).map(([, record]) => record);
  const besides = match === 'includes' ? [] : others;
  if (lacks.length === 0 && besides.length === 0) return null;
  const parts = [
    ...(lacks.length === 0 ? [] : [`lacks ${some(lacks)}`]),
    ...(besides.length === 0 ? [] : [`has ${some(besides)}, which is not expected`]),
  ];
  return {
    class: 'other-records',
    severity: 'high',
    words: `${parts.join(' and ')} (${facts.type})`,
    why: 'Whoever asks may be sent elsewhere than is meant: a change that nobody told of, or a resolver that does not tell the truth.',
    next: 'Compare with a server of the zone itself (dig NS, then dig @server). If the change is meant, write it in "expect".',
    lacks,
    besides,
  };
}

function some(records: readonly string[]): string {
  const shown = records.slice(0, 3).map((record) => printableStart(record, 80));
  return records.length > 3 ? `${shown.join(', ')} and ${records.length - 3} more` : shown.join(', ');
}

function draft(name: string, facts: DnsFacts, problem: Problem): FindingDraft {
  return {
    discriminator: 'answer',
    severity: problem.severity,
    evidenceClass: problem.class,
    title: `${name} ${problem.words}`,
    why: problem.why,
    next: `${problem.next} What was asked here: ${dig(facts)}`,
    evidence: [
      ...evidenceFrom(sourceOf(facts), ['missing', problem.lacks ?? null], ['not expected', problem.besides ?? null]),
      ...evidenceOf(facts),
    ],
  };
}

function unsigned(name: string, facts: DnsFacts): FindingDraft {
  return {
    discriminator: 'dnssec',
    severity: 'medium',
    title: `${name} is not vouched for by DNSSEC`,
    why: 'Either the zone is not signed (any more), or the resolver does not check signatures; a false answer would look the same.',
    next: `See whether the zone has a DS record at its parent, and whether the resolver checks: ${dig(facts)} +dnssec`,
    evidence: evidenceOf(facts),
  };
}

function evidenceOf(facts: DnsFacts): Evidence[] {
  return evidenceFrom(
    sourceOf(facts),
    ['records', facts.records.map((record) => printableStart(record, 300)).slice(0, 20)],
    ['alias of', facts.chain.length === 0 ? null : facts.chain],
    ['signatures checked (AD)', facts.authentic],
    ['answers to other questions', facts.strangers === 0 ? null : facts.strangers],
  );
}

function sourceOf({ name, type, resolver, via }: DnsFacts): string {
  return `${type} ${name} at ${resolver} over ${via.toUpperCase()}`;
}

function dig({ name, type, resolver }: DnsFacts): string {
  const [, host = resolver, port = '53'] = /^\[?(.*?)\]?:(\d+)$/.exec(resolver) ?? [];
  return `dig @${shellQuote(host)} -p ${port} ${shellQuote(name)} ${type}`;
}
