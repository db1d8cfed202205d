import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SAMPLES_KEPT } from '../../src/domain/check.ts';
import { compare } from '../../src/domain/standing.ts';
import { openDatabase } from '../../src/store/database.ts';
import { findingsTable } from '../../src/store/findings.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { runsTable } from '../../src/store/runs.ts';
import { aRun } from '../support/run.ts';
import { drafted, redactor, sighting } from '../support/sighting.ts';
import { tempFolder } from '../support/temp.ts';

function open() {
  const database = openDatabase(join(tempFolder(), 'holdfast.db'));
  return { database, ledger: createLedger(database), runs: runsTable(database), findings: findingsTable(database) };
}

const seen = sighting({ drafts: [drafted()] });

describe('the ledger', () => {
  it('marks a run whose worker died as interrupted when the next one begins', () => {
    const { ledger, runs } = open();
    expect(ledger.begin(aRun({ id: 'r-000000000001' }))).toEqual([]);
    expect(ledger.begin(aRun({ id: 'r-000000000002', startedAt: 2_000 }))).toEqual(['r-000000000001']);
    expect(runs.latest({ limit: 5, runbook: null }).map(({ id, status, reason }) => [id, status, reason])).toEqual([
      ['r-000000000002', 'running', null],
      ['r-000000000001', 'failed', 'interrupted'],
    ]);
  });

  it('a second attempt of a run is the same run: it goes on in its row, and interrupts nothing', () => {
    const { ledger, runs } = open();
    const run = aRun({ slot: 500, status: 'queued', startedAt: 500 });
    runs.write(run);
    expect(ledger.begin({ ...run, status: 'running', startedAt: 1_000 })).toEqual([]);
    expect(ledger.begin({ ...run, status: 'running', startedAt: 2_000, attempt: 2 })).toEqual([]);
    expect(runs.latest({ limit: 5, runbook: null })).toMatchObject([
      { status: 'running', startedAt: 2_000, attempt: 2 },
    ]);
  });

  it('leaves a run alone that only waits', () => {
    const { ledger, runs } = open();
    const waiting = aRun({ id: 'r-000000000001', slot: 500, status: 'queued' });
    runs.write(waiting);
    expect(ledger.begin(aRun({ id: 'r-000000000002' }))).toEqual([]);
    expect(runs.active()).toEqual([waiting, aRun({ id: 'r-000000000002' })]);
  });

  it('a run that waited is listed by when it started', () => {
    const { ledger, runs } = open();
    const run = aRun({ id: 'r-000000000001', slot: 500, status: 'queued', startedAt: 500 });
    runs.write(run);
    runs.write(aRun({ id: 'r-000000000002', startedAt: 1_000, status: 'done' }));
    ledger.begin({ ...run, status: 'running', startedAt: 2_000 });
    expect(runs.latest({ limit: 5, runbook: null }).map(({ id }) => id)).toEqual(['r-000000000001', 'r-000000000002']);
  });

  it("leaves another runbook's run alone", () => {
    const { ledger, runs } = open();
    ledger.begin(aRun({ id: 'r-000000000001', runbook: 'nightly' }));
    expect(ledger.begin(aRun({ id: 'r-000000000002' }))).toEqual([]);
    expect(runs.running('nightly')).toHaveLength(1);
  });

  it('keeps run, findings, events and samples together', () => {
    const { ledger, runs, findings } = open();
    const run = aRun({});
    ledger.begin(run);
    ledger.settle('heartbeat', (known) => ({
      run: { ...run, status: 'done', durationMs: 5 },
      comparison: compare(known, seen, { resolveAfter: 2 }),
      samples: [
        {
          check: 'host/disk',
          resource: redactor.text('host:abc/mount//data'),
          at: 1,
          values: redactor.data({ used: 91 }),
        },
      ],
    }));
    const [finding] = ledger.findingsOf('heartbeat');
    expect(finding).toMatchObject({ standing: 'new', check: 'host/disk', title: '/data is 91 % full' });
    expect(finding && findings.historyOf(finding.key)).toEqual([
      { at: 0, run: 'r-0123456789AB', kind: 'opened', detail: null },
    ]);
    expect(ledger.samplesOf('heartbeat', 'host/disk', redactor.text('host:abc/mount//data'), 5)).toEqual([
      { at: 1, values: { used: 91 } },
    ]);
    expect(runs.byId('r-0123')).toMatchObject([{ status: 'done', durationMs: 5 }]);
  });

  it('keeps nothing when deciding fails half-way', () => {
    const { ledger } = open();
    const run = aRun({});
    ledger.begin(run);
    expect(() =>
      ledger.settle('heartbeat', () => {
        throw new Error('a bug');
      }),
    ).toThrow('a bug');
    expect(ledger.findingsOf('heartbeat')).toEqual([]);
  });

  it("separates runbooks' findings and samples", () => {
    const { ledger } = open();
    const run = aRun({});
    ledger.settle('heartbeat', (known) => ({
      run,
      comparison: compare(known, seen, { resolveAfter: 2 }),
      samples: [],
    }));
    expect(ledger.findingsOf('nightly')).toEqual([]);
  });

  it('forgets the oldest samples of a resource beyond what is ever shown', () => {
    const { ledger } = open();
    const resource = redactor.text('host:abc/mount//data');
    for (let at = 1; at <= SAMPLES_KEPT + 5; at++) {
      ledger.settle('heartbeat', (known) => ({
        run: aRun({}),
        comparison: compare(known, sighting({}), { resolveAfter: 2 }),
        samples: [{ check: 'host/disk', resource, at, values: redactor.data({ at }) }],
      }));
    }
    const kept = ledger.samplesOf('heartbeat', 'host/disk', resource, 1_000);
    expect(kept).toHaveLength(SAMPLES_KEPT);
    expect(kept[0]?.at).toBe(SAMPLES_KEPT + 5);
  });
});
