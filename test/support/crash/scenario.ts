import { nobodyAnswers } from '../../../src/scheduler/question.ts';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClaimedJob } from '../../../src/domain/queue.ts';
import type { Run } from '../../../src/domain/run.ts';
import type { Runbook } from '../../../src/domain/runbook.ts';
import type { Firing, SlotOutcome } from '../../../src/domain/slot.ts';
import { carryOut, type RunDeps } from '../../../src/scheduler/run.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { createLedger } from '../../../src/store/ledger.ts';
import { takeOwnership } from '../../../src/store/owner.ts';
import { createQueue } from '../../../src/store/queue.ts';
import { runsTable } from '../../../src/store/runs.ts';
import { schedulesTable, type FiringMaker } from '../../../src/store/schedules.ts';
import { aCheck, catalogOf, seenOf } from '../check.ts';
import { aRun } from '../run.ts';
import { redactor } from '../sighting.ts';
import { killBefore } from './kill-at.ts';

const clock = { now: () => 1_000_000, monotonic: () => performance.now() };
const random = (size: number): Uint8Array => randomBytes(size);
const skip = (slot: number): SlotOutcome => ({ slot, outcome: 'skip', reason: 'collapsed' });
const fire = (slot: number): SlotOutcome => ({ slot, outcome: 'fire', trigger: 'schedule', notBefore: slot });

/** What is due, in order; each begins where the one before of the same runbook left the schedule. */
const FIRINGS: readonly Firing[] = [
  firing('heartbeat', null, [skip(1_000), skip(2_000), fire(3_000)], 4_000),
  firing('nightly', null, [fire(1_500)], 2_500),
  firing('heartbeat', 4_000, [fire(4_000)], 5_000),
];

/** Every slot of the scenario and what must become of it, whatever happens in between. */
export const EXPECTED = [
  ['heartbeat', 1_000, 'skipped'],
  ['heartbeat', 2_000, 'skipped'],
  ['heartbeat', 3_000, 'done'],
  ['heartbeat', 4_000, 'done'],
  ['nightly', 1_500, 'done'],
] as const;

/**
 * A small `up` on the real store in `folder`: becomes the owner, fires what is due, does every job.
 * It begins where the one before was killed; played to its end, nothing is left to do.
 */
export async function play(folder: string): Promise<void> {
  const database = openDatabase(join(folder, 'holdfast.db'));
  countSettlements(database);
  const owner = takeOwnership(database, join(folder, 'owner.lock'), { clock, random, pid: process.pid });
  if (owner === null) throw new Error('somebody else is the owner');
  const schedules = schedulesTable(database);
  for (const due of FIRINGS) {
    const stands = schedules.states().get(due.runbook)?.nextSlot ?? null;
    if (stands === due.expected) schedules.commitFiring(due, maker);
  }
  const queue = createQueue(database, { clock });
  for (;;) {
    const job = await queue.claim(['run'], owner.id, 60_000);
    if (job === null) break;
    await doJob(job, database);
    await queue.complete(job);
  }
  owner.release();
  database.close();
}

/** A run that has ended is not begun again: its worker died between keeping the result and ending the job. */
async function doJob(job: ClaimedJob, database: Database): Promise<void> {
  const { run: id } = job.payload;
  const [run] = typeof id === 'string' ? runsTable(database).byId(id) : [];
  if (run === undefined) throw new Error(`no run for ${job.key}`);
  if (run.status === 'done') return;
  const { unrecorded } = await carryOut(
    aRunbook(run.runbook),
    { id: run.id, trigger: run.trigger, slot: run.slot, attempt: job.attempts },
    depsOf(database),
  );
  if (unrecorded !== null) throw unrecorded;
}

function depsOf(database: Database): RunDeps {
  return {
    catalog: catalogOf(aCheck('test/bad', async () => [seenOf('a', { bad: true })])),
    readerOf: async () => ({}),
    ledger: createLedger(database),
    redactor,
    clock,
    random,
    rules: { resolveAfter: 2 },
    signal: new AbortController().signal,
    answerQuestion: nobodyAnswers,
    onProgress: () => undefined,
  };
}

/** Counts, in the database itself, how often each run became done: what the code under test says of itself is not asked. */
function countSettlements({ sqlite }: Database): void {
  sqlite.exec(`
    CREATE TABLE IF NOT EXISTS settlements (run TEXT NOT NULL);
    CREATE TRIGGER IF NOT EXISTS settled AFTER UPDATE ON runs WHEN NEW.status = 'done'
      BEGIN INSERT INTO settlements VALUES (NEW.id); END`);
}

const maker: FiringMaker = {
  runOf: (outcome): Run =>
    aRun({
      id: `r-${randomBytes(6).toString('hex')}`,
      runbook: outcome.slot === 1_500 ? 'nightly' : 'heartbeat',
      slot: outcome.slot,
      trigger: 'schedule',
      status: outcome.outcome === 'fire' ? 'queued' : 'skipped',
      reason: outcome.outcome === 'fire' ? null : outcome.reason,
    }),
  jobOf: (run, notBefore) => ({
    kind: 'run',
    key: `run:${run.runbook}@${run.slot}`,
    payload: { run: run.id },
    runAt: notBefore,
    maxAttempts: 3,
    backoff: { baseMs: 0, factor: 1, maxMs: 0 },
  }),
};

function firing(runbook: string, expected: number | null, outcomes: readonly SlotOutcome[], nextSlot: number): Firing {
  return { runbook, fingerprint: 'sha256:a', expected, outcomes, omitted: null, nextSlot };
}

function aRunbook(name: string): Runbook {
  return {
    name,
    form: 'yaml',
    path: `/ops/${name}.yaml`,
    digest: 'sha256:0',
    schedule: { kind: 'every', everyMs: 1_000 },
    timezone: null,
    activeHours: null,
    overlap: 'skip',
    catchUpMs: 0,
    timeoutMs: 10_000,
    checks: [{ id: 'test/bad', params: {} }],
    baseline: null,
    agent: null,
    policy: null,
    onFinding: [],
    notify: [],
    instructions: '',
    tasks: [],
  };
}

// As a process of its own: `scenario.ts <folder> <point>`; says how many statements it ran if it lives to the end.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = '', point = '0'] = process.argv;
  const statements = killBefore(Number(point));
  await play(folder);
  process.stdout.write(String(statements()));
}
