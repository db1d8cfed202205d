import { describe, expect, test } from 'vitest';
import { hookedCatalog, type Hook } from '../../../support/gate/hooked-catalog.ts';
import { endOf, kubernetesHouse, type KubernetesHouse } from '../../../support/kubernetes/gate-house.ts';
import { autoscaler, budget, deployment } from '../../../support/kubernetes/writable-world.ts';
import { quotaDenies, storageAway } from '../../../support/kubernetes/writable.ts';

const SCALE = 'kubernetes/scale-workload';
const TO_TWO = { namespace: 'prod', name: 'web', replicas: 2 };

function replicasOf({ api }: KubernetesHouse): unknown {
  return (api.object('Deployment', 'web', 'prod')?.['spec'] as { replicas?: number } | undefined)?.replicas;
}

test('goes through the whole gate: the server tries it, it is approved, applied, verified and undone', async () => {
  await using house = await kubernetesHouse([deployment('web'), budget('web', 1)]);
  const plan = await house.made(SCALE, TO_TWO);
  expect(plan.status).toBe('queued');
  expect(replicasOf(house), 'a dry run leaves it').toBe(4);
  expect(plan.sealed.target).toMatchObject({ provider: 'kubernetes', name: 'applier' });
  expect(plan.sealed.steps[0]).toMatchObject({
    resource: `kubernetes:${plan.sealed.target.id}/deployment/prod/web`,
    name: 'deployment/web',
    summary: 'Scale web from 4 to 2 replicas',
    before: { rests: { replicas: 4, autoscaler: null, owner: null, deleting: false } },
    after: { fields: { replicas: 2 } },
    preview: { by: 'server', diff: ['-spec.replicas: 4', '+spec.replicas: 2'] },
    destructive: false,
    dependents: ['PodDisruptionBudget prod/web limits how many of its pods may be away'],
    undo: { possible: true, words: 'scale to 4 (recorded)' },
  });
  house.approved(plan);
  const done = (await house.pursued(plan)).plan;
  expect(endOf(done)).toBe('verified');
  expect(replicasOf(house)).toBe(2);
  expect(house.api.writes()).toEqual([{ verb: 'patch', object: 'Deployment/scale prod/web' }]);

  expect(endOf(await house.undone(done))).toBe('verified');
  expect(replicasOf(house)).toBe(4);
});

test('to nought is read from a spec without replicas, and is a high risk', async () => {
  await using house = await kubernetesHouse([deployment('web')]);
  const plan = await house.made(SCALE, { ...TO_TWO, replicas: 0 });
  expect(plan.sealed.steps[0]).toMatchObject({ after: { fields: { replicas: 0 } }, risk: { level: 'high' } });
  house.approved(plan);
  expect(endOf((await house.pursued(plan)).plan)).toBe('verified');
  expect(replicasOf(house)).toBe(0);
});

test('is a noop where there are so many already, and nothing is written', async () => {
  await using house = await kubernetesHouse([deployment('web')]);
  expect((await house.made(SCALE, { ...TO_TWO, replicas: 4 })).status).toBe('noop');
  expect(house.api.writes()).toEqual([]);
});

describe('an autoscaler that would set it back', () => {
  test('makes the draft invalid', async () => {
    await using house = await kubernetesHouse([deployment('web'), autoscaler('web', 'web')]);
    expect(await house.refusal(SCALE, TO_TWO)).toBe('AUTOSCALED');
  });

  test('is a risk where it is said that this is meant', async () => {
    await using house = await kubernetesHouse([deployment('web'), autoscaler('web', 'web')]);
    const plan = await house.made(SCALE, { ...TO_TWO, despiteAutoscaler: 'true' });
    expect(plan.sealed.risk).toMatchObject({ level: 'medium', reasons: ['the autoscaler web may set it back'] });
  });

  test('of another workload is none', async () => {
    await using house = await kubernetesHouse([deployment('web'), autoscaler('api', 'api')]);
    expect((await house.made(SCALE, TO_TWO)).status).toBe('queued');
  });

  test('that came since makes the plan stale', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.put(autoscaler('web', 'web'));
    expect(endOf((await house.pursued(plan)).plan)).toBe('stale');
  });

  test('which may not be seen is said, and refuses nothing', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    house.api.deny({ user: 'applier', resources: ['horizontalpodautoscalers.autoscaling'] });
    const { sealed } = await house.made(SCALE, TO_TWO);
    expect(sealed.risk.reasons).toContain('whether an autoscaler sets its replicas is not known');
  });
});

test('a ReplicaSet of a Deployment is not scaled: the Deployment would set it back', async () => {
  await using house = await kubernetesHouse([deployment('web')]);
  const name = house.api.reading.answer({ method: 'GET', path: '/apis/apps/v1/namespaces/prod/replicasets' }).body;
  const [replicaSet] = (JSON.parse(name) as { items: { metadata: { name: string } }[] }).items;
  expect(await house.refusal(SCALE, { ...TO_TWO, kind: 'ReplicaSet', name: replicaSet?.metadata.name ?? '' })).toBe(
    'OWNED',
  );
});

test('what is not there, or is being deleted, is refused when it is sealed', async () => {
  await using house = await kubernetesHouse([
    deployment('web', { metadata: { deletionTimestamp: '2026-11-20T16:00:00Z' } }),
  ]);
  expect(await house.refusal(SCALE, { ...TO_TWO, name: 'nope' })).toBe('NOT_FOUND');
  expect(await house.refusal(SCALE, TO_TWO)).toBe('BEING_DELETED');
  expect(await house.refusal(SCALE, { ...TO_TWO, replicas: -1 })).toBe('PARAMS_INVALID');
  expect(await house.refusal(SCALE, { ...TO_TWO, name: '../../../../api/v1/nodes' })).toBe('PARAMS_INVALID');
});

test('what the API server refuses in the dry run makes the draft invalid, with its words', async () => {
  await using house = await kubernetesHouse([deployment('web')]);
  house.api.denyWrite('ops-reader', 'patch deployments/scale');
  expect(await house.refusalWords(SCALE, TO_TWO)).toBe(
    'May not: deployments.apps "web" is forbidden: User "ops-reader" cannot patch resource "deployments/scale" in API group "apps" in the namespace "prod". This rule allows it: {apiGroups: ["apps"], resources: ["deployments/scale"], verbs: ["patch"]}.',
  );
});

describe('when it is applied', () => {
  test('a replica count that somebody changed since makes it stale', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.edit('Deployment', 'web', 'prod', { spec: { replicas: 6 } });
    expect(endOf((await house.pursued(plan)).plan)).toBe('stale');
    expect(house.api.writes()).toEqual([]);
  });

  test('an object made anew under its name makes it stale', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.remove('Deployment', 'web', 'prod');
    house.api.put(deployment('web'));
    expect(endOf((await house.pursued(plan)).plan)).toBe('stale');
  });

  test('a status that moves by itself does not', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.edit('Deployment', 'web', 'prod', { status: { readyReplicas: 3 } });
    expect(endOf((await house.pursued(plan)).plan)).toBe('verified');
  });

  test('a change after the last look is a conflict of the server, and nothing is done', async () => {
    const at: { hook: Hook } = { hook: () => undefined };
    await using house = await kubernetesHouse([deployment('web')], {
      catalog: (real) => hookedCatalog(real, (when, method) => at.hook(when, method)),
    });
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    at.hook = (when, method) => {
      if (when === 'before' && method === 'apply')
        house.api.edit('Deployment', 'web', 'prod', { metadata: { labels: { touched: 'yes' } } });
    };
    expect(endOf((await house.pursued(plan)).plan)).toBe('failed moved MOVED');
    expect(replicasOf(house)).toBe(4);
  });

  test('a right that was taken away is denied', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.denyWrite('applier', 'patch deployments/scale');
    expect(endOf((await house.pursued(plan)).plan)).toBe('failed denied FORBIDDEN');
  });

  test('a 403 that is no missing right has failed, and the words say what it was', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.admit(() => quotaDenies('web'));
    const done = (await house.pursued(plan)).plan;
    expect(endOf(done)).toBe('failed failed ADMISSION_DENIED');
    expect(JSON.stringify(done)).toContain('exceeded quota: small');
  });
});

/** A house in which something happens between the write and the reading of what came of it. */
async function houseWith(between: (house: KubernetesHouse) => void): Promise<KubernetesHouse> {
  const at: { hook: Hook } = { hook: () => undefined };
  const house = await kubernetesHouse([deployment('web')], {
    catalog: (real) => hookedCatalog(real, (when, method) => at.hook(when, method)),
  });
  at.hook = (when, method) => {
    if (when === 'after' && method === 'apply') between(house);
  };
  return house;
}

describe('a write of which nobody can say what came of it', () => {
  test('but which was taken, is found by reading, and never sent again', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.fault({ kind: 'cut', applied: true });
    expect(endOf((await house.pursued(plan)).plan)).toBe('verified');
    expect(house.api.writes()).toHaveLength(1);
  });

  test('and which was lost, has failed, and is not sent again either', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.fault({ kind: 'cut', applied: false });
    expect(endOf((await house.pursued(plan)).plan)).toBe('failed failed ECONNRESET');
    expect((await house.pursued(plan)).plan.status).toBe('failed');
    expect(house.api.writes()).toEqual([]);
  });

  test('as of a store that does not answer, which does not say that it was not done', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.fault({ kind: 'answer', answer: storageAway() });
    expect(endOf((await house.pursued(plan)).plan)).toBe('failed failed HTTP_500');
  });

  test('stays unknown while it can not be read', async () => {
    await using house = await houseWith(({ api }) => api.deny({ user: 'applier', resources: ['deployments.apps'] }));
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.fault({ kind: 'cut', applied: true });
    expect(endOf((await house.pursued(plan)).plan)).toBe('unknown FORBIDDEN');
    house.api.deny(null);
    expect(endOf((await house.pursued(plan)).plan)).toBe('verified');
    expect(house.api.writes()).toHaveLength(1);
  });

  test('while somebody else set the same: that is not taken for ours', async () => {
    await using house = await houseWith(({ api }) => api.edit('Deployment', 'web', 'prod', { spec: { replicas: 2 } }));
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.fault({ kind: 'cut', applied: false });
    expect(endOf((await house.pursued(plan)).plan)).toBe('failed failed ECONNRESET');
  });

  test('while somebody set another count: a part, which nobody begins anew by itself', async () => {
    await using house = await houseWith(({ api }) => api.edit('Deployment', 'web', 'prod', { spec: { replicas: 7 } }));
    const plan = await house.made(SCALE, TO_TWO);
    house.approved(plan);
    house.api.fault({ kind: 'cut', applied: true });
    expect(endOf((await house.pursued(plan)).plan)).toBe('partial NEITHER');
  });
});

test('a kubeconfig that leads to another cluster makes it stale, whatever the context is called', async () => {
  await using house = await kubernetesHouse([deployment('web')]);
  await using other = await kubernetesHouse([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'another-cluster' } },
    deployment('web'),
  ]);
  const plan = await house.made(SCALE, TO_TWO);
  house.approved(plan);
  const { pursue } = await import('../../../../src/maker/pursue.ts');
  const switched = await pursue(plan.id, {
    ...house.gate,
    readerOf: other.gate.readerOf,
    provider: other.gate.provider,
  });
  expect(switched.plan).toMatchObject({ status: 'stale' });
  expect(other.api.writes()).toEqual([]);
});

test('a kubeconfig that is switched right before the write: the writer asks who it is, and writes nothing', async () => {
  await using house = await kubernetesHouse([deployment('web')]);
  await using other = await kubernetesHouse([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'another-cluster' } },
    deployment('web'),
  ]);
  const plan = await house.made(SCALE, TO_TWO);
  house.approved(plan);
  const { pursue } = await import('../../../../src/maker/pursue.ts');
  const switched = await pursue(plan.id, { ...house.gate, provider: other.gate.provider });
  expect(endOf(switched.plan)).toBe('failed moved CLUSTER_SWITCHED');
  expect(other.api.writes()).toEqual([]);
});
