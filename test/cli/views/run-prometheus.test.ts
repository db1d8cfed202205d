import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../../src/documents/run-schema.ts';
import { pictureOf, picturesOf, type Picture } from '../../../src/cli/views/picture.ts';
import { prometheusText } from '../../../src/cli/views/run-prometheus.ts';
import { aRunDocument } from '../../support/documents.ts';
import { aFinding } from '../../support/notify/findings.ts';
import { readPrometheus, type Sample } from '../../support/prometheus.ts';
import { aRun } from '../../support/run.ts';
import { redactor } from '../../support/sighting.ts';

const read = (...pictures: readonly Picture[]): readonly Sample[] => readPrometheus(prometheusText(pictures, '1.2.3'));
const of = (samples: readonly Sample[], metric: string): readonly Sample[] =>
  samples.filter(({ name }) => name === `holdfast_${metric}`);
const failure = { code: 'EACCES', message: 'permission denied' };
const hidden = { resource: 'host:abc/mount//x', name: '/x', failure };
const check = (edit: Partial<RunDocument['checks'][number]>): RunDocument['checks'][number] => ({
  id: 'host/disk',
  outcome: 'ok',
  failure: null,
  durationMs: 1,
  looked: 1,
  hidden: [],
  ...edit,
});

describe("Prometheus' text", () => {
  it('counts open findings by what is said of them, and not those that are resolved', () => {
    const mute = { reason: redactor.text('known'), until: 5_000, at: 0 };
    const samples = read(
      pictureOf(
        aRunDocument([
          aFinding('/a'),
          aFinding('/b'),
          aFinding('/c', { mute, standing: 'ongoing' }),
          aFinding('/d', { standing: 'resolved' }),
        ]),
      ),
    );
    const labels = { runbook: 'heartbeat', check: 'host/disk', severity: 'high' };
    expect(of(samples, 'findings')).toEqual([
      { name: 'holdfast_findings', labels: { ...labels, standing: 'new', disposition: 'none' }, value: 2 },
      { name: 'holdfast_findings', labels: { ...labels, standing: 'ongoing', disposition: 'muted' }, value: 1 },
    ]);
    const open = of(samples, 'open_findings');
    expect(open).toHaveLength(10);
    expect(open.filter(({ value }) => value > 0)).toMatchObject([
      { labels: { severity: 'high', muted: 'false' }, value: 2 },
      { labels: { severity: 'high', muted: 'true' }, value: 1 },
    ]);
  });

  it('says of every check whether it could be looked at, a check that is asked twice once', () => {
    const samples = read(
      pictureOf(
        aRunDocument([], {
          checks: [
            check({ id: 'host/load' }),
            check({ outcome: 'unknown', failure }),
            check({ outcome: 'findings', hidden: [hidden, hidden] }),
            check({}),
          ],
        }),
      ),
    );
    const told = (metric: string): unknown => of(samples, metric).map(({ labels, value }) => [labels['check'], value]);
    expect(told('check_unknown')).toEqual([
      ['host/load', 0],
      ['host/disk', 1],
    ]);
    expect(told('check_hidden_resources')).toEqual([
      ['host/load', 0],
      ['host/disk', 2],
    ]);
  });

  it('says when the run began, how long it took and whether it came to its end', () => {
    const run = aRunDocument([], { startedAt: '2026-11-26T00:00:01.500Z' });
    const figures = (samples: readonly Sample[]): unknown =>
      samples.filter(({ name }) => name.startsWith('holdfast_run_')).map(({ name, value }) => [name, value]);
    expect(figures(read(pictureOf(run)))).toEqual([
      ['holdfast_run_timestamp_seconds', 1_795_651_201.5],
      ['holdfast_run_duration_seconds', 1],
      ['holdfast_run_done', 1],
    ]);
    expect(figures(read(pictureOf({ ...run, status: 'failed', reason: 'interrupted', durationMs: null })))).toEqual([
      ['holdfast_run_timestamp_seconds', 1_795_651_201.5],
      ['holdfast_run_done', 0],
    ]);
  });

  it('of two runs of one runbook tells the later, as a series may stand once only', () => {
    const [first, second] = [aRunDocument([aFinding('/a')]), aRunDocument([aFinding('/a'), aFinding('/b')])];
    expect(of(read(pictureOf(first), pictureOf(second)), 'findings')).toMatchObject([{ value: 2 }]);
  });

  it('shows every runbook that has run or has findings', () => {
    const pictures = picturesOf([aRun({ runbook: 'nightly', status: 'done' })], [aFinding('/a')], 0);
    const samples = read(...pictures);
    expect(of(samples, 'findings')).toMatchObject([{ labels: { runbook: 'heartbeat' } }]);
    expect(of(samples, 'run_done')).toMatchObject([{ labels: { runbook: 'nightly' }, value: 1 }]);
    expect(new Set(of(samples, 'open_findings').map(({ labels }) => labels['runbook']))).toEqual(
      new Set(['heartbeat', 'nightly']),
    );
  });

  it('holds no metric but its own version when nothing has run', () => {
    expect(read()).toEqual([{ name: 'holdfast_info', labels: { version: '1.2.3' }, value: 1 }]);
  });

  it('can be read back, whatever the labels hold', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '\\', '"', '\n', '{', '}', ',', '=', 'é', '\r') }),
        (runbook) => {
          const samples = read({ runbook, run: aRunDocument([], { checks: [check({})] }), findings: [] });
          expect(
            samples.filter(({ name }) => name !== 'holdfast_info').every(({ labels }) => labels['runbook'] === runbook),
          ).toBe(true);
          expect(samples.length).toBeGreaterThan(10);
        },
      ),
    );
  });
});
