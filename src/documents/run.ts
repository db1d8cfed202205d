import type { Finding } from '../domain/finding.ts';
import type { Plan } from '../domain/plan.ts';
import type { Run } from '../domain/run.ts';
import type { Triage, TriageWords } from '../domain/triage.ts';
import { findingDocument } from './finding.ts';
import type { RunDocument } from './run-schema.ts';
import { time } from './time.ts';

/**
 * The run as every door shows it. `findings` are its findings in full; standing, severity and title
 * are those that the run saw, the other words those of the latest look. `plans` are those that its findings made it
 * propose: known to the run's own report, and not told again later.
 */
export function runDocument(
  run: Run,
  findings: readonly Finding[],
  now: number,
  plans: readonly Plan[] = [],
): RunDocument {
  const byKey = new Map(findings.map((finding) => [finding.key, finding]));
  const seen = run.findings.flatMap(({ key, standing, severity, title, looked }) => {
    const finding = byKey.get(key);
    return finding === undefined ? [] : [{ finding: { ...finding, standing, severity, title }, looked }];
  });
  return {
    id: run.id,
    runbook: run.runbook,
    slot: run.slot === null ? null : time(run.slot),
    trigger: run.trigger,
    status: run.status,
    reason: run.reason,
    attempt: run.attempt,
    startedAt: time(run.startedAt),
    durationMs: run.durationMs,
    checks: run.checks.map(({ id, outcome, failure, durationMs, looked, hidden, note }) => ({
      id,
      outcome,
      failure,
      durationMs,
      looked,
      hidden: hidden.map(({ resource, name, failure: reason }) => ({ resource, name, failure: reason })),
      ...(note === undefined ? {} : { note }),
    })),
    findings: seen.map(({ finding }) => findingDocument(finding, now)),
    notLookedAt: seen.filter(({ looked }) => !looked).map(({ finding }) => finding.id),
    plans: plans.map(({ id, status, sealed }) => ({
      id,
      status,
      title: sealed.title,
      expiresAt: time(sealed.expiresAt),
    })),
    triage: run.triage === undefined ? null : triageDocument(run.triage),
  };
}

function triageDocument({ model, words, failure, escalatedBecause, usage, calls }: Triage): RunDocument['triage'] {
  const { promptTokens, completionTokens } = usage;
  return {
    model,
    summary: words?.summary ?? null,
    cause: causeDocument(words?.cause ?? null),
    nextLook: words?.nextLook ?? null,
    failure,
    escalatedBecause,
    tokens: promptTokens === null && completionTokens === null ? null : (promptTokens ?? 0) + (completionTokens ?? 0),
    calls: [...calls],
  };
}

function causeDocument(cause: TriageWords['cause']) {
  return cause === null ? null : { text: cause.text, findings: [...cause.findings] };
}
