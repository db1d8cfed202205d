import { describe, expect, test } from 'vitest';
import type { Action, StepInHand, StepOutcome, WriteContext } from '../../../src/domain/action.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { codeOfAsync } from '../errors.ts';
import { fakeCatalog, fakeReaders } from './actions.ts';
import { fakeProvider, type FakeAddress, type FakeProvider } from './server.ts';

const clock = { now: () => 0, monotonic: () => 0 };

function contextOf(signal = new AbortController().signal): WriteContext {
  return {
    clock,
    signal,
    settings: { host: { pruneRoots: [], keepOut: [], units: [], commands: {} } },
    provider: { clock, env: {}, home: '/nowhere', platform: 'linux', instance: 'test', learn: () => undefined },
  };
}

/** What a gate does with a step, without a gate: everything is read, and the step is in hand. */
async function inHand(fake: FakeAddress, id: string, given: JsonObject): Promise<[Action, StepInHand<unknown>]> {
  const action = await fakeCatalog(fake).load(id);
  const parsed = action.params.safeParse(given);
  if (!parsed.success) throw new Error(parsed.error.issues.map(({ message }) => message).join());
  const params = parsed.data;
  const reader = await fakeReaders(fake).of('fake');
  const context = contextOf();
  const identified = value(await action.identify(reader, params, context));
  const observed = value(await action.observe(reader, params, context));
  const preview = value(await action.preview(reader, params, observed, context));
  const { version: _, ...before } = observed;
  const step: StepInHand<unknown> = {
    params,
    observed,
    idempotencyKey: 'step-1',
    sealed: {
      id: 's1',
      action: `${action.id}@${action.version}`,
      params: given,
      resource: identified.resource,
      name: identified.name,
      summary: preview.summary,
      before,
      after: { fields: preview.after, shown: preview.shown },
      preview: { by: preview.by, diff: preview.diff },
      cost: action.cost(params, { observed, preview }, context.settings),
      risk: action.risk(params, { observed, preview }),
      destructive: action.destructive(params, { observed, preview }),
      dependents: value(await action.dependents(reader, params, observed, context)),
      undo: { possible: true, words: '' },
    },
  };
  return [action, step];
}

function value<Value>(looked: { status: 'seen'; value: Value } | { status: 'unknown'; failure: unknown }): Value {
  if (looked.status === 'unknown') throw new Error(JSON.stringify(looked.failure));
  return looked.value;
}

async function applied(
  fake: FakeProvider,
  id: string,
  params: JsonObject,
  meanwhile: () => void = () => undefined,
): Promise<StepOutcome> {
  const [action, step] = await inHand(fake, id, params);
  meanwhile();
  return action.apply(step, contextOf());
}

const SCALE = 'fake/scale-deployment';

describe('an action on the fake', () => {
  test('scales, is seen to have, and leaves one write in the log with its idempotency key', async () => {
    await using fake = await fakeProvider();
    const uid = fake.cluster.seed('web', 4);
    const [action, step] = await inHand(fake, SCALE, { name: 'web', replicas: 2 });
    expect(fake.writes()).toEqual([]);
    expect(await action.apply(step, contextOf())).toEqual({ status: 'done', receipt: { uid, replicas: 2 } });
    expect(fake.writes()).toMatchObject([{ number: 1, verb: 'patch', uid, replicas: 2, auditId: 'step-1' }]);
    const reader = await fakeReaders(fake).of('fake');
    const receipt = { uid, replicas: 2 };
    expect(value(await action.verify(reader, { ...step, receipt }, contextOf())).asPromised).toBe(true);
    fake.cluster.setReplicas('web', 7);
    expect(value(await action.verify(reader, { ...step, receipt }, contextOf())).asPromised).toBe(false);
  });

  test('creates where nothing is, and deletes that very object', async () => {
    await using fake = await fakeProvider();
    expect(await applied(fake, 'fake/create-deployment', { name: 'new', replicas: 1 })).toMatchObject({
      status: 'done',
    });
    expect(await applied(fake, 'fake/delete-deployment', { name: 'new' })).toMatchObject({ status: 'done' });
    expect(fake.writes().map(({ verb }) => verb)).toEqual(['create', 'delete']);
    expect(fake.cluster.get('new')).toBeNull();
  });

  test.for<[string, (fake: FakeProvider) => void]>([
    ['scaled by somebody', (fake) => fake.cluster.setReplicas('web', 9)],
    ['as it was but for its status', (fake) => fake.cluster.moveStatus('web')],
    ['made anew', (fake) => void fake.cluster.recreate('web')],
    ['gone', (fake) => fake.cluster.remove('web')],
  ])('is refused as moved when, after the last look, the object is %s', async ([, meanwhile]) => {
    for (const id of [SCALE, 'fake/delete-deployment']) {
      await using fake = await fakeProvider();
      fake.cluster.seed('web', 4);
      const params: JsonObject = id === SCALE ? { name: 'web', replicas: 2 } : { name: 'web' };
      const moved = (): void => meanwhile(fake);
      const outcome = await applied(fake, id, params, moved);
      expect(outcome).toMatchObject({ status: 'refused', because: 'moved' });
      expect(fake.writes()).toEqual([]);
    }
  });

  test('a creation is refused as moved when somebody was first, and is not taken for ours', async () => {
    await using fake = await fakeProvider();
    const [action, step] = await inHand(fake, 'fake/create-deployment', { name: 'web', replicas: 1 });
    fake.cluster.seed('web', 1);
    expect(await action.apply(step, contextOf())).toMatchObject({ status: 'refused', because: 'moved' });
    const reader = await fakeReaders(fake).of('fake');
    expect(await action.reconcile?.(reader, step, contextOf())).toEqual({
      status: 'seen',
      value: { status: 'not-done' },
    });
  });

  test('a creation whose answer was lost is found again by its step', async () => {
    await using fake = await fakeProvider();
    const [action, step] = await inHand(fake, 'fake/create-deployment', { name: 'web', replicas: 1 });
    fake.fault('write', { kind: 'cut', applied: true });
    expect(await action.apply(step, contextOf())).toMatchObject({ status: 'unknown' });
    const reader = await fakeReaders(fake).of('fake');
    expect(await action.reconcile?.(reader, step, contextOf())).toMatchObject({ value: { status: 'done' } });
  });

  test('a right that is missing is a denial', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 4);
    const outcome = await applied(fake, SCALE, { name: 'web', replicas: 2 }, () =>
      fake.cluster.deny('patch', 'deployments/scale'),
    );
    expect(outcome).toMatchObject({ status: 'refused', because: 'denied', failure: { code: 'HTTP_403' } });
  });

  test.for([
    [{ kind: 'half', applied: true }, 1],
    [{ kind: 'half', applied: false }, 0],
    [{ kind: 'cut', applied: true }, 1],
    [{ kind: 'cut', applied: false }, 0],
    [{ kind: 'storage-away' }, 0],
  ] as const)('nobody knows after %j', async ([fault, writes]) => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 4);
    fake.fault('write', fault);
    expect(await applied(fake, SCALE, { name: 'web', replicas: 2 })).toMatchObject({ status: 'unknown' });
    expect(fake.writes()).toHaveLength(writes);
  });

  test.for([true, false])('one that is given up while nobody answers is unknown (applied: %s)', async (takes) => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 4);
    fake.fault('write', { kind: 'silence', applied: takes });
    const [action, step] = await inHand(fake, SCALE, { name: 'web', replicas: 2 });
    const giveUp = new AbortController();
    const outcome = action.apply(step, contextOf(giveUp.signal));
    await fake.arrival('write');
    giveUp.abort();
    expect(await outcome).toMatchObject({ status: 'unknown' });
    expect(fake.writes()).toHaveLength(takes ? 1 : 0);
  });

  test('a slow answer holds the write back until it is let go', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 4);
    const gate = Promise.withResolvers<void>();
    fake.fault('write', { kind: 'slow', until: gate.promise });
    const outcome = applied(fake, SCALE, { name: 'web', replicas: 2 });
    await fake.arrival('write');
    expect(fake.writes()).toEqual([]);
    gate.resolve();
    expect(await outcome).toMatchObject({ status: 'done' });
    expect(fake.writes()).toHaveLength(1);
  });

  test('a refusal by the dry run makes no preview, and no write', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 4);
    fake.cluster.admit({ policy: 'freeze', why: 'no changes on Fridays' });
    await expect(inHand(fake, SCALE, { name: 'web', replicas: 2 })).rejects.toThrow('no changes on Fridays');
    await expect(inHand(fake, SCALE, { name: 'absent', replicas: 2 })).rejects.toThrow('There is no deployment');
    expect(fake.writes()).toEqual([]);
  });

  test('a status that never rests moves the version and not what is rested on', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 4);
    fake.cluster.restless('before-reads');
    const first = (await inHand(fake, SCALE, { name: 'web', replicas: 2 }))[1].observed;
    const [action, step] = await inHand(fake, SCALE, { name: 'web', replicas: 2 });
    expect(step.observed.version).not.toBe(first.version);
    expect({ ...step.observed, version: null }).toEqual({ ...first, version: null });
    expect(await action.apply(step, contextOf())).toMatchObject({ status: 'done' });
    fake.cluster.restless('after-reads');
    expect(await applied(fake, SCALE, { name: 'web', replicas: 3 })).toMatchObject({ because: 'moved' });
  });

  test('is loaded by its id, or by its version if that is the current one', async () => {
    await using fake = await fakeProvider();
    const catalog = fakeCatalog(fake, { version: 2 });
    expect(catalog.refs).toContain('fake/scale-deployment@2');
    expect((await catalog.load('fake/scale-deployment@2')).version).toBe(2);
    expect(await codeOfAsync(() => catalog.load('fake/scale-deployment@1'))).toBe('NOT_FOUND');
  });
});

test('what the fake has no answer for is an error, loudly', async () => {
  const fake = await fakeProvider();
  const answer = await fetch(`${fake.url}/api/v1/secrets`, { headers: { authorization: `Bearer ${fake.token}` } });
  expect(answer.status).toBe(500);
  await expect(fake[Symbol.asyncDispose]()).rejects.toThrow('GET /api/v1/secrets');
});
