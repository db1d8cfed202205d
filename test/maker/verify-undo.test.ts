import { describe, expect, test } from 'vitest';
import { pursue } from '../../src/maker/pursue.ts';
import { undoDraft } from '../../src/maker/undo.ts';
import { codeOfAsync } from '../support/errors.ts';
import { openGate } from '../support/gate/deps.ts';
import { hookedCatalog, type Hook } from '../support/gate/hooked-catalog.ts';
import { aDraft, create, endedIn, gateHouse, remove, scale } from '../support/gate/house.ts';

describe('verifying', () => {
  test('waits for the change to show, reads again, and says what it saw', async () => {
    await using house = await gateHouse({ actions: { settleMs: 5_000 } });
    house.fake.cluster.seed('web', 4);
    const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
    const waited: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waited.push(ms);
    endedIn(await pursue(plan.id, { ...house.gate, sleep }), 'verified');
    expect(waited).toEqual([5_000]);
  });

  test('that finds another state says so, and undoes nothing by itself', async () => {
    await using house = await gateHouse({ actions: { settleMs: 1 } });
    house.fake.cluster.seed('web', 4);
    const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
    const sleep = async (): Promise<void> => house.fake.cluster.setReplicas('web', 7);
    const unverified = endedIn(await pursue(plan.id, { ...house.gate, sleep }), 'unverified');
    expect(unverified.seen).toEqual(['7 replicas are asked for.']);
    expect(house.fake.writes()).toHaveLength(1);
    expect((await house.pursued(plan)).plan.status).toBe('unverified');
  });

  test('that can not look is not verified', async () => {
    const at: { hook: Hook } = { hook: () => undefined };
    await using house = await gateHouse({
      catalog: (catalog) => hookedCatalog(catalog, (when, method) => at.hook(when, method)),
    });
    house.fake.cluster.seed('web', 4);
    at.hook = (when, method) => {
      if (when === 'before' && method === 'verify') house.fake.fault('read', { kind: 'storage-away' });
    };
    const unverified = endedIn(await house.carriedOut(aDraft([scale('web', 2)])), 'unverified');
    expect(unverified.seen[0]).toContain('could not be looked at');
  });
});

describe('undoing', () => {
  test('is a plan of its own: it waits, is approved, applied and verified like any other', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = endedIn(await house.carriedOut(aDraft([scale('web', 2)])), 'verified');
    const { steps, kept } = await undoDraft(plan, house.gate);
    expect(kept).toEqual([]);
    const undo = await house.made(aDraft(steps, { reverts: plan.id }));
    expect(undo).toMatchObject({ status: 'queued', sealed: { reverts: plan.id } });
    expect(house.fake.cluster.get('web')?.replicas).toBe(2);
    endedIn(await house.pursued(house.approved(undo)), 'verified');
    expect(house.fake.cluster.get('web')?.replicas).toBe(4);
    expect(house.now(plan)).toEqual(plan);
  });

  test('takes the steps back in the other order, and says what can not be taken back', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    house.fake.cluster.seed('old', 1);
    const plan = endedIn(
      await house.carriedOut(aDraft([scale('web', 2), remove('old'), create('new', 3)])),
      'verified',
    );
    const { steps, kept } = await undoDraft(plan, house.gate);
    expect(steps.map(({ action }) => action)).toEqual(['fake/delete-deployment', 'fake/scale-deployment']);
    expect(kept).toEqual([expect.stringContaining('deployment/old')]);
  });

  test('of a part takes back only what was done', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    house.fake.cluster.seed('api', 4);
    const at = house.fake.arrival('write').then(() => house.fake.fault('write', { kind: 'too-many' }));
    const plan = endedIn(await house.carriedOut(aDraft([scale('web', 2), scale('api', 2)])), 'partial');
    await at;
    const { steps } = await undoDraft(plan, house.gate);
    expect(steps).toEqual([scale('web', 4, { namespace: 'prod' })]);
  });

  test('goes through the gate too: who changed it since has made the undo stale', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = endedIn(await house.carriedOut(aDraft([scale('web', 2)])), 'verified');
    const { steps } = await undoDraft(plan, house.gate);
    const undo = house.approved(await house.made(aDraft(steps, { reverts: plan.id })));
    house.fake.cluster.setReplicas('web', 3);
    endedIn(await house.pursued(undo), 'stale');
    expect(house.fake.cluster.get('web')?.replicas).toBe(3);
  });

  test('is refused for what did nothing, and for what can not be taken back', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const waiting = await house.made(aDraft([scale('web', 2)]));
    expect(await codeOfAsync(() => undoDraft(waiting, house.gate))).toBe('PLAN_NOT_UNDOABLE');
    const gone = endedIn(await house.carriedOut(aDraft([remove('web')])), 'verified');
    expect(await codeOfAsync(() => undoDraft(gone, house.gate))).toBe('PLAN_NOT_UNDOABLE');
  });

  test('by a Holdfast without that version of the action says which one it needs', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = endedIn(await house.carriedOut(aDraft([scale('web', 2)])), 'verified');
    const newer = openGate(house.fake, { actions: { version: 2 } });
    expect(await codeOfAsync(() => undoDraft(plan, newer))).toBe('PLAN_NEWER');
    newer.database.close();
  });
});
