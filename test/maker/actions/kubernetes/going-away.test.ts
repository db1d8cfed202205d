import { describe, expect, test } from 'vitest';
import { hookedCatalog, type Hook } from '../../../support/gate/hooked-catalog.ts';
import { endOf, kubernetesHouse } from '../../../support/kubernetes/gate-house.ts';
import { budget, cronJob, deployment, node, pod } from '../../../support/kubernetes/writable-world.ts';

const EVICT = 'kubernetes/evict-pod';
const DELETE = 'kubernetes/delete-resource';
const DRAIN = 'kubernetes/drain-node';
const POD = { namespace: 'prod', name: 'web-1-a' };
const NODE = { name: 'node-a' };

function hooks(): { hook: Hook } {
  return { hook: () => undefined };
}

describe('evict-pod', () => {
  test('asks for the eviction of exactly that pod, once, and sees that it is gone', async () => {
    await using house = await kubernetesHouse([pod('web-1-a'), budget('web', 1)]);
    const plan = await house.made(EVICT, POD);
    expect(plan.sealed.steps[0]).toMatchObject({
      before: { rests: { controller: 'ReplicaSet web-1', node: 'node-a', emptyDirs: 0 } },
      risk: { level: 'low', reasons: ['its disruption budgets allow it now: web allows 1 more away'] },
      destructive: false,
      undo: { possible: false },
    });
    house.approved(plan);
    expect(endOf((await house.pursued(plan)).plan)).toBe('verified');
    expect(house.api.writes()).toEqual([{ verb: 'evict', object: 'Pod/eviction prod/web-1-a' }]);
    expect(house.api.object('Pod', 'web-1-a', 'prod')).toBeNull();
  });

  test('that a budget forbids is invalid, in the words of the budget', async () => {
    await using house = await kubernetesHouse([pod('web-1-a'), budget('web', 0)]);
    expect(await house.refusal(EVICT, POD)).toBe('BUDGET_FORBIDS');
    expect(await house.refusalWords(EVICT, POD)).toContain('The disruption budget web needs 3 healthy pods');
  });

  test('that a budget forbids by the time it is applied is denied, and nothing is done', async () => {
    await using house = await kubernetesHouse([pod('web-1-a'), budget('web', 1)]);
    const plan = await house.made(EVICT, POD);
    house.approved(plan);
    house.api.put(budget('web', 0));
    expect(endOf((await house.pursued(plan)).plan)).toBe('failed denied BUDGET_FORBIDS');
    expect(house.api.object('Pod', 'web-1-a', 'prod')).not.toBeNull();
  });

  test('never means a pod that took its name, not even right before the call', async () => {
    const at = hooks();
    await using house = await kubernetesHouse([pod('web-1-a')], {
      catalog: (real) => hookedCatalog(real, (when, method) => at.hook(when, method)),
    });
    const plan = await house.made(EVICT, POD);
    house.approved(plan);
    at.hook = (when, method) => {
      if (when !== 'before' || method !== 'apply') return;
      house.api.remove('Pod', 'web-1-a', 'prod');
      house.api.put(pod('web-1-a'));
    };
    expect(endOf((await house.pursued(plan)).plan)).toBe('failed moved MOVED');
    expect(house.api.writes()).toEqual([]);
  });

  test.each([
    [
      'nobody makes another one',
      pod('web-1-a', { metadata: { ownerReferences: [] } }),
      'nobody makes another one in its place',
    ],
    [
      'it has an emptyDir',
      pod('web-1-a', { spec: { volumes: [{ name: 'tmp', emptyDir: {} }] } }),
      'what its 1 emptyDir volume holds is gone with it',
    ],
  ])('destroys where %s', async (_name, object, reason) => {
    await using house = await kubernetesHouse([object]);
    expect((await house.made(EVICT, POD)).sealed).toMatchObject({
      destructive: true,
      risk: { level: 'high', reasons: [reason] },
    });
  });

  test.each([
    ['STATIC_POD', pod('web-1-a', { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } })],
    ['POD_ENDED', pod('web-1-a', { status: { phase: 'Succeeded' } })],
    ['BEING_DELETED', pod('web-1-a', { metadata: { deletionTimestamp: '2026-11-20T16:00:00Z' } })],
  ])('refuses with %s', async (code, object) => {
    await using house = await kubernetesHouse([object]);
    expect(await house.refusal(EVICT, POD)).toBe(code);
  });

  test('whose answer was lost is read: gone is done, there is not done', async () => {
    for (const applied of [true, false]) {
      await using house = await kubernetesHouse([pod('web-1-a')]);
      const plan = await house.made(EVICT, POD);
      house.approved(plan);
      house.api.fault({ kind: 'cut', applied });
      expect(endOf((await house.pursued(plan)).plan)).toBe(applied ? 'verified' : 'failed failed ECONNRESET');
    }
  });

  test('without the right says which rule would allow it', async () => {
    await using house = await kubernetesHouse([pod('web-1-a')]);
    house.api.denyWrite('applier', 'create pods/eviction');
    expect(await house.refusalWords(EVICT, POD)).toContain(
      '{apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"]}',
    );
  });
});

describe('delete-resource', () => {
  const WEB = { namespace: 'prod', kind: 'Deployment', name: 'web' };

  test('destroys, says who relies on it, deletes that one, and can not be undone', async () => {
    await using house = await kubernetesHouse([deployment('web'), budget('web', 1)]);
    const plan = await house.made(DELETE, WEB);
    expect(plan.sealed).toMatchObject({ destructive: true, risk: { level: 'high' } });
    expect(plan.sealed.steps[0]?.dependents).toContain(
      'PodDisruptionBudget prod/web limits how many of its pods may be away',
    );
    house.approved(plan);
    const done = (await house.pursued(plan)).plan;
    expect(endOf(done)).toBe('verified');
    expect(house.api.writes()).toEqual([{ verb: 'delete', object: 'Deployment prod/web' }]);
    await expect(house.undone(done)).rejects.toThrow('apply its manifest again');
  });

  test('of an object with a finalizer is verified when it is on its way', async () => {
    await using house = await kubernetesHouse([deployment('web', { metadata: { finalizers: ['example.com/keep'] } })]);
    expect(await house.done(DELETE, WEB)).toMatchObject({ status: 'verified', seen: ['It is being deleted.'] });
  });

  test('of an object that was changed, or made anew, is stale', async () => {
    for (const anew of [true, false]) {
      await using house = await kubernetesHouse([cronJob('nightly')]);
      const plan = await house.made(DELETE, { ...WEB, kind: 'CronJob', name: 'nightly' });
      house.approved(plan);
      if (anew) house.api.remove('CronJob', 'nightly', 'prod');
      if (anew) house.api.put(cronJob('nightly'));
      else house.api.edit('CronJob', 'nightly', 'prod', { spec: { schedule: '0 3 * * *' } });
      expect(endOf((await house.pursued(plan)).plan)).toBe('stale');
      expect(house.api.writes()).toEqual([]);
    }
  });

  test('is held by the server to uid and version', async () => {
    const at = hooks();
    await using house = await kubernetesHouse([cronJob('nightly')], {
      catalog: (real) => hookedCatalog(real, (when, method) => at.hook(when, method)),
    });
    const plan = await house.made(DELETE, { ...WEB, kind: 'CronJob', name: 'nightly' });
    house.approved(plan);
    at.hook = (when, method) => {
      if (when === 'before' && method === 'apply')
        house.api.edit('CronJob', 'nightly', 'prod', { spec: { schedule: '0 4 * * *' } });
    };
    expect(endOf((await house.pursued(plan)).plan)).toBe('failed moved MOVED');
    expect(house.api.object('CronJob', 'nightly', 'prod')).not.toBeNull();
  });

  test.each(['Secret', 'Namespace', 'Node', 'PersistentVolumeClaim', 'ClusterRole', 'deployment'])(
    'never deletes a %s',
    async (kind) => {
      await using house = await kubernetesHouse([]);
      expect(await house.refusal(DELETE, { ...WEB, kind })).toBe('PARAMS_INVALID');
    },
  );

  test('whose answer was lost is read: gone is done, there is not done', async () => {
    for (const applied of [true, false]) {
      await using house = await kubernetesHouse([cronJob('nightly')]);
      const plan = await house.made(DELETE, { ...WEB, kind: 'CronJob', name: 'nightly' });
      house.approved(plan);
      house.api.fault({ kind: 'cut', applied });
      expect(endOf((await house.pursued(plan)).plan)).toBe(applied ? 'verified' : 'failed failed ECONNRESET');
    }
  });
});

describe('drain-node', () => {
  const daemon = pod('agent-a', {
    metadata: {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'ds-1', controller: true }],
    },
  });
  const OBJECTS = [
    node('node-a'),
    node('node-b'),
    pod('web-1-a'),
    pod('web-1-b'),
    daemon,
    pod('ended', { status: { phase: 'Succeeded' } }),
    pod('elsewhere', { spec: { nodeName: 'node-b' } }),
  ];

  test('cordons, evicts what is to be moved in order, leaves the rest, and is undone by uncordoning', async () => {
    await using house = await kubernetesHouse(OBJECTS);
    const plan = await house.made(DRAIN, NODE);
    expect(plan.sealed.steps[0]).toMatchObject({
      before: { rests: { unschedulable: false, count: 2, losing: 0 } },
      destructive: false,
      preview: {
        diff: [
          '-spec.unschedulable: false',
          '+spec.unschedulable: true',
          '-pod prod/web-1-a (ReplicaSet web-1)',
          '-pod prod/web-1-b (ReplicaSet web-1)',
        ],
      },
    });
    house.approved(plan);
    const done = (await house.pursued(plan)).plan;
    expect(endOf(done)).toBe('verified');
    expect(house.api.writes().map(({ verb, object }) => `${verb} ${object}`)).toEqual([
      'patch Node node-a',
      'evict Pod/eviction prod/web-1-a',
      'evict Pod/eviction prod/web-1-b',
    ]);
    expect(endOf(await house.undone(done))).toBe('verified');
    expect(house.api.object('Node', 'node-a')).toMatchObject({ spec: { unschedulable: false } });
  });

  test('of a node whose pods are others by now is stale', async () => {
    await using house = await kubernetesHouse(OBJECTS);
    const plan = await house.made(DRAIN, NODE);
    house.approved(plan);
    house.api.put(pod('web-1-c'));
    expect(endOf((await house.pursued(plan)).plan)).toBe('stale');
    expect(house.api.writes()).toEqual([]);
  });

  test('that a budget forbids already is invalid, and names the pod', async () => {
    await using house = await kubernetesHouse([...OBJECTS, budget('web', 0)]);
    expect(await house.refusalWords(DRAIN, NODE)).toContain(
      "prod/web-1-a can't be evicted: A disruption budget forbids it",
    );
  });

  test('that a budget stops on the way is a part: the node is cordoned, and what is left is said', async () => {
    const at = hooks();
    await using house = await kubernetesHouse(OBJECTS, {
      catalog: (real) => hookedCatalog(real, (when, method) => at.hook(when, method)),
    });
    const plan = await house.made(DRAIN, NODE);
    house.approved(plan);
    at.hook = (when, method) => {
      if (when === 'before' && method === 'apply') house.api.put(budget('web', 0));
    };
    const done = (await house.pursued(plan)).plan;
    expect(endOf(done)).toBe('partial BUDGET_FORBIDS');
    expect(JSON.stringify(done)).toContain(
      'prod/web-1-a could not be evicted, after 0 of 2 pods; the node takes no new pods.',
    );
    expect(house.api.writes()).toHaveLength(1);
  });

  test('with a pod that loses something destroys, and says which', async () => {
    await using house = await kubernetesHouse([
      ...OBJECTS,
      pod('cache', { spec: { nodeName: 'node-a', volumes: [{ name: 'c', emptyDir: {} }] } }),
    ]);
    const { sealed } = await house.made(DRAIN, NODE);
    expect(sealed).toMatchObject({
      destructive: true,
      risk: { level: 'high', reasons: ['prod/cache: what its 1 emptyDir volume holds is gone with it'] },
    });
  });

  test('of an empty node that is cordoned already is a noop', async () => {
    await using house = await kubernetesHouse([node('node-a', { unschedulable: true }), daemon]);
    expect((await house.made(DRAIN, NODE)).status).toBe('noop');
  });

  test('whose cordoning was lost is read: partly done where it was taken, failed where it was not', async () => {
    for (const applied of [true, false]) {
      await using house = await kubernetesHouse(OBJECTS);
      const plan = await house.made(DRAIN, NODE);
      house.approved(plan);
      house.api.fault({ kind: 'cut', applied });
      expect(endOf((await house.pursued(plan)).plan)).toBe(applied ? 'partial NEITHER' : 'failed failed ECONNRESET');
    }
  });
});
