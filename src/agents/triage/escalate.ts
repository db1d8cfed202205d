import type { Looked } from '../../domain/failure.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Escalation } from '../../domain/runbook.ts';
import { isAtLeast } from '../../domain/severity.ts';
import { saysAllIsWell } from '../investigate/contradiction.ts';
import type { Triaged } from './ask.ts';

/** Failures that another model would meet as well, or that no model should be paid for. */
const NOT_FOR_ANOTHER = new Set(['MODEL_BUDGET', 'MODEL_WITHHELD']);

/** Why the question moves on to the stronger model; null: it does not. */
export function escalationReason(rules: Escalation, news: readonly Finding[], first: Looked<Triaged>): string | null {
  const { severity, disagreement, failed } = rules;
  const worst = severity === null ? undefined : news.find((finding) => isAtLeast(finding.severity, severity));
  if (first.status === 'unknown')
    return failed && !NOT_FOR_ANOTHER.has(first.failure.code)
      ? `the first model gave no answer (${first.failure.code})`
      : null;
  if (disagreement && disagrees(news, first.value))
    return 'the first model calls harmless what a check calls high or critical';
  return worst === undefined ? null : `something new is ${worst.severity}`;
}

/** Whether a model takes lightly what a check does not. */
export function disagrees(news: readonly Finding[], { urgency, words }: Triaged): boolean {
  if (!news.some(({ severity }) => isAtLeast(severity, 'high'))) return false;
  return urgency === 'none' || saysAllIsWell(words.summary);
}
