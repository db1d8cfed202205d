import { describe, expect, it } from 'vitest';
import { exposureAnswer } from '../../../src/app/ask/exposure-answer.ts';
import type { CheckId } from '../../../src/domain/check.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import type { Run, RunCheck } from '../../../src/domain/run.ts';
import { findingsTable } from '../../../src/store/findings.ts';
import { runsTable } from '../../../src/store/runs.ts';
import { anApp, type TestApp } from '../../support/app.ts';
import { aSource, aWorld, inventoryOf } from '../../support/fake-inventory.ts';
import { aFinding, HOUR } from '../../support/notify/findings.ts';
import { aRun } from '../../support/run.ts';
import { redactor } from '../../support/sighting.ts';

const DRIFT: CheckId = 'inventory/drift';
const KINDS = {
  door: { noun: 'a door', exposes: true, added: 'high', removed: 'low', changed: 'high' },
  user: { noun: 'a user', added: 'high', removed: 'low', changed: 'high' },
} as const;

/** A machine whose inventory knows doors, which expose, and users, which don't. */
function house(): TestApp {
  return anApp(inventoryOf(aSource(aWorld([]), [], { kinds: KINDS })));
}

function compared(edit: Partial<RunCheck> = {}): RunCheck {
  return { id: DRIFT, outcome: 'ok', failure: null, durationMs: 1, looked: 3, hidden: [], ...edit };
}

let runs = 0;

/** A run that ended some hours ago, with its comparison. */
function ran({ app, clock }: TestApp, hoursAgo: number, edit: Partial<Run> = {}): void {
  runsTable(app.database).write(
    aRun({
      id: `r-${String((runs += 1)).padStart(12, '0')}`,
      runbook: 'nightly',
      status: 'done',
      startedAt: clock.time - hoursAgo * HOUR,
      checks: [compared()],
      ...edit,
    }),
  );
}

function drifted({ app }: TestApp, kind: string, edit: Partial<Finding> = {}): Finding {
  const finding = aFinding(`${kind}-1`, {
    check: DRIFT,
    runbook: 'nightly',
    resource: redactor.text(`host:abc/${kind}/${kind}-1`),
    discriminator: redactor.text('added'),
    title: redactor.text(`A ${kind} was added`),
    ...edit,
  });
  findingsTable(app.database).write(finding);
  return finding;
}

async function asked({ app }: TestApp) {
  const { answer } = await exposureAnswer(app, 'any new public endpoints?');
  return answer;
}

describe('whether outsiders can reach something new', () => {
  it('is not known where nothing compares with a baseline, and the answer says what would', async () => {
    const answer = await asked(house());
    expect(answer.healthy).toBeNull();
    expect(answer.text).toMatch(/^Not known/);
    expect(answer.notes).toEqual([expect.stringContaining('runbooks/nightly-drift.yaml')]);
  });

  it('is well when the comparison is of late, saw everything and found nothing', async () => {
    const world = house();
    ran(world, 8);
    const answer = await asked(world);
    expect(answer).toMatchObject({ healthy: true, findings: [], notes: [], question: 'any new public endpoints?' });
    expect(answer.text).toContain('last at 2026-10-31T16:00:00.000Z');
  });

  it('is not well when a door was added, the worst first', async () => {
    const world = house();
    ran(world, 8);
    drifted(world, 'door', { severity: 'medium' });
    findingsTable(world.app.database).write(
      aFinding('bucket', { check: 'aws/exposure-data', severity: 'critical', title: redactor.text('A public bucket') }),
    );
    const answer = await asked(world);
    expect(answer.healthy).toBe(false);
    expect(answer.findings.map(({ title }) => title)).toEqual(['A public bucket', 'A door was added']);
    expect(answer.text).toContain('2 that outsiders can reach are not as accepted; the worst: A public bucket');
  });

  it.each<readonly [string, string, Partial<Finding>]>([
    ['what exposes nothing', 'user', {}],
    ['a door that was taken away', 'door', { discriminator: redactor.text('removed') }],
    ['doors that were taken away together', 'door', { discriminator: redactor.text('removed-together') }],
    ['what is resolved', 'door', { standing: 'resolved' }],
    ['what the operator acknowledged', 'door', { acknowledgement: { at: 0, reason: null } }],
    ['what is muted', 'door', { mute: { reason: redactor.text('x'), at: 0, until: Date.UTC(2027, 0) } }],
    ['what another check found', 'door', { check: 'host/disk' }],
  ])('does not count %s', async (_what, kind, edit) => {
    const world = house();
    ran(world, 8);
    drifted(world, kind, edit);
    expect(await asked(world)).toMatchObject({ healthy: true, findings: [] });
  });

  it('counts a mute that has ended no more', async () => {
    const world = house();
    ran(world, 8);
    drifted(world, 'door', { mute: { reason: redactor.text('x'), at: 0, until: world.clock.time } });
    expect(await asked(world)).toMatchObject({ healthy: false });
  });

  it('counts many doors that are told as one', async () => {
    const world = house();
    ran(world, 8);
    drifted(world, 'door', {
      resource: redactor.text('host:abc/door'),
      discriminator: redactor.text('added-together'),
    });
    expect(await asked(world)).toMatchObject({ healthy: false });
  });

  it('tells what is of little weight, and is well all the same', async () => {
    const world = house();
    ran(world, 8);
    drifted(world, 'door', { severity: 'low' });
    const answer = await asked(world);
    expect(answer.healthy).toBe(true);
    expect(answer.findings).toHaveLength(1);
  });
});

describe('a comparison that does not say how it is now', () => {
  const notKnown: readonly (readonly [string, (world: TestApp) => void, RegExp])[] = [
    ['is older than a night and a half', (world) => ran(world, 36.1), /too long ago/],
    [
      'could not be made',
      (world) => ran(world, 8, { checks: [compared({ outcome: 'unknown' })] }),
      /could not read all/,
    ],
    [
      'did not see everything',
      (world) => {
        const failure = { code: 'EACCES', message: redactor.text('may not be read') };
        const hidden = [{ resource: redactor.text('host:abc/door/x'), name: redactor.text('x'), failure }];
        ran(world, 8, { checks: [compared({ hidden })] });
      },
      /could not read all/,
    ],
    ['ended in the middle', (world) => ran(world, 8, { status: 'failed', reason: 'timeout' }), /could not read all/],
    [
      'was to be made again, by a run that died before it',
      (world) => {
        ran(world, 24);
        ran(world, 1, { status: 'failed', reason: 'interrupted', checks: [] });
      },
      /could not read all/,
    ],
  ];

  it.each(notKnown)('because it %s: not known, and a note says so', async (_why, happened, note) => {
    const world = house();
    happened(world);
    const answer = await asked(world);
    expect(answer.healthy).toBeNull();
    expect(answer.text).toMatch(/^Not known for all of it/);
    expect(answer.notes).toEqual([expect.stringMatching(note)]);
  });

  it.each(notKnown)('because it %s: also beside another that is whole', async (_why, happened) => {
    const world = house();
    happened(world);
    ran(world, 1, { runbook: 'another' });
    expect(await asked(world)).toMatchObject({ healthy: null });
  });

  it('hides nothing that was found', async () => {
    const world = house();
    ran(world, 100);
    drifted(world, 'door');
    expect(await asked(world)).toMatchObject({ healthy: false, findings: [{ title: 'A door was added' }] });
  });

  it('is one no more when its runbook has run without it', async () => {
    const world = house();
    ran(world, 100);
    ran(world, 1, { checks: [] });
    ran(world, 1, { runbook: 'another' });
    expect(await asked(world)).toMatchObject({ healthy: true, notes: [] });
  });

  it('of a night and a half ago is of late', async () => {
    const world = house();
    ran(world, 36);
    expect(await asked(world)).toMatchObject({ healthy: true });
  });

  it('is not made by a run that is under way, nor undone by it', async () => {
    const world = house();
    ran(world, 24);
    ran(world, 0, { status: 'running', checks: [] });
    expect(await asked(world)).toMatchObject({ healthy: true });
  });
});
