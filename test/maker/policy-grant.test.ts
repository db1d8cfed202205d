import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/actor.ts';
import { digestOf } from '../../src/domain/digest.ts';
import type { Plan, PlanBody, SealedPlan } from '../../src/domain/plan.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { canonicalJson } from '../../src/domain/canonical-json.ts';
import { admit } from '../../src/maker/propose.ts';
import { pursue } from '../../src/maker/pursue.ts';
import { codeOfAsync } from '../support/errors.ts';
import { HOUR, openGate, TUESDAY } from '../support/gate/deps.ts';
import { hookedCatalog, type Hook } from '../support/gate/hooked-catalog.ts';
import { aDraft, ANA, endedIn, gateHouse, remove, scale, type GateHouse } from '../support/gate/house.ts';
import { policyAtHand, SCALES, type PolicyAtHand } from '../support/gate/policy-at-hand.ts';

async function underPolicy(text = SCALES): Promise<[GateHouse, PolicyAtHand]> {
  const house = await gateHouse();
  house.fake.cluster.seed('web', 4);
  house.fake.cluster.seed('api', 4);
  return [house, policyAtHand(house.gate, text)];
}

const granted = (house: GateHouse, { trusted }: PolicyAtHand, replicas = 2, name = 'web'): Promise<Plan> =>
  house.made(aDraft([scale(name, replicas)]), { policy: trusted, apply: true });

describe('a plan that a pinned policy allows', () => {
  test('is authorised at once by a grant that binds rule and digest, applied, and counted', async () => {
    const [house, policy] = await underPolicy();
    await using _ = house;
    const plan = await granted(house, policy);
    expect(plan).toMatchObject({
      status: 'authorised',
      grant: {
        kind: 'policy',
        plan: plan.id,
        digest: plan.digest,
        rule: 'scale',
        expiresAt: TUESDAY + HOUR,
        policy: { digest: policy.trusted.policy.digest },
      },
    });
    endedIn(await house.pursued(plan), 'verified');
    expect(house.fake.writes()).toHaveLength(1);
  });

  test('waits for the operator all the same where nobody asked for it to be applied', async () => {
    const [house, { trusted }] = await underPolicy();
    await using _ = house;
    const plan = await house.made(aDraft([scale('web', 2)]), { policy: trusted });
    expect(plan).toMatchObject({ status: 'queued', decision: { effect: 'allow', rule: 'scale' } });
    await house.pursued(plan);
    expect(house.fake.writes()).toEqual([]);
  });

  test.for<[string, number, number, Actor]>([
    ['one replica more', 11, TUESDAY, ANA],
    ['one replica less', 1, TUESDAY, ANA],
    ['at the minute where the window ends', 2, TUESDAY + 7 * HOUR, ANA],
    ['on the next day', 2, TUESDAY + 24 * HOUR, ANA],
    ['for another actor', 2, TUESDAY, { kind: 'model', name: 'ana' }],
  ])('is another one: %s waits, and is not applied', async ([, replicas, at, actor]) => {
    const [house, { trusted }] = await underPolicy();
    await using _ = house;
    house.gate.clock.at = at;
    const draft = aDraft([scale('web', replicas)], { origin: { actor, findings: [] } });
    const plan = await house.made(draft, { policy: trusted, apply: true });
    expect(plan.status).toBe('queued');
    await house.pursued(plan);
    expect(house.fake.writes()).toEqual([]);
  });

  test('is not, when only one of its steps is allowed', async () => {
    const [house, { trusted }] = await underPolicy();
    await using _ = house;
    const draft = aDraft([scale('web', 2), remove('api')]);
    expect((await house.made(draft, { policy: trusted, apply: true })).status).toBe('queued');
  });

  test('is denied by a rule that denies, and then nothing can be done with it', async () => {
    const [house, { trusted }] = await underPolicy(
      `${SCALES}  - { id: no, effect: deny, match: { action: "fake/*" } }\n`,
    );
    await using _ = house;
    const plan = await house.made(aDraft([scale('web', 2)]), { policy: trusted, apply: true });
    expect(plan).toMatchObject({ status: 'denied', decision: { rule: 'no' } });
    expect(() => house.approved(plan)).toThrow('denied');
    await house.pursued(plan);
    expect(house.fake.writes()).toEqual([]);
  });
});

describe('between grant and apply', () => {
  test.for<[string, (house: GateHouse, policy: PolicyAtHand) => void]>([
    ['the policy was edited by a space', (_, policy) => policy.edit(`${SCALES} `)],
    ['the policy was widened', (_, policy) => policy.edit(SCALES.replace('max: 10', 'max: 100'))],
    ['the policy is gone', (_, { path }) => rmSync(path)],
    ['the policy can not be understood any more', (_, policy) => policy.edit('policy: [')],
    ['its pin was taken away', ({ gate }, { trusted }) => gate.store.untrust(trusted.policy.digest)],
    [
      'its pin was changed by somebody else',
      ({ gate }) => gate.database.sqlite.exec("UPDATE pins SET policy = 'other'"),
    ],
  ])('%s: the grant is revoked, and nothing is written', async ([, change]) => {
    const [house, policy] = await underPolicy();
    await using _ = house;
    const plan = await granted(house, policy);
    change(house, policy);
    const revoked = endedIn(await house.pursued(plan), 'revoked');
    expect(revoked).toMatchObject({ by: { kind: 'holdfast' }, reason: expect.stringContaining('policy') });
    expect(house.fake.writes()).toEqual([]);
  });

  test('another policy was handed in, though it allows the same: the grant binds the digest of one', async () => {
    const [house, policy] = await underPolicy();
    await using _ = house;
    const plan = await granted(house, policy);
    const { policy: trusted } = policy.trusted;
    const policyOf = async (): Promise<Policy> => ({ ...trusted, digest: digestOf('other', 1) });
    endedIn(await pursue(plan.id, { ...house.gate, policyOf }), 'revoked');
    expect(house.fake.writes()).toEqual([]);
  });

  test('the window closed: revoked, one minute too late', async () => {
    const [house, policy] = await underPolicy();
    await using _ = house;
    house.gate.clock.at = TUESDAY + 7 * HOUR - 60_000;
    const [late, early] = [await granted(house, policy), await granted(house, policy, 3, 'api')];
    house.gate.clock.at += 59_999;
    endedIn(await house.pursued(early), 'verified');
    house.gate.clock.at += 1;
    endedIn(await house.pursued(late), 'revoked');
    expect(house.fake.writes()).toHaveLength(1);
  });

  test('others used the limit up: of four that were granted at once, three are applied', async () => {
    const [house, policy] = await underPolicy();
    await using _ = house;
    const plans: Plan[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      house.fake.cluster.seed(name, 4);
      plans.push(await granted(house, policy, 2, name));
    }
    const ends = [];
    for (const plan of plans) ends.push((await house.pursued(plan)).plan.status);
    expect(ends).toEqual(['verified', 'verified', 'verified', 'revoked']);
    expect(house.fake.writes()).toHaveLength(3);
    expect((await granted(house, policy, 3, 'd')).status).toBe('queued');
  });

  test('an edit does not refill what was used', async () => {
    const [house, policy] = await underPolicy();
    await using _ = house;
    for (const name of ['a', 'b', 'c']) {
      house.fake.cluster.seed(name, 4);
      endedIn(await house.pursued(await granted(house, policy, 2, name)), 'verified');
    }
    const edited = policyAtHand(house.gate, `${SCALES}# a remark\n`);
    expect((await granted(house, edited)).status).toBe('queued');
  });

  test('the claim that failed for another reason used nothing up', async () => {
    const [house, policy] = await underPolicy();
    await using _ = house;
    const plan = await granted(house, policy);
    house.gate.store.setHold({ at: 1, by: ANA, reason: null });
    for (let again = 0; again < 5; again++) expect((await house.pursued(plan)).status).toBe('waits');
    house.gate.store.setHold(null);
    endedIn(await house.pursued(plan), 'verified');
  });

  test("an operator's own approval is not touched by what becomes of a policy", async () => {
    const [house, policy] = await underPolicy();
    await using _ = house;
    const plan = house.approved(await house.made(aDraft([scale('web', 2)]), { policy: policy.trusted }));
    policy.edit('');
    expect((await house.pursued(plan)).plan.status).toBe('verified');
  });

  test('a runner whose counters do not last gets no grant from a rule with limits', async () => {
    const [house, { trusted }] = await underPolicy();
    await using _ = house;
    const plan = await house.made(aDraft([scale('web', 2)]), { policy: trusted, apply: true, durable: false });
    expect(plan.status).toBe('queued');
  });
});

describe('what a policy let begin', () => {
  test.for<[string, (house: GateHouse, policy: PolicyAtHand) => void]>([
    ['its window is closed', ({ gate }) => void (gate.clock.at = TUESDAY + 7 * HOUR)],
    ['it was edited', (_, policy) => policy.edit(`${SCALES} `)],
    ['it lost its pin', ({ gate }, { trusted }) => gate.store.untrust(trusted.policy.digest)],
  ])('is not gone on with after a crash when %s: it ends as far as it came', async ([, change]) => {
    const at: { hook: Hook } = { hook: () => undefined };
    const house = await gateHouse({
      catalog: (catalog) => hookedCatalog(catalog, (when, method) => at.hook(when, method)),
    });
    await using _ = house;
    house.fake.cluster.seed('web', 4);
    house.fake.cluster.seed('api', 4);
    const policy = policyAtHand(house.gate);
    const draft = aDraft([scale('web', 2), scale('api', 2)]);
    const plan = await house.made(draft, { policy: policy.trusted, apply: true });
    at.hook = (when, method) => {
      if (when === 'after' && method === 'apply') house.gate.stop.abort();
    };
    expect(await house.pursued(plan)).toMatchObject({ status: 'waits', plan: { status: 'applying' } });
    at.hook = () => undefined;
    change(house, policy);
    const deps = { ...house.gate, context: { ...house.gate.context, signal: new AbortController().signal } };
    const partial = endedIn(await pursue(plan.id, deps), 'partial');
    expect(partial.reason).not.toBeNull();
    expect(house.fake.writes().map(({ name }) => name)).toEqual(['web']);
    expect(await codeOfAsync(() => pursue(plan.id, deps, { resume: true }))).toBe('PLAN_STATE');
    expect(house.fake.writes()).toHaveLength(1);
  });
});

describe('a plan that was sealed elsewhere', () => {
  /** The same plan with something else in it, and with the digest and bytes of that. */
  function forged(plan: Plan, change: (sealed: SealedPlan) => SealedPlan): PlanBody {
    const sealed = change(plan.sealed);
    const bytes = canonicalJson(sealed);
    return { id: sealed.id, bytes, digest: digestOf('plan', sealed), sealed, intent: plan.intent };
  }

  async function elsewhere(): Promise<[GateHouse, Plan, ReturnType<typeof openGate>, PolicyAtHand]> {
    const house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = await house.made(
      aDraft([scale('web', 2)], { origin: { actor: { kind: 'mcp', name: 'x' }, findings: [] } }),
    );
    const here = openGate(house.fake, { instance: 'runner' });
    return [house, plan, here, policyAtHand(here)];
  }

  test('is decided anew, for who brings it and not for who it says to come from', async () => {
    const [house, plan, here, { trusted }] = await elsewhere();
    await using _ = house;
    const taken = await admit(plan, ANA, { ...here, policy: trusted, apply: true });
    expect(taken).toMatchObject({ status: 'authorised', grant: { actor: ANA, instance: 'runner' } });
    endedIn(await pursue(taken.id, here), 'verified');
    expect(house.fake.writes()).toHaveLength(1);
    expect(await admit(plan, ANA, here)).toMatchObject({ status: 'verified' });
    here.database.close();
  });

  test('does not come from whom its policy would let do it, because it says so', async () => {
    const [house, plan, here, { trusted }] = await elsewhere();
    await using _ = house;
    const claimed = forged(plan, (sealed) => ({ ...sealed, origin: { actor: ANA, findings: [] } }));
    const taken = await admit(
      claimed,
      { kind: 'ci', name: 'fork', claims: null },
      { ...here, policy: trusted, apply: true },
    );
    expect(taken.status).toBe('queued');
    here.database.close();
  });

  const step = (sealed: SealedPlan, edit: Partial<SealedPlan['steps'][number]>): SealedPlan => ({
    ...sealed,
    steps: sealed.steps.map((each) => ({ ...each, ...edit })),
  });
  test.for<[string, (sealed: SealedPlan) => SealedPlan]>([
    ['what it would set', (sealed) => step(sealed, { params: { ...sealed.steps[0]?.params, replicas: 1_000 } })],
    ['what would be', (sealed) => step(sealed, { after: { fields: { replicas: 5 }, shown: { Replicas: 2 } } })],
    [
      'what the card would show of it',
      (sealed) => step(sealed, { after: { fields: { replicas: 2 }, shown: { Replicas: 4 } } }),
    ],
    [
      'that nothing is destroyed',
      (sealed) => ({
        ...step(sealed, { action: 'fake/delete-deployment@1', params: { name: 'web', namespace: 'prod' } }),
        destructive: false,
      }),
    ],
    ['its cost', (sealed) => ({ ...sealed, cost: { ...sealed.cost, amount: 0 } })],
    ['its risk', (sealed) => ({ ...sealed, risk: { level: 'low', reasons: ['trust me'] } })],
    ['its title', (sealed) => ({ ...sealed, title: 'Do nothing' })],
    ['who depends on it', (sealed) => step(sealed, { dependents: ['nobody at all'] })],
    ['how it is undone', (sealed) => step(sealed, { undo: { possible: true, words: 'easily' } })],
    ['its target', (sealed) => ({ ...sealed, target: { ...sealed.target, id: 'cluster-b' } })],
    [
      'which object it is',
      (sealed) => step(sealed, { before: { identity: { uid: 'u' }, rests: { replicas: 4 }, shown: {} } }),
    ],
    ['that it is from tomorrow', (sealed) => ({ ...sealed, createdAt: sealed.createdAt + HOUR })],
    ['that it has not expired', (sealed) => ({ ...sealed, createdAt: 0, expiresAt: 1 })],
  ])('and forged in %s is not taken, whatever its digest', async ([, change]) => {
    const [house, plan, here, { trusted }] = await elsewhere();
    await using _ = house;
    const taking = (): Promise<Plan> => admit(forged(plan, change), ANA, { ...here, policy: trusted, apply: true });
    expect(await codeOfAsync(taking)).toBe('PLAN_STATE');
    expect(here.store.list({ statuses: null, limit: 9 })).toEqual([]);
    expect(house.fake.writes()).toEqual([]);
    here.database.close();
  });

  test('is not taken when the world moved, when it is of another Holdfast, or under the id of another', async () => {
    const [house, plan, here] = await elsewhere();
    await using _ = house;
    expect(await codeOfAsync(() => admit(plan, ANA, { ...here, engine: '2.0.0' }))).toBe('PLAN_NEWER');
    house.fake.fault('read', { kind: 'storage-away' });
    expect(await codeOfAsync(() => admit(plan, ANA, here))).toBe('PLAN_INVALID');
    house.fake.cluster.setReplicas('web', 5);
    expect(await codeOfAsync(() => admit(plan, ANA, here))).toBe('PLAN_STATE');
    house.fake.cluster.setReplicas('web', 4);
    house.fake.cluster.moveStatus('web');
    expect((await admit(plan, ANA, here)).status).toBe('queued');
    const other = forged(plan, (sealed) => ({ ...sealed, nonce: '0'.repeat(32) }));
    expect(await codeOfAsync(() => admit(other, ANA, here))).toBe('PLAN_STATE');
    here.database.close();
  });
});
