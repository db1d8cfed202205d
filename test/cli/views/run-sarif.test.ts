import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingDocument } from '../../../src/documents/finding-schema.ts';
import type { RunDocument } from '../../../src/documents/run-schema.ts';
import { pictureOf, type Picture } from '../../../src/cli/views/picture.ts';
import { sarifLog } from '../../../src/cli/views/run-sarif.ts';
import { aFindingDocument, aRunDocument } from '../../support/documents.ts';
import { aMuteRule } from '../../support/mute-rule.ts';
import { aFinding } from '../../support/notify/findings.ts';
import { redactor } from '../../support/sighting.ts';
import { sarifSchema } from '../../support/sarif.ts';

const TEXTS = new Map([['host/disk', { title: 'Room on file systems', description: 'Looks at **space**.' }]]);
const sarif = (...pictures: readonly Picture[]) => {
  const log = sarifSchema.parse(sarifLog(pictures, TEXTS, '1.2.3'));
  const [run] = log.runs;
  if (run === undefined) throw new Error('no run');
  return { ...log, ...run };
};
const of = (...findings: readonly FindingDocument[]): Picture => ({ runbook: 'heartbeat', run: null, findings });
const check = (edit: Partial<RunDocument['checks'][number]>): RunDocument['checks'][number] => ({
  id: 'host/disk',
  outcome: 'ok',
  failure: null,
  durationMs: 1,
  looked: 1,
  hidden: [],
  ...edit,
});

describe('a SARIF log', () => {
  it('has a result for an open finding, known by its key, at its resource', () => {
    const { results, tool, automationDetails, invocations } = sarif(
      pictureOf(aRunDocument([aFinding('/data')], { checks: [check({ outcome: 'findings' })] })),
    );
    expect(results).toMatchObject([
      {
        ruleId: 'host/disk',
        level: 'error',
        message: { text: '/data is 91 % full\n\na full disk stops what writes to it\n\nNext: du -xh' },
        locations: [
          {
            physicalLocation: { artifactLocation: { uri: 'host%3Aabc/mount//data', uriBaseId: 'RESOURCES' } },
            logicalLocations: [{ name: '/data', fullyQualifiedName: 'host:abc/mount//data' }],
          },
        ],
        partialFingerprints: { 'holdfastFindingKey/v1': aFinding('/data').key },
        baselineState: 'new',
        suppressions: [],
      },
    ]);
    expect(tool.driver.rules).toEqual([
      {
        id: 'host/disk',
        shortDescription: { text: 'Room on file systems' },
        help: { text: 'Looks at **space**.', markdown: 'Looks at **space**.' },
      },
    ]);
    expect(automationDetails.id).toBe('holdfast/heartbeat/r-0123456789AB');
    expect(invocations).toEqual([
      {
        executionSuccessful: true,
        startTimeUtc: '1970-01-01T00:00:01.000Z',
        endTimeUtc: '1970-01-01T00:00:02.000Z',
        toolExecutionNotifications: [],
      },
    ]);
  });

  it('has the same fingerprint while the figures of a finding move', () => {
    const later = { severity: 'critical', standing: 'changed', title: redactor.text('/data is 99 % full') } as const;
    const prints = [aFindingDocument('/data'), aFindingDocument('/data', later)].map(
      (finding) => sarif(of(finding)).results[0]?.partialFingerprints,
    );
    expect(prints[0]).toEqual(prints[1]);
    expect(sarif(of(aFindingDocument('/var'))).results[0]?.partialFingerprints).not.toEqual(prints[0]);
  });

  it.each([
    ['critical', 'error'],
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'note'],
    ['info', 'note'],
  ] as const)('tells %s as %s', (severity, level) => {
    expect(sarif(of(aFindingDocument('/data', { severity }))).results[0]?.level).toBe(level);
  });

  it('leaves out what is resolved, and says what is new, changed or as it was', () => {
    const standings = ['new', 'ongoing', 'changed', 'resolved'] as const;
    const { results } = sarif(of(...standings.map((standing) => aFindingDocument(standing, { standing }))));
    expect(results.map(({ baselineState }) => baselineState)).toEqual(['new', 'unchanged', 'updated']);
  });

  it('has muted findings with their suppression: by whom, why, until when', () => {
    const { id, reason, until, upTo } = aMuteRule({ until: 5_000 });
    const { results } = sarif(
      of(
        aFindingDocument('/data', { mutedBy: { rule: id, reason, until, upTo } }),
        aFindingDocument('/var', { mute: { reason: redactor.text('mine'), until: 5_000, at: 0 } }),
        aFindingDocument('/over', { mute: { reason: redactor.text('over'), until: 500, at: 0 } }),
        aFindingDocument('/ack', { acknowledgement: { at: 0, reason: null } }),
      ),
    );
    expect(results.map(({ suppressions }) => suppressions.map((one) => [one.justification, one.properties]))).toEqual([
      [['moving house', { until: '1970-01-01T00:00:05.000Z', rule: id }]],
      [['mine', { until: '1970-01-01T00:00:05.000Z', rule: null }]],
      [],
      [],
    ]);
  });

  it('says what could not be looked at, whatever is muted, and does not call a failed run successful', () => {
    const failure = { code: 'EACCES', message: 'permission denied' };
    const run = aRunDocument([], {
      status: 'failed',
      reason: 'timeout',
      checks: [
        check({ outcome: 'unknown', failure }),
        check({ outcome: 'unknown', hidden: [{ resource: 'host:abc/mount//x', name: '/x', failure }] }),
        check({ id: 'net/http', outcome: 'findings', hidden: [{ resource: 'net:local/http/y', name: 'y', failure }] }),
      ],
    });
    const [invocation] = sarif(pictureOf(run)).invocations ?? [];
    expect(invocation?.executionSuccessful).toBe(false);
    expect(
      invocation?.toolExecutionNotifications.map(({ message, associatedRule }) => [message.text, associatedRule?.id]),
    ).toEqual([
      ['The run is failed: timeout', undefined],
      ['host/disk: could not look: permission denied', 'host/disk'],
      ['host/disk, /x: could not look: permission denied', 'host/disk'],
      ['net/http, y: could not look: permission denied', 'net/http'],
    ]);
  });

  it('has what a check says of its look as a whole, as a note', () => {
    const run = aRunDocument([], { checks: [check({ note: 'the first scan is the baseline' })] });
    expect(sarif(pictureOf(run)).invocations?.[0]?.toolExecutionNotifications).toEqual([
      {
        level: 'note',
        message: { text: 'the first scan is the baseline' },
        associatedRule: { id: 'host/disk', index: 0 },
      },
    ]);
  });

  it('has a run for each runbook, and a rule for a check that is in no catalogue', () => {
    const log = sarif(of(aFindingDocument('/data', { check: 'holdfast/runbook-files' })), {
      runbook: 'nightly run/ü',
      run: null,
      findings: [],
    });
    expect(log.runs.map(({ automationDetails }) => automationDetails.id)).toEqual([
      'holdfast/heartbeat/',
      'holdfast/nightly%20run%2F%C3%BC/',
    ]);
    expect(log.tool.driver.rules).toEqual([{ id: 'holdfast/runbook-files' }]);
  });

  it('is sound for resources of any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const { results } = sarif(of(aFindingDocument('/data', { resource: redactor.text(`host:abc/file/${name}`) })));
        expect(results).toHaveLength(1);
      }),
    );
    expect(
      sarif(of(aFindingDocument('x', { resource: redactor.text('host:abc/file/\ud800\n"') }))).results,
    ).toHaveLength(1);
  });
});
