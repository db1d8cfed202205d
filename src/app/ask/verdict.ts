import type { AskFinding } from '../../domain/answer.ts';
import { isAtLeast } from '../../domain/severity.ts';
import type { AskedLook } from './looks.ts';

/** A finding as bad as this makes what was asked about unhealthy; what is less is told, and does not. */
export const UNHEALTHY_FROM = 'medium';

/**
 * True: all of it was looked at, there was something to look at, and nothing is wrong. False: a finding, whoever chose its
 * check. null: not known. What a model chose to look at can make it false, never true: it could have chosen what is fine.
 * `there`: how many things there are that the question is about.
 */
export function healthOf(looks: readonly AskedLook[], findings: readonly AskFinding[], there: number): boolean | null {
  if (findings.some(({ severity }) => isAtLeast(severity, UNHEALTHY_FROM))) return false;
  const routed = looks.filter(({ chosenBy }) => chosenBy === 'route');
  const isWhole = routed.every(({ look }) => look.outcome !== 'unknown' && look.hidden.length === 0);
  return routed.length > 0 && isWhole && there > 0 ? true : null;
}
