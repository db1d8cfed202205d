import type {
  ClauseVerdict,
  Explanation,
  Policy,
  PolicyQuestion,
  PolicyRule,
  RuleVerdict,
} from '../../domain/policy.ts';
import { decide } from './decide.ts';
import { instantWords } from './instant.ts';
import { wallClock } from './wall-clock.ts';
import { clockWords, isInWindow, nextTime } from './window.ts';

/** Why a policy says what it says, for a person. All texts are printable. */
export interface ExplainedDecision {
  /** `denied: rule "no-friday" of policy "shop" denies it`. */
  readonly headline: string;
  /** Every rule, in the file's order, with the clauses that decided over it. */
  readonly rules: readonly ExplainedRule[];
  /** The allow that is short of the fewest clauses; null when one allows it, or there is none. */
  readonly nearest: ExplainedRule | null;
  /** Milliseconds since the epoch: when the window of the nearest allow opens, should that be what keeps it. */
  readonly opensAt: number | null;
  /** When the window of the deny that decided closes. */
  readonly endsAt: number | null;
  /** All of it, a line each; details of a rule are indented. */
  readonly lines: readonly string[];
}

export interface ExplainedRule {
  readonly id: string;
  readonly effect: PolicyRule['effect'];
  readonly holds: boolean;
  /** All clauses that do not hold. */
  readonly failing: readonly ClauseVerdict[];
  readonly clauses: number;
}

/** Words for a decision; `explanation` is what `decide` said of the same policy and question. */
export function explainDecision(
  policy: Policy | null,
  question: PolicyQuestion,
  explanation: Explanation = decide(policy, question),
): ExplainedDecision {
  const { decision } = explanation;
  const headline = `${PAST[decision.effect]}: ${decision.why}`;
  const rules = explanation.rules.map(explained);
  const nearest = decision.effect === 'allow' ? null : nearestAllow(rules);
  const windowOf = (id: string | null | undefined) => policy?.rules.find((rule) => rule.id === id)?.window ?? null;
  const opening = windowOf(nearest?.id);
  const keptByWindow = opening !== null && isInWindow(opening, question.at) === false;
  const opensAt = keptByWindow ? nextTime(opening, question.at, 'open') : null;
  const closing = decision.effect === 'deny' ? windowOf(decision.rule) : null;
  const endsAt = closing === null ? null : nextTime(closing, question.at, 'closed');
  return {
    headline,
    rules,
    nearest,
    opensAt,
    endsAt,
    lines: [
      headline,
      ...explanation.rules.flatMap(ruleLines),
      ...(nearest === null ? [] : [nearestLine(nearest)]),
      ...(keptByWindow ? [openingLine(opensAt, opening.timezone)] : []),
      ...(closing === null || endsAt === null
        ? []
        : [`the deny's window closes at ${whenWords(endsAt, closing.timezone)}`]),
    ],
  };
}

const PAST = { deny: 'denied', allow: 'allowed', queue: 'queued' } as const;

function explained({ id, effect, holds, clauses }: RuleVerdict): ExplainedRule {
  return { id, effect, holds, failing: clauses.filter((clause) => !clause.holds), clauses: clauses.length };
}

function nearestAllow(rules: readonly ExplainedRule[]): ExplainedRule | null {
  const allows = rules.filter(({ effect }) => effect === 'allow');
  const fewest = Math.min(...allows.map(({ failing }) => failing.length));
  return allows.find(({ failing }) => failing.length === fewest) ?? null;
}

/** Of a rule that holds, what it holds on; of one that does not, everything that keeps it. */
function ruleLines({ id, effect, holds, clauses }: RuleVerdict): readonly string[] {
  const failing = clauses.filter((clause) => !clause.holds);
  return [
    holds
      ? `${effect} "${id}" holds`
      : `${effect} "${id}" does not hold: ${failing.length} of ${clauses.length} ${clauses.length === 1 ? 'clause' : 'clauses'} ${failing.length === 1 ? 'fails' : 'fail'}`,
    ...(holds ? clauses : failing).map(({ clause, was }) => `  ${holds ? '✓' : '✗'} ${clause} (was ${was})`),
  ];
}

function nearestLine({ id, failing, effect, holds }: ExplainedRule): string {
  return holds
    ? `nearest: ${effect} "${id}" would hold, were it not denied`
    : `nearest: ${effect} "${id}", ${failing.length} ${failing.length === 1 ? 'clause' : 'clauses'} short`;
}

function openingLine(opensAt: number | null, zone: string): string {
  return opensAt === null ? 'its window does not open again' : `its window opens at ${whenWords(opensAt, zone)}`;
}

/** `2026-11-30T08:00:00Z (mon 09:00 Europe/Amsterdam)`. */
function whenWords(at: number, zone: string): string {
  return `${instantWords(at)} (${clockWords(wallClock(zone, at))} ${zone})`;
}
