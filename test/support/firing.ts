import type { Run } from '../../src/domain/run.ts';
import type { Firing } from '../../src/domain/slot.ts';
import type { FiringMaker } from '../../src/store/schedules.ts';
import { aRun } from './run.ts';

let made = 0;

/** Rows and jobs as the app makes them, with ids that count up. */
export const maker: FiringMaker = {
  runOf: (outcome): Run =>
    aRun({
      id: `r-${String((made += 1)).padStart(12, '0')}`,
      slot: outcome.slot,
      trigger: outcome.outcome === 'fire' ? outcome.trigger : 'schedule',
      status: outcome.outcome === 'fire' ? 'queued' : 'skipped',
      reason: outcome.outcome === 'fire' ? null : outcome.reason,
      startedAt: outcome.slot + 3,
    }),
  jobOf: (run, notBefore) => ({
    kind: 'run',
    key: `run:${run.runbook}@${run.slot}`,
    payload: { run: run.id },
    runAt: notBefore,
    maxAttempts: 2,
    backoff: { baseMs: 1_000, factor: 2, maxMs: 60_000 },
  }),
};

/** A firing of `heartbeat` for its first slot, at 1,000; the next is 2,000. */
export function aFiring(edit: Partial<Firing> = {}): Firing {
  return {
    runbook: 'heartbeat',
    fingerprint: 'sha256:a',
    expected: null,
    outcomes: [{ slot: 1_000, outcome: 'fire', trigger: 'schedule', notBefore: 1_000 }],
    omitted: null,
    nextSlot: 2_000,
    ...edit,
  };
}
