import type { Evidence, FindingDraft } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { evidenceFrom } from '../evidence.ts';
import { shellQuote } from '../shell-quote.ts';
import type { ConversationFacts, FailedFacts, TcpFacts } from './tcp-facts.ts';
import type { TcpParams } from './tcp-params.ts';
import { place } from './tcp-look.ts';
import { troubleWords } from './trouble-words.ts';

/** @param isSlowOpen true while slowness is reported: then it must be a tenth faster to be well. */
export function judgeTcp(
  name: string,
  facts: TcpFacts,
  { within }: TcpParams,
  isSlowOpen: boolean,
): FindingDraft | null {
  if (facts.outcome === 'failed')
    return noAnswer(name, facts, { is: 'open', why: 'Nobody who takes the same way can use the service.' });
  if (within === undefined || facts.totalMs <= within * (isSlowOpen ? 0.9 : 1)) return null;
  return {
    discriminator: 'answer',
    severity: 'medium',
    evidenceClass: 'slow',
    title: `${name} took ${formatDuration(facts.totalMs)} to connect, longer than ${formatDuration(within)}`,
    why: 'Users wait, and callers with a time limit of their own give up.',
    next: `See where the time goes: mtr -rwc 20 ${shellQuote(facts.host)}; and on the host, whether its queue of connections is full: ss -ltn`,
    evidence: talkEvidence(facts, [
      ['took (ms)', facts.totalMs],
      ['allowed (ms)', within],
    ]),
  };
}

/** The finding of a server that could not be talked to, or that speaks something else. Always `answer`, critical. */
export function noAnswer(
  name: string,
  facts: FailedFacts,
  { is, why }: { readonly is: string; readonly why: string },
): FindingDraft {
  const attempts = facts.attempts > 1 ? ` in ${facts.attempts} attempts` : '';
  const isOther = facts.code === 'UNEXPECTED_ANSWER';
  const words = isOther ? facts.message : (troubleWords(facts.code) ?? facts.message);
  const verb = facts.phase === 'answer' ? 'does not answer as it should' : `is not ${is}`;
  const port = String(facts.port);
  return {
    discriminator: 'answer',
    severity: 'critical',
    evidenceClass: isOther ? 'other-protocol' : facts.phase,
    title: `${name} ${verb}${attempts}: ${words} (${facts.code})`,
    why,
    next:
      facts.phase === 'dns'
        ? `Ask the DNS yourself: dig +short ${shellQuote(facts.host)}`
        : `Try it yourself: nc -vz ${shellQuote(facts.host)} ${port}. On the host, see what listens there: ss -ltnp 'sport = :${port}'`,
    evidence: talkEvidence(facts, [
      ['error', facts.code],
      ['in its own words', facts.message],
      ['came as far as', facts.phase],
    ]),
  };
}

/** Facts of one conversation, with where they come from. */
export function talkEvidence(
  facts: ConversationFacts,
  more: readonly (readonly [string, string | number | boolean | null])[],
): Evidence[] {
  return evidenceFrom(
    `connection to ${place(facts.host, facts.port)}`,
    ...more,
    ['address', facts.peer],
    ['attempts', facts.attempts > 1 ? facts.attempts : null],
  );
}
