import { isAtLeast } from '../domain/severity.ts';
import type { Told, Trouble } from '../domain/told.ts';
import type { NotifyConfig } from '../notify-config.ts';
import { isDue, onHold, type Step } from './news.ts';
import type { RoutingRules } from './rules.ts';

/** Trouble that is reported again is told again after this long when its severity is never repeated otherwise. */
const REPEAT_MS = 24 * 3_600_000;

/** The code under which a plan that waits is told: no trouble, but told like one. Its end needs no word. */
export const PLAN_WAITING = 'PLAN_WAITING';

function newsWord(key: string): 'plan' | 'trouble' {
  return key.startsWith(troubleKey({ code: PLAN_WAITING, subject: '' })) ? 'plan' : 'trouble';
}

export function troubleKey({ code, subject }: Pick<Trouble, 'code' | 'subject'>): string {
  return `trouble:${code}:${subject}`;
}

/** What a trouble of Holdfast itself makes necessary: told once, and again when it lasts or comes back after the repeat interval. */
export function newsOfTrouble(trouble: Trouble, told: Told | undefined, rules: RoutingRules, now: number): Step {
  const { severity, text, runbook } = trouble;
  const row: Told = {
    key: troubleKey(trouble),
    runbook,
    finding: null,
    text,
    severity,
    said: 'open',
    at: now,
    flapping: false,
    turnedAt: now,
    heldSince: null,
  };
  const line = { runbook, finding: null, severity, news: newsWord(row.key), text } as const;
  const news = { kind: 'news', key: row.key, line, told: row } as const;
  if (told === undefined) return { ...news, held: { ...row, said: 'nothing', heldSince: now } };
  if (told.said === 'ending') return { kind: 'note', row: { ...told, said: 'open', heldSince: null } };
  const isWorse = !isAtLeast(told.severity, severity);
  if (told.said === 'open' && !isWorse && !isDue(told.at, rules.repeat[severity] ?? REPEAT_MS, now))
    return { kind: 'quiet' };
  return { ...news, held: onHold(told, severity, now) };
}

/** That a trouble is over is told if and only if the trouble was. */
export function newsOfTroubleOver(told: Told | undefined, now: number): Step {
  if (told === undefined || told.said === 'ending') return { kind: 'quiet' };
  if (told.said === 'nothing' || newsWord(told.key) === 'plan') return { kind: 'forget', key: told.key };
  return endOf(told, now);
}

export function newsOfHeldTrouble(row: Told, now: number): Step {
  if (row.said === 'ending') return endOf(row, now);
  const { runbook, severity, text } = row;
  return {
    kind: 'news',
    key: row.key,
    line: { runbook, finding: null, severity, news: newsWord(row.key), text },
    told: { ...row, said: 'open', at: now, heldSince: null },
    held: null,
  };
}

/** The ways for trouble: the usual ones but for those that are the trouble; else the fallbacks. */
export function waysForTrouble({ notThrough }: Pick<Trouble, 'notThrough'>, config: NotifyConfig): readonly string[] {
  const without = (ways: readonly string[]): readonly string[] => ways.filter((way) => !notThrough.includes(way));
  const usual = without(config.default);
  return usual.some((way) => way !== 'inbox') ? usual : [...new Set([...usual, ...without(config.fallback)])];
}

function endOf(row: Told, now: number): Step {
  const { runbook, severity, text } = row;
  return {
    kind: 'news',
    key: row.key,
    line: { runbook, finding: null, severity, news: 'resolved', text },
    told: null,
    held: row.said === 'ending' ? null : { ...row, said: 'ending', heldSince: row.heldSince ?? now },
  };
}
