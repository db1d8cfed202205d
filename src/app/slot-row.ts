import { newRunId } from '../domain/id.ts';
import type { JobRequest } from '../domain/queue.ts';
import type { Run } from '../domain/run.ts';
import type { Runbook } from '../domain/runbook.ts';
import type { Firing, SlotOutcome } from '../domain/slot.ts';
import type { StatefulApp } from './app.ts';

/** A run that a dead worker began is begun once more, when its slot may still run. */
const ATTEMPTS = 2;

/** The row of a slot: a run that waits, or why there is none. */
export function runOfSlot(
  app: StatefulApp,
  runbook: Runbook | null,
  name: string,
  outcome: SlotOutcome,
  omitted: Firing['omitted'],
): Run {
  return {
    id: newRunId(app.surroundings.random),
    runbook: name,
    runbookPath: app.redactor.text(runbook?.path ?? ''),
    runbookDigest: runbook?.digest ?? '',
    slot: outcome.slot,
    trigger: outcome.outcome === 'fire' ? outcome.trigger : 'schedule',
    status: outcome.outcome === 'fire' ? 'queued' : 'skipped',
    reason: outcome.outcome === 'fire' ? null : outcome.reason,
    startedAt: app.surroundings.clock.now(),
    attempt: 1,
    durationMs: null,
    checks: [],
    findings: [],
    ...(omitted === null ? {} : { omitted }),
  };
}

export function jobOfRun(run: Run, notBefore: number): JobRequest {
  return {
    kind: 'run',
    key: `run:${run.runbook}@${run.slot}`,
    payload: { run: run.id, runbook: run.runbook },
    runAt: notBefore,
    maxAttempts: ATTEMPTS,
    backoff: { baseMs: 1_000, factor: 2, maxMs: 60_000 },
  };
}
