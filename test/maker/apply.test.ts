import { describe, expect, test } from 'vitest';
import type { ActionCatalog } from '../../src/domain/action.ts';
import { seen } from '../../src/domain/failure.ts';
import type { PlanIn } from '../../src/domain/plan.ts';
import { applyPlan } from '../../src/maker/apply.ts';
import { changePlan } from '../../src/maker/change-plan.ts';
import { pursue } from '../../src/maker/pursue.ts';
import { pragma } from '../../src/store/database.ts';
import { codeOfAsync } from '../support/errors.ts';
import { openGate } from '../support/gate/deps.ts';
import { hookedCatalog, type Hook } from '../support/gate/hooked-catalog.ts';
import { aDraft, ANA, create, endedIn, gateHouse, remove, scale, type GateHouse } from '../support/gate/house.ts';
import { tempFolder } from '../support/temp.ts';

/** A house with `web` at four replicas, and a plan for two that the operator approved. */
async function granted(): Promise<[GateHouse, PlanIn<'authorised'>]> {
  const house = await gateHouse();
  house.fake.cluster.seed('web', 4);
  return [house, house.approved(await house.made(aDraft([scale('web', 2)])))];
}

/** The same names lead to another cluster. */
function elsewhere(catalog: ActionCatalog): ActionCatalog {
  const load: ActionCatalog['load'] = async (id) => {
    const action = await catalog.load(id);
    return {
      ...action,
      identify: async (...given) => {
        const looked = await action.identify(...given);
        if (looked.status === 'unknown') return looked;
        const { target } = looked.value;
        return seen({ ...looked.value, target: { ...target, id: 'another-cluster' } });
      },
    };
  };
  return { refs: catalog.refs, load };
}

/** A house whose world moves at a point of the gate's way. */
async function hookedHouse(): Promise<[GateHouse, { hook: Hook }]> {
  const at: { hook: Hook } = { hook: () => undefined };
  const house = await gateHouse({
    catalog: (catalog) => hookedCatalog(catalog, (when, method) => at.hook(when, method)),
  });
  house.fake.cluster.seed('web', 4);
  return [house, at];
}

describe('an approved plan', () => {
  test('is applied once, with the version just read and its own key, and verified by reading again', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    const { uid } = house.fake.cluster.get('web') ?? { uid: '' };
    const verified = endedIn(await house.pursued(plan), 'verified');
    expect(house.fake.writes()).toMatchObject([
      { verb: 'patch', name: 'web', uid, replicas: 2, auditId: `${plan.id}-s1` },
    ]);
    expect(verified).toMatchObject({
      grant: plan.grant,
      progress: [{ step: 's1', status: 'done', receipt: { uid, replicas: 2 } }],
      seen: ['2 replicas are asked for.'],
    });
    expect(house.entries().map(({ verb }) => verb)).toEqual([
      'audit-began',
      'plan-sealed',
      'plan-authorised',
      'apply-began',
      'step-intent',
      'step-outcome',
      'plan-changed',
      'plan-verified',
    ]);
  });

  test('that is pursued again, or a thousand times, is left as it is', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    const verified = endedIn(await house.pursued(plan), 'verified');
    for (let again = 0; again < 5; again++) expect((await house.pursued(plan)).plan).toEqual(verified);
    expect(house.fake.writes()).toHaveLength(1);
  });

  test('has its intent on disk before the call, and its outcome after it', async () => {
    const [house, at] = await hookedHouse();
    await using _ = house;
    const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
    const points: unknown[] = [];
    at.hook = (when, method) => {
      if (method === 'apply') points.push([when, house.now(plan), house.fake.writes().length]);
    };
    await house.pursued(plan);
    expect(points).toMatchObject([
      ['before', { status: 'applying', progress: [{ step: 's1', status: 'intent' }] }, 0],
      ['after', { status: 'applying', progress: [{ step: 's1', status: 'intent' }] }, 1],
    ]);
  });

  test('is applied by no word but its grant: what only waits is left waiting', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = await house.made(aDraft([scale('web', 2)]));
    expect(await house.pursued(plan)).toEqual({ status: 'ended', plan });
    expect(house.fake.writes()).toEqual([]);
  });

  test.for(['reject', 'withdraw'] as const)('that met a %s is not applied', async (event) => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = await house.made(aDraft([scale('web', 2)]));
    changePlan(house.gate, plan.id, ANA, () => ({ event, by: ANA, reason: null }));
    await house.pursued(plan);
    expect(house.fake.writes()).toEqual([]);
  });

  test('that was revoked before its use is not applied, by whoever still holds it as authorised', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    changePlan(house.gate, plan.id, ANA, () => ({ event: 'revoke', by: ANA, reason: null }));
    endedIn(await house.pursued(plan), 'revoked');
    expect(await codeOfAsync(() => applyPlan(plan, house.gate))).toBe('PLAN_STATE');
    expect(house.fake.writes()).toEqual([]);
  });
});

describe('what moved since the plan was sealed', () => {
  test('is not its status, however often that changes', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    house.fake.cluster.restless('before-reads');
    for (let times = 0; times < 50; times++) house.fake.cluster.moveStatus('web');
    endedIn(await house.pursued(plan), 'verified');
    expect(house.fake.writes()).toHaveLength(1);
  });

  test.for<[string, (house: GateHouse) => void, string[]]>([
    ['a field', ({ fake }) => fake.cluster.setReplicas('web', 5), ['rests.replicas']],
    ['the object, replaced under its name', ({ fake }) => void fake.cluster.recreate('web'), ['identity.uid']],
    ['its being there', ({ fake }) => fake.cluster.remove('web'), ['identity', 'rests.replicas']],
  ])('makes it stale: %s; named by its path, and nothing is written', async ([, move, paths]) => {
    const [house, plan] = await granted();
    await using _ = house;
    move(house);
    const stale = endedIn(await house.pursued(plan), 'stale');
    expect(stale.moved.map(({ path }) => path)).toEqual(paths);
    expect(stale.reason).toContain(paths.join(', '));
    expect(house.fake.writes()).toEqual([]);
    expect(house.entries('apply-began')).toEqual([]);
  });

  test('makes it stale when nothing was to be there and something is', async () => {
    await using house = await gateHouse();
    const plan = house.approved(await house.made(aDraft([create('new', 1)])));
    house.fake.cluster.seed('new', 7);
    expect(endedIn(await house.pursued(plan), 'stale').moved[0]).toMatchObject({ path: 'identity', sealed: 'null' });
    expect(house.fake.writes()).toEqual([]);
  });

  test('makes it stale when the same names now lead to another cluster', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    const attempt = await pursue(plan.id, { ...house.gate, catalog: elsewhere(house.gate.catalog) });
    expect(endedIn(attempt, 'stale').moved.map(({ path }) => path)).toEqual(['target.id']);
    expect(house.fake.writes()).toEqual([]);
  });

  test('is refused by the target itself when it moves between the last look and the write', async () => {
    const [house, at] = await hookedHouse();
    await using _ = house;
    const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
    at.hook = (when, method) => {
      if (when === 'before' && method === 'apply') house.fake.cluster.setReplicas('web', 9);
    };
    const failed = endedIn(await house.pursued(plan), 'failed');
    expect(failed.progress).toMatchObject([{ status: 'refused', because: 'moved', failure: { code: 'HTTP_409' } }]);
    expect(house.fake.cluster.get('web')?.replicas).toBe(9);
    expect(house.fake.writes()).toEqual([]);
  });

  test('is found right before the step too, after the grant was used up', async () => {
    const [house, at] = await hookedHouse();
    await using _ = house;
    const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
    at.hook = (when, method) => {
      if (when === 'before' && method === 'identify' && house.now(plan).status === 'applying')
        house.fake.cluster.setReplicas('web', 9);
    };
    const failed = endedIn(await house.pursued(plan), 'failed');
    expect(failed.progress).toMatchObject([{ status: 'refused', because: 'moved', failure: { code: 'MOVED' } }]);
    expect(house.fake.writes()).toEqual([]);
  });

  test('and the same grant does nothing more, though the world is as it was again', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    house.fake.cluster.setReplicas('web', 5);
    endedIn(await house.pursued(plan), 'stale');
    house.fake.cluster.setReplicas('web', 4);
    endedIn(await house.pursued(plan), 'stale');
    expect(house.fake.writes()).toEqual([]);
  });
});

describe('what the target answers', () => {
  test('with no right to it is refused as denied, and nothing was written', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    house.fake.cluster.deny('patch', 'deployments/scale');
    const failed = endedIn(await house.pursued(plan), 'failed');
    expect(failed.progress).toMatchObject([{ status: 'refused', because: 'denied', failure: { code: 'HTTP_403' } }]);
    expect(house.fake.writes()).toEqual([]);
  });

  test('with an admission policy or a busy server is refused as failed', async () => {
    for (const spoil of [
      ({ fake }: GateHouse) => fake.cluster.admit({ policy: 'no-friday', why: 'not today' }),
      ({ fake }: GateHouse) => fake.fault('write', { kind: 'too-many' }),
    ]) {
      const [house, plan] = await granted();
      await using _ = house;
      spoil(house);
      const failed = endedIn(await house.pursued(plan), 'failed');
      expect(failed.progress).toMatchObject([{ status: 'refused', because: 'failed' }]);
      expect(house.fake.writes()).toEqual([]);
    }
  });

  test('not at all, though it did as it was asked: is read, and is done', async () => {
    for (const kind of ['cut', 'half'] as const) {
      const [house, plan] = await granted();
      await using _ = house;
      house.fake.fault('write', { kind, applied: true });
      endedIn(await house.pursued(plan), 'verified');
      expect(house.fake.writes()).toHaveLength(1);
    }
  });

  test('not at all, and did nothing: is read, and has failed; it is not tried again', async () => {
    for (const fault of [
      { kind: 'cut', applied: false },
      { kind: 'half', applied: false },
      { kind: 'storage-away' },
    ] as const) {
      const [house, plan] = await granted();
      await using _ = house;
      house.fake.fault('write', fault);
      const failed = endedIn(await house.pursued(plan), 'failed');
      expect(failed.progress).toMatchObject([{ status: 'refused', because: 'failed' }]);
      expect(house.fake.writes()).toEqual([]);
    }
  });

  test('not at all, and can not be read either: stays unknown until it can be, and is never repeated', async () => {
    await using house = await gateHouse();
    const plan = house.approved(await house.made(aDraft([create('new', 2)])));
    house.fake.fault('write', { kind: 'cut', applied: true });
    const reads = house.fake.arrival('write').then(() => house.fake.fault('read', { kind: 'storage-away' }, 2));
    const unknown = endedIn(await house.pursued(plan), 'unknown');
    await reads;
    expect(unknown.progress).toMatchObject([{ step: 's1', status: 'unknown' }]);
    expect(await house.pursued(plan)).toMatchObject({ status: 'waits', plan: { status: 'unknown' } });
    endedIn(await house.pursued(plan), 'verified');
    expect(house.fake.writes()).toHaveLength(1);
  });

  test('never, until Holdfast is stopped: stays unknown, and the next one reads it', async () => {
    for (const applied of [true, false]) {
      const [house, plan] = await granted();
      await using _ = house;
      house.fake.fault('write', { kind: 'silence', applied });
      void house.fake.arrival('write').then(() => house.gate.stop.abort());
      endedIn(await house.pursued(plan), 'unknown');
      const context = { ...house.gate.context, signal: new AbortController().signal };
      endedIn(await pursue(plan.id, { ...house.gate, context }), applied ? 'verified' : 'failed');
      expect(house.fake.writes()).toHaveLength(applied ? 1 : 0);
    }
  });

  test('never, and then its names lead to another target: what that says is not taken for an answer', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    house.fake.fault('write', { kind: 'silence', applied: true });
    void house.fake.arrival('write').then(() => house.gate.stop.abort());
    endedIn(await house.pursued(plan), 'unknown');
    const context = { ...house.gate.context, signal: new AbortController().signal };
    const there = { ...house.gate, context, catalog: elsewhere(house.gate.catalog) };
    expect(await pursue(plan.id, there)).toMatchObject({ status: 'waits', plan: { status: 'unknown' } });
    endedIn(await pursue(plan.id, { ...house.gate, context }), 'verified');
  });

  test('nothing of either, before or as promised: is partly done, by nobody knows whom', async () => {
    const [house, at] = await hookedHouse();
    await using _ = house;
    const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
    house.fake.fault('write', { kind: 'cut', applied: false });
    at.hook = (when, method) => {
      if (when === 'after' && method === 'apply') house.fake.cluster.setReplicas('web', 3);
    };
    const partial = endedIn(await house.pursued(plan), 'partial');
    expect(partial.progress).toMatchObject([{ status: 'partial', failure: { code: 'NEITHER' } }]);
    expect(house.fake.writes()).toEqual([]);
  });

  test('after an action that throws is read, and never taken for a failure', async () => {
    const [house, at] = await hookedHouse();
    await using _ = house;
    const plan = house.approved(await house.made(aDraft([create('new', 1)])));
    at.hook = (when, method) => {
      if (when === 'after' && method === 'apply') throw new Error('a defect');
    };
    endedIn(await house.pursued(plan), 'verified');
    expect(house.fake.writes()).toHaveLength(1);
  });
});

describe('what can not be looked at before anything was begun', () => {
  test('makes the plan wait, with its grant unused', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    house.fake.fault('read', { kind: 'storage-away' });
    expect(await house.pursued(plan)).toMatchObject({
      status: 'waits',
      why: expect.stringContaining('deployment/web'),
    });
    expect(house.now(plan)).toEqual(plan);
    endedIn(await house.pursued(plan), 'verified');
  });
});

describe('a grant', () => {
  test('that is over is not used: at its very end, and not before', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    house.gate.clock.at = plan.grant.expiresAt;
    endedIn(await house.pursued(plan), 'expired');
    expect(house.fake.writes()).toEqual([]);
    const other = house.approved(await house.made(aDraft([scale('web', 3)])));
    house.gate.clock.at = other.grant.expiresAt - 1;
    endedIn(await house.pursued(other), 'verified');
  });

  test('of another installation is worth nothing', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    const attempt = await pursue(plan.id, { ...house.gate, instance: 'another' });
    expect(endedIn(attempt, 'stale').reason).toContain('installation');
    expect(house.fake.writes()).toEqual([]);
  });

  test('for a plan of another version of Holdfast, or of its actions, is worth nothing, and says so', async () => {
    for (const edit of [{ engine: '2.0.0' }, { actions: { version: 2 } }]) {
      const [house, plan] = await granted();
      await using _ = house;
      const { engine, catalog, catalogue, database } = openGate(house.fake, edit);
      const attempt = await pursue(plan.id, { ...house.gate, engine, catalog, catalogue });
      expect(endedIn(attempt, 'stale').reason).toMatch(/sealed (by|with)/);
      expect(house.fake.writes()).toEqual([]);
      database.close();
    }
  });

  test('is not used while the clock is behind what was written down, and nothing of the attempt is kept', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    const entries = house.entries();
    house.gate.clock.at -= 2_001;
    expect(await codeOfAsync(() => house.pursued(plan))).toBe('CLOCK_BACK');
    expect(house.now(plan)).toEqual(plan);
    expect(house.entries()).toEqual(entries);
    expect(house.gate.store.fence(`fake:${house.fake.cluster.uid}`)).toBe(0);
    house.gate.clock.at += 1;
    endedIn(await house.pursued(plan), 'verified');
  });

  test('stands while everything is held, and is used after the release', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    house.gate.store.setHold({ at: 1, by: ANA, reason: null });
    expect(await house.pursued(plan)).toMatchObject({ status: 'waits', why: expect.stringContaining('held') });
    expect(house.now(plan)).toEqual(plan);
    expect(house.fake.writes()).toEqual([]);
    house.gate.store.setHold(null);
    endedIn(await house.pursued(plan), 'verified');
  });
});

describe('another process that takes over the target', () => {
  test('makes this one stop before its write, and after one nothing more is written', async () => {
    for (const when of ['before', 'after'] as const) {
      const [house, at] = await hookedHouse();
      await using _ = house;
      house.fake.cluster.seed('api', 1);
      const plan = house.approved(await house.made(aDraft([scale('web', 2), scale('api', 3)])));
      let taken = false;
      at.hook = (now, method) => {
        const isPoint =
          when === 'before' ? now === 'after' && method === 'observe' : now === 'after' && method === 'apply';
        if (taken || !isPoint || house.now(plan).status !== 'applying') return;
        taken = true;
        house.gate.store.nextFence(`fake:${house.fake.cluster.uid}`);
      };
      expect(await codeOfAsync(() => house.pursued(plan))).toBe('PLAN_FENCE_LOST');
      expect(house.fake.writes()).toHaveLength(when === 'before' ? 0 : 1);
      // Whoever took over reads what became of it, and goes on: nothing is done twice.
      endedIn(await house.pursued(plan), 'verified');
      expect(house.fake.writes().map(({ name }) => name)).toEqual(['web', 'api']);
    }
  });

  test('at the same moment waits for its turn: the lock of a target is one', async () => {
    const [house, plan] = await granted();
    await using _ = house;
    const lock = house.gate.lockTarget(`fake:${house.fake.cluster.uid}`);
    expect(await codeOfAsync(() => house.pursued(plan))).toBe('PLAN_TARGET_BUSY');
    expect(house.now(plan)).toEqual(plan);
    lock?.release();
    endedIn(await house.pursued(plan), 'verified');
  });
});

describe('a full disk', () => {
  test('before the intent is written lets no write happen; with room again the plan goes on', async () => {
    const folder = tempFolder();
    const at: { hook: Hook } = { hook: () => undefined };
    await using house = await gateHouse({
      folder,
      catalog: (catalog) => hookedCatalog(catalog, (when, method) => at.hook(when, method)),
    });
    house.fake.cluster.seed('web', 4);
    const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
    const { sqlite } = house.gate.database;
    at.hook = (when, method) => {
      if (when !== 'after' || method !== 'observe' || house.now(plan).status !== 'applying') return;
      // Of what is left nothing must do for the next entry.
      const page = Number(pragma(sqlite, 'page_count'));
      sqlite.exec(`PRAGMA max_page_count = ${page}`);
      fill(house);
    };
    expect(await codeOfAsync(() => house.pursued(plan))).toBe('STORE_FULL');
    expect(house.fake.writes()).toEqual([]);
    expect(house.now(plan)).toMatchObject({ status: 'applying', progress: [] });
    at.hook = () => undefined;
    sqlite.exec('PRAGMA max_page_count = 1073741823');
    endedIn(await house.pursued(plan), 'verified');
    expect(house.fake.writes()).toHaveLength(1);
  });
});

/** Writes until not even a small entry finds room. */
function fill({ gate }: GateHouse): void {
  const { sqlite } = gate.database;
  const insert = sqlite.prepare('INSERT INTO policy_uses (key, at, amount, plan) VALUES (?, 0, 0, ?)');
  for (const size of [2_000, 200, 20, 1]) {
    try {
      for (;;) insert.run('x'.repeat(size), 'p');
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('full')) throw error;
    }
  }
  // What pages of the audit and of the plans still hold free is filled by entries.
  try {
    for (;;)
      gate.store.audit.append({ actor: ANA, verb: 'held', object: '', outcome: 'x', detail: gate.redactor.data({}) });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'STORE_FULL') throw error;
  }
}

describe('a plan that destroys', () => {
  test('deletes that very object, once, and is verified when it is gone', async () => {
    await using house = await gateHouse();
    const uid = house.fake.cluster.seed('web', 4);
    endedIn(await house.carriedOut(aDraft([remove('web')])), 'verified');
    expect(house.fake.writes()).toMatchObject([{ verb: 'delete', uid }]);
  });
});
