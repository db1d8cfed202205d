import type { Run } from '../../src/domain/run.ts';
import { redactor } from './sighting.ts';

export function aRun(edit: Partial<Run>): Run {
  return {
    id: 'r-0123456789AB',
    runbook: 'heartbeat',
    runbookPath: redactor.text('/ops/runbooks/heartbeat.md'),
    runbookDigest: 'sha256:0',
    slot: null,
    trigger: 'manual',
    status: 'running',
    reason: null,
    startedAt: 1_000,
    attempt: 1,
    durationMs: null,
    checks: [],
    findings: [],
    ...edit,
  };
}
