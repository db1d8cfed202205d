import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordCall } from '../../src/app/mcp-calls.ts';
import { watchNews, type NewsWatch } from '../../src/app/mcp-news.ts';
import type { FindingHistoryEntry } from '../../src/domain/finding-history.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Run } from '../../src/domain/run.ts';
import { findingsTable } from '../../src/store/findings.ts';
import { plansTable } from '../../src/store/plans.ts';
import { compact } from '../../src/store/retention.ts';
import { runsTable } from '../../src/store/runs.ts';
import { anApp, type TestApp } from '../support/app.ts';
import { inventoryOf } from '../support/fake-inventory.ts';
import { aDraft, ANA, gateHouse, scale } from '../support/gate/house.ts';
import { aFinding, HOUR } from '../support/notify/findings.ts';
import { aRun } from '../support/run.ts';
import { redactor } from '../support/sighting.ts';

const NOTHING = { findings: [], runs: [], plans: [] };

let sealed: readonly Plan[];
beforeAll(async () => {
  await using house = await gateHouse();
  const names = ['a', 'b'];
  for (const name of names) house.fake.cluster.seed(name, 4);
  sealed = await Promise.all(names.map((name) => house.made(aDraft([scale(name, 2)]))));
});

let world: TestApp;
let watch: NewsWatch;
beforeEach(() => {
  world = anApp(inventoryOf());
  happened('before', 'opened');
  ran('r-000000000001', { status: 'done' });
  watch = watchNews(world.app);
});

function happened(name: string, kind: FindingHistoryEntry['kind']): string {
  const finding = aFinding(name);
  const table = findingsTable(world.app.database);
  table.write(finding);
  table.writeEvent({ key: finding.key, at: world.clock.time, run: null, kind, detail: null });
  return finding.id;
}

function ran(id: Run['id'], edit: Partial<Run>): void {
  runsTable(world.app.database).write(aRun({ id, startedAt: world.clock.time, ...edit }));
}

/** A plan as the gate keeps it: with its entry in the audit log. */
function queued(plan: Plan | undefined): string {
  if (plan === undefined) throw new Error('the house sealed too few');
  const { app } = world;
  plansTable(app.database, app.stateDir.gateKey).insert(plan);
  app.audit.append({
    actor: ANA,
    verb: 'plan-sealed',
    object: plan.id,
    outcome: plan.status,
    detail: redactor.data({}),
  });
  return plan.id;
}

describe('news', () => {
  it('are none when nothing happened since the watch began', () => {
    expect(watch.look()).toEqual(NOTHING);
  });

  it('are findings to which something happened, each once', () => {
    const disk = happened('disk', 'opened');
    happened('disk', 'changed');
    const before = happened('before', 'acknowledged');
    expect(watch.look()).toEqual({ ...NOTHING, findings: [before, disk] });
    expect(watch.look()).toEqual(NOTHING);
  });

  it('are a run when it begins and again when it ends', () => {
    world.clock.time += HOUR;
    ran('r-000000000002', { status: 'running' });
    expect(watch.look()).toEqual({ ...NOTHING, runs: ['r-000000000002'] });
    expect(watch.look()).toEqual(NOTHING);
    ran('r-000000000002', { status: 'done' });
    expect(watch.look()).toEqual({ ...NOTHING, runs: ['r-000000000002'] });
  });

  it('are no run when the last one was forgotten', async () => {
    world.clock.time += 400 * 24 * HOUR;
    await compact(world.app.database, world.clock.time, world.clock.time);
    expect(watch.look()).toEqual(NOTHING);
  });

  it('are plans of which the audit log tells, also two in one millisecond', () => {
    const [first, second] = sealed;
    const told = queued(first);
    expect(watch.look()).toEqual({ ...NOTHING, plans: [told] });
    const next = queued(second);
    expect(watch.look()).toEqual({ ...NOTHING, plans: [next] });
    expect(watch.look()).toEqual(NOTHING);
  });

  it('are not the calls of clients', () => {
    recordCall(world.app, { client: 'claude', tool: 'runs', input: {}, outcome: 'answered' });
    expect(watch.look()).toEqual(NOTHING);
  });
});
