import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../src/domain/finding.ts';
import { KEYS_KEPT_MS } from '../../src/domain/queue.ts';
import { compare } from '../../src/domain/standing.ts';
import { openDatabase } from '../../src/store/database.ts';
import { findingsTable } from '../../src/store/findings.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createQueue } from '../../src/store/queue.ts';
import { compact, databaseBytes } from '../../src/store/retention.ts';
import { runsTable } from '../../src/store/runs.ts';
import { schedulesTable } from '../../src/store/schedules.ts';
import { aFiring, maker } from '../support/firing.ts';
import { aRun } from '../support/run.ts';
import { drafted, redactor, sighting } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

const NOTHING = { runs: 0, findings: 0, samples: 0, events: 0, jobs: 0, plans: 0 };

function open() {
  const database = openDatabase(join(tempFolder(), 'holdfast.db'));
  onTestFinished(() => database.close());
  const runs = runsTable(database);
  return {
    database,
    runs,
    findings: findingsTable(database),
    ledger: createLedger(database),
    schedules: schedulesTable(database),
    ids: () =>
      runs
        .latest({ limit: 5_000, runbook: null })
        .map(({ id }) => id)
        .toSorted(),
  };
}

/** A finding that was resolved at `resolvedAt`, with its history. */
function resolved({ ledger, findings }: ReturnType<typeof open>, resource: string, edit: Partial<Finding>): void {
  ledger.settle('heartbeat', (known) => ({
    run: aRun({ id: 'r-00000000000F', status: 'done' }),
    comparison: compare(known, sighting({ drafts: [drafted({ resource })] }), { resolveAfter: 2 }),
    samples: [],
  }));
  for (const finding of ledger.findingsOf('heartbeat')) {
    if (finding.resource === resource) findings.write({ ...finding, standing: 'resolved', ...edit });
  }
}

describe('retention', () => {
  it('of an empty store forgets nothing', async () => {
    expect(await compact(open().database, 1_000, 2_000)).toEqual(NOTHING);
  });

  it('forgets runs that began before then, but none that is queued or running', async () => {
    const { database, runs, ids } = open();
    const write = (id: string, edit: object): void => runs.write(aRun({ id: `r-${id.padStart(12, '0')}`, ...edit }));
    write('1', { startedAt: 999, status: 'done' });
    write('2', { startedAt: 999, status: 'failed' });
    write('3', { startedAt: 999, status: 'skipped', slot: 500 });
    write('4', { startedAt: 999, status: 'queued', slot: 501 });
    write('5', { startedAt: 999, status: 'running', slot: 502 });
    write('6', { startedAt: 1_000, status: 'done' });
    expect(await compact(database, 1_000, 2_000)).toEqual({ ...NOTHING, runs: 3 });
    expect(ids()).toEqual(['r-000000000004', 'r-000000000005', 'r-000000000006']);
  });

  it('keeps the row of a slot that could be asked for again: of the future, or not passed by its schedule', async () => {
    const { database, runs, schedules, ids } = open();
    schedules.commitFiring(aFiring({ outcomes: [], nextSlot: 700 }), maker);
    const write = (id: string, edit: object): void => runs.write(aRun({ id: `r-${id.padStart(12, '0')}`, ...edit }));
    write('1', { startedAt: 10, status: 'done', slot: 699 });
    write('2', { startedAt: 10, status: 'done', slot: 700 });
    write('3', { startedAt: 10, status: 'done', slot: 5_000 });
    write('4', { startedAt: 10, status: 'done', slot: 5_000, runbook: 'nightly' });
    write('5', { startedAt: 10, status: 'done', slot: 700, runbook: 'nightly' });
    // Written before the clock was set back: its schedule may be set back to it, too.
    schedules.commitFiring(aFiring({ runbook: 'weekly', outcomes: [], nextSlot: 9_000 }), maker);
    write('6', { startedAt: 10, status: 'done', slot: 5_000, runbook: 'weekly' });
    expect(await compact(database, 1_000, 2_000)).toMatchObject({ runs: 2 });
    expect(ids()).toEqual(['r-000000000002', 'r-000000000003', 'r-000000000004', 'r-000000000006']);
  });

  it('forgets a finding that was resolved before then with its history, and no other', async () => {
    const world = open();
    const { database, findings, ledger } = world;
    resolved(world, 'host:a/1', { resolvedAt: 999 });
    resolved(world, 'host:a/2', { resolvedAt: 1_000 });
    resolved(world, 'host:a/4', { resolvedAt: 999, mute: { reason: redactor.text('x'), at: 1, until: 9_000 } });
    resolved(world, 'host:a/5', { resolvedAt: 999, mute: { reason: redactor.text('x'), at: 1, until: 500 } });
    resolved(world, 'host:a/3', { standing: 'ongoing', resolvedAt: null });
    const [gone] = ledger.findingsOf('heartbeat');
    expect(await compact(database, 1_000, 2_000)).toEqual({ ...NOTHING, findings: 2, events: 2 });
    const kept = ledger.findingsOf('heartbeat');
    expect(kept.map(({ resource }) => resource)).toEqual(['host:a/2', 'host:a/4', 'host:a/3']);
    expect(gone && findings.historyOf(gone.key)).toEqual([]);
    for (const { key } of kept) expect(findings.historyOf(key)).toHaveLength(1);
  });

  it('forgets samples and ended jobs', async () => {
    const { database, ledger } = open();
    const resource = redactor.text('host:abc/mount//data');
    ledger.settle('heartbeat', (known) => ({
      run: aRun({ startedAt: 5_000 }),
      comparison: compare(known, sighting({}), { resolveAfter: 2 }),
      samples: [999, 1_000].map((at) => ({ check: 'host/disk', resource, at, values: redactor.data({ at }) })),
    }));
    const clock = { time: 500, now: () => clock.time, monotonic: () => 0 };
    const queue = createQueue(database, { clock });
    const job = { kind: 'run', payload: {}, runAt: 0, maxAttempts: 2, backoff: { baseMs: 1, factor: 1, maxMs: 1 } };
    for (const key of ['old', 'young', 'alive']) {
      await queue.enqueue({ ...job, key });
      if (key === 'young') clock.time = 1_000;
      const claimed = await queue.claim(['run'], 'w', 1);
      if (key !== 'alive' && claimed !== null) await queue.complete(claimed);
    }
    expect(await compact(database, 1_000, 2_000)).toEqual({ ...NOTHING, samples: 1 }); // the key is still needed
    expect(await compact(database, 1_000, 1_000 + KEYS_KEPT_MS)).toEqual({ ...NOTHING, jobs: 1, plans: 0 });
    expect(ledger.samplesOf('heartbeat', 'host/disk', resource, 5)).toEqual([{ at: 1_000, values: { at: 1_000 } }]);
    expect(await queue.byKey('old')).toBeNull();
    expect(await queue.byKey('young')).not.toBeNull();
    expect(await queue.byKey('alive')).not.toBeNull();
  });

  it('forgets plans that have ended, and none that may still come to something', async () => {
    const { database } = open();
    const insert = database.sqlite.prepare(
      "INSERT INTO plans (id, status, digest, intent, created_at, bytes, state, mac) VALUES (?, ?, ?, '', ?, '', '', '')",
    );
    for (const [id, status, at] of [
      ['p-1', 'verified', 500],
      ['p-2', 'queued', 500],
      ['p-3', 'partial', 500],
      ['p-4', 'unknown', 500],
      ['p-5', 'rejected', 1_500],
      ['p-6', 'stale', 500],
    ] as const)
      insert.run(id, status, id, at);
    expect(await compact(database, 1_000, 2_000)).toEqual({ ...NOTHING, plans: 2 });
    const left = database.sqlite.prepare('SELECT id FROM plans ORDER BY id').all();
    expect(left.map((row) => row['id'])).toEqual(['p-2', 'p-3', 'p-4', 'p-5']);
  });

  it('remembers the last run of a task as long as its runbook has a schedule', async () => {
    const { database, schedules } = open();
    schedules.commitFiring(aFiring({ outcomes: [] }), maker);
    for (const runbook of ['heartbeat', 'gone']) schedules.setTaskLastRun(runbook, 'inbox', 500);
    await compact(database, 1_000, 2_000);
    expect(schedules.taskLastRun('heartbeat', 'inbox')).toBe(500);
    expect(schedules.taskLastRun('gone', 'inbox')).toBeNull();
  });

  it('lets other work in between when there is much to forget', async () => {
    const { database, runs } = open();
    database.transaction(() => {
      for (let index = 0; index < 2_200; index++) {
        runs.write(aRun({ id: `r-${String(index).padStart(12, '0')}`, startedAt: 1, status: 'done' }));
      }
    });
    let turns = 0;
    let done = false;
    const others = (): void => {
      turns += 1;
      if (!done) setImmediate(others);
    };
    setImmediate(others);
    expect(await compact(database, 1_000, 2_000)).toMatchObject({ runs: 2_200 });
    done = true;
    expect(turns).toBeGreaterThanOrEqual(3);
  });
});

describe('the size of the database', () => {
  it('is that of its file and of its WAL', () => {
    const { database, runs } = open();
    for (let index = 0; index < 50; index++) runs.write(aRun({ id: `r-${String(index).padStart(12, '0')}` }));
    database.sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const before = databaseBytes(database);
    expect(before).toBe(statSync(database.path).size);
    runs.write(aRun({ id: 'r-00000000000A' }));
    expect(databaseBytes(database)).toBe(before + statSync(`${database.path}-wal`).size);
  });
});
