import type { Redactor } from '../domain/redaction/redacted.ts';
import type { RunReport } from '../domain/run.ts';
import type { Told, Trouble } from '../domain/told.ts';
import type { Step } from './news.ts';
import type { RoutingRules } from './rules.ts';
import { newsOfTrouble, newsOfTroubleOver, troubleKey } from './trouble.ts';

/** The codes of the trouble that a run itself can be; the subject is its runbook. */
export const RUN_FAILED = 'RUN_FAILED';
export const RUN_INTERRUPTED = 'RUN_INTERRUPTED';

/**
 * News of the run itself: that it failed (a limit of time, a bug), that the next one did not, that
 * earlier ones died. A run that the operator stopped is no trouble. `told` are the runbook's rows.
 */
export function newsOfRun(
  { run, interrupted }: RunReport,
  told: readonly Told[],
  rules: RoutingRules,
  now: number,
  redactor: Pick<Redactor, 'text'>,
): readonly Step[] {
  const rowOf = (code: string): Told | undefined =>
    told.find(({ key }) => key === troubleKey({ code, subject: run.runbook }));
  const trouble = (code: string, severity: Trouble['severity'], text: string): Step =>
    newsOfTrouble(
      { code, subject: run.runbook, severity, text: redactor.text(text), runbook: run.runbook, notThrough: [] },
      rowOf(code),
      rules,
      now,
    );
  const steps: Step[] = [];
  if (run.status === 'done') steps.push(newsOfTroubleOver(rowOf(RUN_FAILED), now));
  if (run.status === 'failed' && run.reason !== 'interrupted')
    steps.push(trouble(RUN_FAILED, 'high', `the run of ${run.runbook} failed: ${run.reason ?? 'for no known reason'}`));
  if (interrupted.length > 0)
    steps.push(
      trouble(RUN_INTERRUPTED, 'medium', `a run of ${run.runbook} died before its end: ${interrupted.join(', ')}`),
    );
  return steps;
}
