import { describe, expect, test } from 'vitest';
import { shortCode, type Plan } from '../../src/domain/plan.ts';
import { approvalChallenge, approvePlan, type Yes } from '../../src/maker/approve.ts';
import { changePlan } from '../../src/maker/change-plan.ts';
import { expireDue } from '../../src/maker/expire.ts';
import { codeOf } from '../support/errors.ts';
import { HOUR, TUESDAY } from '../support/gate/deps.ts';
import { aDraft, ANA, gateHouse, remove, scale, yesTo, type GateHouse } from '../support/gate/house.ts';

async function waiting(destroys = false): Promise<[GateHouse, Plan]> {
  const house = await gateHouse();
  house.fake.cluster.seed('web', 4);
  return [house, await house.made(aDraft([destroys ? remove('web') : scale('web', 2)]))];
}

function approve({ gate }: GateHouse, plan: Plan, edit: Partial<Yes> = {}): () => Plan {
  return () => approvePlan(gate, plan.id, yesTo(plan, edit), () => undefined);
}

describe('an approval', () => {
  test('binds plan, digest and installation, ends with the plan at the latest, and is written down', async () => {
    const [house, plan] = await waiting();
    await using _ = house;
    const { grant } = house.approved(plan, { validForMs: 48 * HOUR });
    expect(grant).toMatchObject({
      kind: 'approval',
      plan: plan.id,
      digest: plan.digest,
      instance: house.gate.instance,
      at: TUESDAY,
      expiresAt: plan.sealed.expiresAt,
      by: ANA,
    });
    expect(house.approved(await house.made(aDraft([scale('web', 3)]))).grant.expiresAt).toBe(TUESDAY + HOUR);
    expect(house.entries('plan-authorised')[0]).toMatchObject({ actor: ANA, object: plan.id, outcome: 'authorised' });
    expect(house.fake.writes()).toEqual([]);
  });

  test('puts what applies it into the same transaction: when that fails, nothing was approved', async () => {
    const [house, plan] = await waiting();
    await using _ = house;
    const failing = (): never => {
      throw new Error('no queue');
    };
    expect(() => approvePlan(house.gate, plan.id, yesTo(plan), failing)).toThrow('no queue');
    expect(house.now(plan).status).toBe('queued');
    expect(house.entries('plan-authorised')).toEqual([]);
  });
});

describe('an approval is refused, changes nothing and is written down', () => {
  test.for<[string, Partial<Yes>, string]>([
    ['for another digest', { digest: `sha256:${'0'.repeat(64)}` }, 'PLAN_DIGEST'],
    ['for the beginning of the digest', { digest: 'sha256:' }, 'PLAN_DIGEST'],
    ['for a digest in other letters', { digest: 'SHA256:' }, 'PLAN_DIGEST'],
  ])('%s', async ([, edit, code]) => {
    const [house, plan] = await waiting();
    await using _ = house;
    expect(codeOf(approve(house, plan, edit))).toBe(code);
    expect(house.now(plan)).toEqual(plan);
    expect(house.entries('approval-refused')).toMatchObject([{ actor: ANA, object: plan.id, outcome: code }]);
  });

  test('the second time, whoever decided first and however', async () => {
    const [house, plan] = await waiting();
    await using _ = house;
    house.approved(plan);
    expect(codeOf(approve(house, plan))).toBe('PLAN_STATE');
    const other = await house.made(aDraft([scale('web', 3)]));
    changePlan(house.gate, other.id, ANA, () => ({ event: 'reject', by: ANA, reason: null }));
    expect(codeOf(approve(house, other))).toBe('PLAN_STATE');
    expect(house.now(other).status).toBe('rejected');
    expect(house.entries('approval-refused').map(({ outcome }) => outcome)).toEqual(['PLAN_STATE', 'PLAN_STATE']);
  });

  test('at the very end of the plan, and not one millisecond before', async () => {
    const [house, plan] = await waiting();
    await using _ = house;
    house.gate.clock.at = plan.sealed.expiresAt;
    expect(codeOf(approve(house, plan))).toBe('PLAN_STATE');
    house.gate.clock.at -= 1;
    expect(approve(house, plan)().status).toBe('authorised');
  });

  test.for<[string, object]>([
    ['another version', { engine: '2.0.0' }],
    ['another catalogue of actions', { catalogue: `sha256:${'1'.repeat(64)}` }],
  ])('by a Holdfast of %s', async ([, edit]) => {
    const [house, plan] = await waiting();
    await using _ = house;
    const deps = { ...house.gate, ...edit };
    expect(codeOf(() => approvePlan(deps, plan.id, yesTo(plan), () => undefined))).toBe('PLAN_NEWER');
    expect(house.now(plan).status).toBe('queued');
  });

  test('for a plan that there is not: which is no news for the audit', async () => {
    const [house, plan] = await waiting();
    await using _ = house;
    expect(codeOf(() => approvePlan(house.gate, 'p-000000000000', yesTo(plan), () => undefined))).toBe('NOT_FOUND');
    expect(house.entries('approval-refused')).toEqual([]);
  });

  test('of a plan that is a noop', async () => {
    await using house = await gateHouse();
    house.fake.cluster.seed('web', 4);
    const plan = await house.made(aDraft([scale('web', 4)]));
    expect(plan.status).toBe('noop');
    expect(codeOf(approve(house, plan))).toBe('PLAN_STATE');
  });
});

describe('a plan that destroys', () => {
  test.for<[string, Partial<Yes>]>([
    ['without consent', { allowDestructive: false }],
    ['without its code', { code: null }],
    ['with another code', { code: 'abcdef' }],
    ['with an empty code', { code: '' }],
    [
      'by a signature that does not consent',
      { assurance: 'signature', key: 'SHA256:k', code: null, allowDestructive: false },
    ],
  ])('is not approved %s', async ([, edit]) => {
    const [house, plan] = await waiting(true);
    await using _ = house;
    expect(plan.sealed.destructive).toBe(true);
    expect(codeOf(approve(house, plan, edit))).toBe('APPROVAL_DESTRUCTIVE');
    expect(house.now(plan).status).toBe('queued');
    expect(house.entries('approval-refused')).toHaveLength(1);
  });

  test('is approved with consent and code, or with consent under a signature, which covers it', async () => {
    const [house, plan] = await waiting(true);
    await using _ = house;
    expect(house.approved(plan, { code: shortCode(plan.digest) }).grant).toMatchObject({ allowDestructive: true });
    house.fake.cluster.seed('api', 1);
    const other = await house.made(aDraft([remove('api')]));
    const { grant } = house.approved(other, { assurance: 'signature', key: 'SHA256:k', code: null });
    expect(grant).toMatchObject({ assurance: 'signature', key: 'SHA256:k' });
  });
});

describe('what a signature signs', () => {
  test('differs for every plan, digest, installation and consent, and is one line of canonical JSON', async () => {
    const [house, plan] = await waiting();
    await using _ = house;
    const other = await house.made(aDraft([scale('web', 3)]));
    const texts = [
      approvalChallenge(plan, 'here', false),
      approvalChallenge(plan, 'here', true),
      approvalChallenge(plan, 'there', false),
      approvalChallenge(other, 'here', false),
      approvalChallenge({ ...plan, id: other.id }, 'here', false),
      approvalChallenge({ ...plan, digest: other.digest }, 'here', false),
    ];
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts[0]).toBe(
      `{"allowDestructive":false,"digest":"${plan.digest}","instance":"here","plan":"${plan.id}","purpose":"holdfast-approval","v":1}\n`,
    );
  });
});

describe('what waited too long', () => {
  test('expires, whether it waited for a decision or for its use; nothing else does', async () => {
    const [house, plan] = await waiting();
    await using _ = house;
    const granted = house.approved(await house.made(aDraft([scale('web', 3)])));
    house.gate.clock.at = granted.grant.expiresAt - 1;
    expect(expireDue(house.gate)).toEqual([]);
    house.gate.clock.at += 1;
    expect(expireDue(house.gate).map(({ id }) => id)).toEqual([granted.id]);
    house.gate.clock.at = plan.sealed.expiresAt;
    expect(expireDue(house.gate).map(({ id, status }) => [id, status])).toEqual([[plan.id, 'expired']]);
    expect(expireDue(house.gate)).toEqual([]);
  });
});
