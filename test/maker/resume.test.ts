import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/domain/plan.ts';
import { changePlan } from '../../src/maker/change-plan.ts';
import { pursue } from '../../src/maker/pursue.ts';
import { codeOf, codeOfAsync } from '../support/errors.ts';
import { HOUR, openGate } from '../support/gate/deps.ts';
import { hookedCatalog, type Hook } from '../support/gate/hooked-catalog.ts';
import { aDraft, ANA, endedIn, gateHouse, scale, type GateHouse } from '../support/gate/house.ts';

const held = { at: 1, by: ANA, reason: null };

async function hookedHouse(): Promise<[GateHouse, { hook: Hook }]> {
  const at: { hook: Hook } = { hook: () => undefined };
  const house = await gateHouse({
    catalog: (catalog) => hookedCatalog(catalog, (when, method) => at.hook(when, method)),
  });
  for (const name of ['web', 'api', 'job']) house.fake.cluster.seed(name, 4);
  return [house, at];
}

const three = aDraft([scale('web', 1), scale('api', 2), scale('job', 3)]);
const namesOf = ({ fake }: GateHouse): readonly string[] => fake.writes().map(({ name }) => name);

/** Of three steps the first is done, and the second was refused. */
async function partlyDone(): Promise<[GateHouse, Plan]> {
  const [house, at] = await hookedHouse();
  at.hook = (when, method) => {
    if (when !== 'after' || method !== 'apply' || house.fake.writes().length !== 1) return;
    house.fake.fault('write', { kind: 'too-many' });
    at.hook = () => undefined;
  };
  return [house, endedIn(await house.carriedOut(three), 'partial')];
}

describe('a plan of which a part was done', () => {
  test('stopped at the first step that was not, and did not touch the rest', async () => {
    const [house, plan] = await partlyDone();
    await using _ = house;
    expect(namesOf(house)).toEqual(['web']);
    expect(plan).toMatchObject({
      progress: [
        { step: 's1', status: 'done' },
        { step: 's2', status: 'refused', because: 'failed' },
      ],
      reason: expect.stringContaining('s2 is refused'),
    });
  });

  test('does not go on by itself', async () => {
    const [house, plan] = await partlyDone();
    await using _ = house;
    expect((await house.pursued(plan)).plan).toEqual(plan);
    expect(namesOf(house)).toEqual(['web']);
  });

  test("goes on at the operator's word, under the same grant, with what is left", async () => {
    const [house, plan] = await partlyDone();
    await using _ = house;
    const verified = endedIn(await house.pursued(plan, true), 'verified');
    expect(verified).toMatchObject({ grant: 'grant' in plan ? plan.grant : null });
    expect(namesOf(house)).toEqual(['web', 'api', 'job']);
    expect(house.entries('apply-began').map(({ detail }) => detail)).toMatchObject([
      { fence: 1 },
      { fence: 2, again: true },
    ]);
  });

  test('goes on only if what is left is as it was sealed; else it stays as it is', async () => {
    const [house, plan] = await partlyDone();
    await using _ = house;
    house.fake.cluster.setReplicas('api', 9);
    const still = endedIn(await house.pursued(plan, true), 'partial');
    expect(still.progress.at(-1)).toMatchObject({ step: 's2', because: 'moved' });
    expect(namesOf(house)).toEqual(['web']);
  });

  test('is abandoned, once, and then nothing more can be done with it', async () => {
    const [house, plan] = await partlyDone();
    await using _ = house;
    const abandon = (): Plan =>
      changePlan(house.gate, plan.id, ANA, () => ({ event: 'abandon', by: ANA, reason: null }));
    expect(abandon()).toMatchObject({ status: 'abandoned', progress: [{ step: 's1' }, { step: 's2' }] });
    expect(codeOf(abandon)).toBe('PLAN_STATE');
    endedIn(await house.pursued(plan, true), 'abandoned');
    expect(namesOf(house)).toEqual(['web']);
  });

  test('does not go on after the end of the plan', async () => {
    const [house, plan] = await partlyDone();
    await using _ = house;
    house.gate.clock.at = plan.sealed.expiresAt;
    expect(await codeOfAsync(() => house.pursued(plan, true))).toBe('PLAN_STATE');
    expect(house.now(plan).status).toBe('partial');
    expect(namesOf(house)).toEqual(['web']);
  });

  test('does not go on under another Holdfast, with the clock behind, or while everything is held', async () => {
    const [house, plan] = await partlyDone();
    await using _ = house;
    const other = openGate(house.fake, { actions: { version: 2 } });
    const { catalog, catalogue } = other;
    expect(await codeOfAsync(() => pursue(plan.id, { ...house.gate, catalog, catalogue }, { resume: true }))).toBe(
      'PLAN_NEWER',
    );
    other.database.close();
    house.gate.clock.at -= HOUR;
    expect(await codeOfAsync(() => house.pursued(plan, true))).toBe('CLOCK_BACK');
    house.gate.clock.at += HOUR;
    house.gate.store.setHold(held);
    expect((await house.pursued(plan, true)).status).toBe('waits');
    expect(namesOf(house)).toEqual(['web']);
  });

  test('whose step is half done: that step is not repeated, the rest is done, and it stays partial', async () => {
    const [house, at] = await hookedHouse();
    await using _ = house;
    at.hook = (when, method) => {
      if (when !== 'after' || method !== 'apply') return;
      house.fake.cluster.setReplicas('web', 2);
      at.hook = () => undefined;
    };
    house.fake.fault('write', { kind: 'cut', applied: true });
    const plan = endedIn(await house.carriedOut(three), 'partial');
    expect(plan.progress).toMatchObject([{ step: 's1', status: 'partial', failure: { code: 'NEITHER' } }]);
    endedIn(await house.pursued(plan, true), 'partial');
    expect(namesOf(house)).toEqual(['web', 'api', 'job']);
  });
});

describe('a hold in the middle', () => {
  test('stops before the next step; after the release it goes on by word', async () => {
    const [house, at] = await hookedHouse();
    await using _ = house;
    at.hook = (when, method) => {
      if (when === 'after' && method === 'apply') house.gate.store.setHold(held);
    };
    const plan = endedIn(await house.carriedOut(three), 'partial');
    expect(plan.reason).toContain('held');
    expect(namesOf(house)).toEqual(['web']);
    at.hook = () => undefined;
    house.gate.store.setHold(null);
    endedIn(await house.pursued(plan, true), 'verified');
    expect(namesOf(house)).toEqual(['web', 'api', 'job']);
  });

  test('that can not be read holds', async () => {
    const [house] = await hookedHouse();
    await using _ = house;
    const plan = house.approved(await house.made(three));
    house.gate.database.sqlite.exec("INSERT INTO meta (key, value) VALUES ('hold', '{')");
    expect(await codeOfAsync(() => house.pursued(plan))).toBe('HOLD_UNREADABLE');
    expect(namesOf(house)).toEqual([]);
    expect(house.now(plan).status).toBe('authorised');
  });
});

describe('Holdfast that is stopped in the middle', () => {
  test('ends between two steps, and the next one takes the plan up', async () => {
    const [house, at] = await hookedHouse();
    await using _ = house;
    const plan = house.approved(await house.made(three));
    at.hook = (when, method) => {
      if (when === 'after' && method === 'apply') house.gate.stop.abort();
    };
    expect(await house.pursued(plan)).toMatchObject({ status: 'waits', plan: { status: 'applying' } });
    expect(namesOf(house)).toEqual(['web']);
    at.hook = () => undefined;
    const context = { ...house.gate.context, signal: new AbortController().signal };
    endedIn(await pursue(plan.id, { ...house.gate, context }), 'verified');
    expect(namesOf(house)).toEqual(['web', 'api', 'job']);
  });

  test('while it waits to verify leaves the plan applied, to be verified later', async () => {
    const house = await gateHouse({ actions: { settleMs: 5_000 } });
    await using _ = house;
    house.fake.cluster.seed('web', 4);
    const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
    const stopping = { ...house.gate, sleep: async () => house.gate.stop.abort() };
    expect(await pursue(plan.id, stopping)).toMatchObject({ status: 'waits', plan: { status: 'applied' } });
    const context = { ...house.gate.context, signal: new AbortController().signal };
    endedIn(await pursue(plan.id, { ...house.gate, context }), 'verified');
    expect(namesOf(house)).toEqual(['web']);
  });
});
