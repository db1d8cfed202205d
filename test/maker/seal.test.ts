import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Action, ActionCatalog, StepDraft } from '../../src/domain/action.ts';
import { canonicalJson } from '../../src/domain/canonical-json.ts';
import { CodedError } from '../../src/domain/coded-error.ts';
import { digestOf } from '../../src/domain/digest.ts';
import { seen, unknown } from '../../src/domain/failure.ts';
import { resourceId } from '../../src/domain/resource-id.ts';
import { seal, type Sealed } from '../../src/maker/seal.ts';
import { openGate, TUESDAY } from '../support/gate/deps.ts';
import { aDraft, create, gateHouse, NIGHTLY, remove, scale, type GateHouse } from '../support/gate/house.ts';

async function house(): Promise<GateHouse> {
  const made = await gateHouse();
  made.fake.cluster.seed('web', 4);
  return made;
}

function bodyOf(sealed: Sealed): Extract<Sealed, { status: 'sealed' }>['body'] {
  if (sealed.status === 'invalid') throw new Error(JSON.stringify(sealed.failure));
  return sealed.body;
}

function failureOf(sealed: Sealed): string {
  if (sealed.status === 'sealed') throw new Error('it was sealed');
  return `${sealed.step ?? 'plan'} ${sealed.failure.code}: ${sealed.failure.message}`;
}

describe('what is sealed', () => {
  test('is canonical, covered by its digest whole, and says what was read', async () => {
    await using at = await house();
    const body = bodyOf(await seal(aDraft([scale('web', 2)]), at.gate));
    expect(canonicalJson(JSON.parse(body.bytes))).toBe(body.bytes);
    expect(body.digest).toBe(digestOf('plan', JSON.parse(body.bytes)));
    expect(body.sealed).toMatchObject({
      title: 'Scale web from 4 to 2 replicas',
      target: { provider: 'fake', id: at.fake.cluster.uid },
      createdAt: TUESDAY,
      supersedes: null,
      destructive: false,
      cost: { amount: null },
      steps: [
        {
          id: 's1',
          action: 'fake/scale-deployment@1',
          params: { name: 'web', namespace: 'prod', replicas: 2 },
          before: { identity: { uid: at.fake.cluster.get('web')?.uid }, rests: { replicas: 4 } },
          after: { fields: { replicas: 2 } },
          preview: { by: 'server' },
        },
      ],
    });
  });

  test('holds no version that every update moves, and writes nothing at the target', async () => {
    await using at = await house();
    const { bytes } = bodyOf(await seal(aDraft([scale('web', 2)]), at.gate));
    // As a value of its own: its few digits may stand in a nonce or an instant by chance.
    const version = String(at.fake.cluster.get('web')?.resourceVersion);
    expect(bytes).not.toMatch(new RegExp(`[:,[]"?${version}"?[,}\\]]`));
    expect(bytes).not.toContain('resourceVersion');
    expect(at.fake.writes()).toEqual([]);
  });

  test('never shares a digest with another plan, though it wants the very same; their intent is the same', async () => {
    await using at = await house();
    const draft = aDraft([scale('web', 2)]);
    const [one, two] = [bodyOf(await seal(draft, at.gate)), bodyOf(await seal(draft, at.gate))];
    expect(one.digest).not.toBe(two.digest);
    expect(one.sealed.nonce).not.toBe(two.sealed.nonce);
    expect(one.intent).toBe(two.intent);
    const other = bodyOf(await seal(aDraft([scale('web', 3)]), at.gate));
    expect(other.intent).not.toBe(one.intent);
    const byRunbook = bodyOf(
      await seal(aDraft([scale('web', 2)], { origin: { actor: NIGHTLY, findings: [] } }), at.gate),
    );
    expect(byRunbook.intent).not.toBe(one.intent);
  });

  test('is a noop only when every step is one', async () => {
    await using at = await house();
    at.fake.cluster.seed('api', 1);
    expect(await seal(aDraft([scale('web', 4)]), at.gate)).toMatchObject({ noop: true });
    expect(await seal(aDraft([scale('web', 4), scale('api', 2)]), at.gate)).toMatchObject({ noop: false });
  });

  test('of several steps has the sum of the costs, the highest risk, and is destructive when one step is', async () => {
    await using at = await gateHouse({ actions: { pricePerReplica: 31 } });
    at.fake.cluster.seed('web', 4);
    at.fake.cluster.seed('api', 2);
    const { sealed } = bodyOf(await seal(aDraft([scale('web', 2), remove('api')]), at.gate));
    expect(sealed).toMatchObject({ cost: { amount: -124 }, risk: { level: 'high' }, destructive: true });
    expect(sealed.title).toBe('Scale web from 4 to 2 replicas, and 1 more step');
  });
});

describe('a draft that is invalid', () => {
  test.for<[string, readonly StepDraft[], RegExp]>([
    ['without a step', [], /^plan PLAN_EMPTY/],
    ['of an action that there is not', [{ action: 'fake/run-shell', params: {} }], /^s1 ACTION_UNKNOWN: .*run-shell/],
    ['of a version that there is not', [{ action: 'fake/scale-deployment@9', params: {} }], /^s1 ACTION_UNKNOWN/],
    ['with an unknown parameter', [scale('web', 2, { force: true })], /^s1 PARAMS_INVALID: .*force/],
    ['with a parameter of another type', [scale('web', 2, { namespace: 7 })], /^s1 PARAMS_INVALID: .*namespace/],
    [
      'with a number that is none',
      [{ action: 'fake/scale-deployment', params: { name: 'web', replicas: 'many' } }],
      /^s1 PARAMS_INVALID: .*replicas/,
    ],
    ['for what is not there', [scale('web', 2), scale('gone', 2)], /^s2 NOT_FOUND/],
    ['for what the server would refuse', [scale('web', -1)], /^s1 HTTP_422/],
    ['to create what is there', [create('web', 1)], /^s1 ALREADY_EXISTS/],
    [
      'with two steps on one resource',
      [scale('web', 2), remove('web')],
      /^plan PLAN_STEPS_COLLIDE: Two steps change k8s:.*prod\/web/,
    ],
    [
      'with a lone surrogate',
      [scale('web', 2, { namespace: '\u{d800}' })],
      /^plan CANONICAL_JSON_REFUSED: .*surrogate/,
    ],
  ])('%s is not sealed, and says why', async ([, steps, why]) => {
    await using at = await house();
    expect(failureOf(await seal(aDraft(steps), at.gate))).toMatch(why);
    expect(at.fake.writes()).toEqual([]);
  });

  test('whose words hold a lone surrogate is refused, not thrown', async () => {
    await using at = await house();
    const sealed = await seal(aDraft([scale('web', 2)], { why: 'because \u{dc00}' }), at.gate);
    expect(failureOf(sealed)).toMatch(/^plan CANONICAL_JSON_REFUSED: .*\$\.why/);
  });

  test('whose target can not be looked at is refused with what the target said', async () => {
    await using at = await house();
    at.fake.fault('read', { kind: 'storage-away' });
    expect(failureOf(await seal(aDraft([scale('web', 2)]), at.gate))).toMatch(/^s1 HTTP_500/);
    at.fake.cluster.deny('patch', 'deployments/scale');
    expect(failureOf(await seal(aDraft([scale('web', 2)]), at.gate))).toMatch(/^s1 HTTP_403: .*forbidden/);
  });
});

/** A made-up action with real schemas; only what a test is about is said. */
function madeUp(edit: Partial<Action>): ActionCatalog {
  const action: Action = {
    id: 'fake/made-up',
    version: 1,
    title: '',
    description: '',
    params: z.looseObject({}),
    settleMs: 0,
    identify: async () =>
      seen({
        target: { provider: 'fake', id: 'cluster-a', name: 'a', details: {} },
        resource: resourceId('k8s', 'a', 'x', 'y'),
        name: 'y',
      }),
    observe: async () => seen({ identity: { uid: 'u' }, rests: { size: 1 }, shown: {}, version: null }),
    preview: async () => seen({ summary: 'do', noop: false, by: 'computed', after: { size: 2 }, shown: {}, diff: [] }),
    cost: () => ({ amount: 0, currency: 'USD', per: 'month', basis: '' }),
    risk: () => ({ level: 'low', reasons: ['none'] }),
    destructive: () => false,
    dependents: async () => seen([]),
    apply: async () => ({ status: 'done', receipt: {} }),
    verify: async () => seen({ asPromised: true, seen: [] }),
    undo: () => ({ possible: false, words: '' }),
    ...edit,
  };
  return {
    refs: ['fake/made-up@1'],
    load: async (id) => {
      if (id.startsWith('fake/made-up')) return action;
      throw new CodedError('NOT_FOUND', `There is no action "${id}".`);
    },
  };
}

const SECRET = 'ghp_0123456789abcdefghijABCDEFGHIJ456789';

async function sealMadeUp(edit: Partial<Action>, params: StepDraft['params'] = {}): Promise<Sealed> {
  const gate = openGate({ url: 'http://127.0.0.1:9', token: 'canary-token-of-nobody-5f2e9c71' });
  try {
    const deps = { ...gate, catalog: madeUp(edit), readerOf: async () => ({}) };
    return await seal(aDraft([{ action: 'fake/made-up', params }]), deps);
  } finally {
    gate.database.close();
  }
}

describe('a secret', () => {
  const observed = { identity: { uid: 'u' }, rests: { size: 1 }, shown: {}, version: null };
  const target = { provider: 'fake', id: 'a', name: 'a', details: {} };
  const who = { target, resource: resourceId('k8s', 'a', 'x', 'y'), name: 'y' };
  test.for<[string, Partial<Action>, StepDraft['params'], string]>([
    ['in a parameter', {}, { deep: { note: SECRET } }, 'params.deep.note'],
    ['under a name that condemns it', {}, { password: 'correct horse 42!' }, 'params.password'],
    ['in the name of a parameter', {}, { [SECRET]: 1 }, 'params'],
    ['in the identity', { observe: async () => seen({ ...observed, identity: { uid: SECRET } }) }, {}, 'identity.uid'],
    ['in a field decided on', { observe: async () => seen({ ...observed, rests: { a: SECRET } }) }, {}, 'rests.a'],
    ['in the name', { identify: async () => seen({ ...who, name: SECRET }) }, {}, 'name'],
    [
      'in what identifies the target',
      { identify: async () => seen({ ...who, target: { ...target, details: { url: `https://u:${SECRET}@h/` } } }) },
      {},
      'target.details.url',
    ],
    [
      'in what is to be',
      {
        preview: async () =>
          seen({ summary: '', noop: false, by: 'computed', after: { env: SECRET }, shown: {}, diff: [] }),
      },
      {},
      'after.env',
    ],
  ])('%s is refused: its path is named, its value is not', async ([, edit, params, path]) => {
    const why = failureOf(await sealMadeUp(edit, params));
    expect(why).toContain(`s1 PLAN_HOLDS_SECRET: fake/made-up: ${path} looks like a secret`);
    expect(why).not.toContain(SECRET);
    expect(why).not.toContain('correct horse');
  });

  test('in words for people is replaced, and the plan is sealed', async () => {
    const { sealed, bytes } = bodyOf(
      await sealMadeUp({
        observe: async () => seen({ ...observed, shown: { Env: SECRET } }),
        preview: async () =>
          seen({
            summary: `set ${SECRET}`,
            noop: false,
            by: 'computed',
            after: {},
            shown: { Env: SECRET },
            diff: [`+${SECRET}`],
          }),
        dependents: async () => seen([`app ${SECRET}`]),
        risk: () => ({ level: 'low', reasons: [`was ${SECRET}`] }),
        cost: () => ({ amount: null, currency: 'USD', per: 'month', basis: SECRET }),
        undo: () => ({ possible: false, words: SECRET }),
      }),
    );
    expect(bytes).not.toContain(SECRET);
    expect(sealed.steps[0]?.summary).toMatch(/^set \[secret:/);
  });

  test('in the words of a refusal is replaced too, and what could steer a terminal is written out', async () => {
    const why = failureOf(await sealMadeUp({ observe: async () => unknown('NO', `\u{1b}[2J with ${SECRET}`) }));
    expect(why).toMatch(/^s1 NO: \\u\{1b\}\[2J with \[secret:/);
  });
});

describe('an action that is wrong', () => {
  test.for<[string, number]>([
    ['NaN', Number.NaN],
    ['endless', Number.POSITIVE_INFINITY],
  ])('and reckons a cost of %s seals nothing: it is neither nought nor unknown', async ([, amount]) => {
    const sealed = await sealMadeUp({ cost: () => ({ amount, currency: 'USD', per: 'month', basis: '' }) });
    expect(failureOf(sealed)).toMatch(/^plan CANONICAL_JSON_REFUSED: .*number (NaN|Infinity).*cost\.amount/);
  });

  test('and fixes parameters that do not parse to themselves is a defect, and is said to be', async () => {
    const params = z.looseObject({
      before: z
        .number()
        .transform((n) => n + 1)
        .optional(),
    });
    const sealing = sealMadeUp({ params, fix: (given) => ({ ...Object(given), before: 1 }) });
    await expect(sealing).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  test('or rather right: what it fixes is fixed to the instant that the plan bears', async () => {
    const fix: Action['fix'] = (given, { clock }) => ({ ...Object(given), before: clock.now() - 1_000 });
    const { sealed } = bodyOf(await sealMadeUp({ fix }));
    expect(sealed.steps[0]?.params).toEqual({ before: sealed.createdAt - 1_000 });
  });
});

test('steps on two targets are no one plan', async () => {
  let asked = 0;
  const gate = openGate({ url: 'http://127.0.0.1:9', token: 'canary-token-of-nobody-5f2e9c71' });
  const identify: Action['identify'] = async () => {
    asked += 1;
    const target = { provider: 'fake', id: `cluster-${asked}`, name: 'same name', details: {} };
    return seen({ target, resource: resourceId('k8s', `${asked}`, 'x', 'y'), name: 'y' });
  };
  const deps = { ...gate, catalog: madeUp({ identify }), readerOf: async () => ({}) };
  const step = { action: 'fake/made-up', params: {} };
  expect(failureOf(await seal(aDraft([step, step]), deps))).toMatch(
    /^plan PLAN_TARGETS_DIFFER: .*fake:cluster-1, fake:cluster-2/,
  );
  gate.database.close();
});
