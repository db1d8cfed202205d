import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/actor.ts';
import type { PlanDraft } from '../../src/domain/plan.ts';
import { changePlan } from '../../src/maker/change-plan.ts';
import { propose } from '../../src/maker/propose.ts';
import { HOUR, TUESDAY } from '../support/gate/deps.ts';
import { hookedCatalog, type Hook } from '../support/gate/hooked-catalog.ts';
import { aDraft, ANA, endedIn, gateHouse, NIGHTLY, scale } from '../support/gate/house.ts';
import { policyAtHand, SCALES } from '../support/gate/policy-at-hand.ts';

const byRunbook = (replicas: number, edit: Partial<PlanDraft> = {}): PlanDraft =>
  aDraft([scale('web', replicas)], { origin: { actor: NIGHTLY, findings: [] }, ...edit });

describe('a proposal', () => {
  test.for<Actor>([
    ANA,
    { kind: 'model', name: 'any' },
    { kind: 'mcp', name: 'client' },
    { kind: 'ci', name: 'ci', claims: null },
    NIGHTLY,
  ])('of $kind waits for the operator, and is written down with who made it', async (actor) => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = await house.made(aDraft([scale('web', 2)], { origin: { actor, findings: [] } }));
    expect(plan).toMatchObject({ status: 'queued', decision: { effect: 'queue', policy: null } });
    expect(house.entries('plan-sealed')).toMatchObject([{ actor, object: plan.id, outcome: 'queued' }]);
    expect(house.fake.writes()).toEqual([]);
  });

  test('that is invalid is written down without what could steer a terminal or be a secret', async () => {
    await using house = await gateHouse();
    const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ456789';
    const action = `fake/\u{1b}[2J\u{d800}${secret}`;
    const proposed = await propose(aDraft([{ action, params: {} }]), house.gate);
    expect(proposed).toMatchObject({ status: 'invalid', step: 's1', failure: { code: 'ACTION_UNKNOWN' } });
    const said = JSON.stringify([proposed, house.entries('plan-refused')]);
    expect(house.entries('plan-refused')).toHaveLength(1);
    expect(said).not.toContain(secret);
    expect(said).not.toContain('\u{1b}');
    expect(house.gate.store.list({ statuses: null, limit: 9 })).toEqual([]);
  });

  test('whose entry can not be written leaves no plan', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const append = (): never => {
      throw new Error('no entry');
    };
    const store = { ...house.gate.store, audit: { ...house.gate.store.audit, append } };
    await expect(propose(aDraft([scale('web', 2)]), { ...house.gate, store })).rejects.toThrow('no entry');
    expect(house.gate.store.list({ statuses: null, limit: 9 })).toEqual([]);
  });
});

describe('a runbook that proposes the same again', () => {
  test('gets the plan that waits, as often as it asks: a thousand make one', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = await house.made(byRunbook(2));
    for (let again = 0; again < 20; again++)
      expect(await propose(byRunbook(2), house.gate)).toEqual({ status: 'waits-already', plan });
    expect(house.gate.store.list({ statuses: null, limit: 99 })).toHaveLength(1);
  });

  test('many times at once makes one plan', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const all = await Promise.all(Array.from({ length: 12 }, () => propose(byRunbook(2), house.gate)));
    expect(all.filter(({ status }) => status === 'made')).toHaveLength(1);
    expect(house.gate.store.list({ statuses: ['queued'], limit: 99 })).toHaveLength(1);
  });

  test('after the world moved takes the place of its older plan, and says so under the digest', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const older = await house.made(byRunbook(2));
    house.fake.cluster.setReplicas('web', 6);
    const newer = await house.made(byRunbook(2));
    expect(newer.sealed.supersedes).toBe(older.id);
    expect(house.now(older)).toMatchObject({ status: 'superseded', by: newer.id });
    expect(newer.status).toBe('queued');
  });

  test('a client’s draft takes the place of a client’s, and of nobody else’s', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const byClient = { ...byRunbook(2), origin: { actor: { kind: 'mcp', name: 'claw' } as const, findings: [] } };
    const runbooks = await house.made(byRunbook(2));
    house.fake.cluster.setReplicas('web', 6);
    expect(await propose(byClient, house.gate)).toMatchObject({
      status: 'made',
      plan: { sealed: { supersedes: null } },
    });
    expect(house.now(runbooks)).toMatchObject({ status: 'queued' });
    house.fake.cluster.seed('api', 4);
    const ofApi = aDraft([scale('api', 2)], { origin: byClient.origin });
    const older = await house.made(ofApi);
    house.fake.cluster.setReplicas('api', 6);
    const newer = await house.made(ofApi);
    expect(newer.sealed.supersedes).toBe(older.id);
    expect(house.now(older)).toMatchObject({ status: 'superseded', by: newer.id });
  });

  test('has its policy asked once more: what waited for the window is authorised when it opens', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const { trusted } = policyAtHand(house.gate, SCALES.replace('kind: operator', 'kind: runbook'));
    const underPolicy = { ...house.gate, policy: trusted, apply: true };
    house.gate.clock.at = TUESDAY - 2 * HOUR;
    const early = await propose(byRunbook(2), underPolicy);
    expect(early).toMatchObject({ status: 'made', plan: { status: 'queued' } });
    house.gate.clock.at = TUESDAY;
    const again = await propose(byRunbook(2), underPolicy);
    if (!('plan' in again)) throw new Error('there is no plan');
    expect(again).toMatchObject({ status: 'waits-already', plan: { status: 'authorised', grant: { rule: 'scale' } } });
    expect(house.entries('plan-authorised')).toMatchObject([{ actor: NIGHTLY, object: again.plan.id }]);
    endedIn(await house.pursued(again.plan), 'verified');
    expect(house.fake.writes()).toHaveLength(1);
  });

  test('does not take the place of one that the operator approves while it looks', async () => {
    const hooks: Hook[] = [];
    await using house = await gateHouse({
      catalog: (catalog) => hookedCatalog(catalog, (when, method) => hooks.at(-1)?.(when, method)),
    });
    house.fake.cluster.seed('web', 4);
    const older = await house.made(byRunbook(2));
    house.fake.cluster.setReplicas('web', 6);
    hooks.push((when, method) => {
      if (when === 'after' && method === 'dependents' && house.now(older).status === 'queued' && looked++ === 1)
        house.approved(older);
    });
    let looked = 0;
    const proposed = await propose(byRunbook(2), house.gate);
    expect(proposed).toMatchObject({ status: 'waits-already', plan: { id: older.id, status: 'authorised' } });
    expect(house.now(older)).toMatchObject({ status: 'authorised', grant: { plan: older.id } });
  });

  test('is not heard again after the operator said no, as long as that holds', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = await house.made(byRunbook(2));
    changePlan(house.gate, plan.id, ANA, () => ({ event: 'reject', by: ANA, reason: null }));
    expect(await propose(byRunbook(2), { ...house.gate, noSince: TUESDAY })).toMatchObject({ status: 'said-no' });
    expect((await propose(byRunbook(2), { ...house.gate, noSince: TUESDAY + 1 })).status).toBe('made');
  });

  test('is capped: no more plans a day than it may, and the day passes', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const deps = { ...house.gate, runbookPlansPerDay: 2 };
    await house.made(byRunbook(1), deps);
    await house.made(byRunbook(2), deps);
    expect(await propose(byRunbook(3), deps)).toEqual({ status: 'too-many', made: 2 });
    house.gate.clock.at += 24 * HOUR + 1;
    expect((await propose(byRunbook(3), deps)).status).toBe('made');
  });

  test('with nothing to do makes no row', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    expect((await house.made(byRunbook(4))).status).toBe('noop');
    expect(house.gate.store.list({ statuses: null, limit: 9 })).toEqual([]);
  });
});
