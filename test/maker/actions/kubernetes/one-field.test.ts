import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../src/domain/json.ts';
import { hookedCatalog, type Hook } from '../../../support/gate/hooked-catalog.ts';
import type { StoredObject } from '../../../support/kubernetes/api.ts';
import { endOf, kubernetesHouse, type KubernetesHouse } from '../../../support/kubernetes/gate-house.ts';
import { cronJob, deployment, node } from '../../../support/kubernetes/writable-world.ts';
import { policyDenies, type WritableApi } from '../../../support/kubernetes/writable.ts';

/** An action that changes one field of one object, and what tests have to know of it. */
interface Case {
  readonly action: string;
  readonly params: JsonObject;
  readonly objects: readonly StoredObject[];
  readonly write: string;
  readonly right: string;
  readonly resource: string;
  /** The field as it is now. */
  field(api: WritableApi): unknown;
  readonly after: unknown;
  /** Somebody else changes what the decision rests on. */
  move(api: WritableApi): void;
  /** Somebody else does the very same. */
  same: ((api: WritableApi) => void) | null;
  readonly undo: boolean;
}

const IN_PROD = { namespace: 'prod' };
const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

function fieldAt(
  api: WritableApi,
  kind: 'Deployment' | 'Node' | 'CronJob',
  name: string,
  path: readonly (string | number)[],
): unknown {
  let now: unknown = api.object(kind, name, kind === 'Node' ? undefined : 'prod');
  for (const key of path) now = typeof now === 'object' && now !== null ? Reflect.get(now, key) : undefined;
  return now;
}

const CASES: readonly Case[] = [
  {
    action: 'kubernetes/restart-rollout',
    params: { ...IN_PROD, name: 'web' },
    objects: [deployment('web')],
    write: 'Deployment prod/web',
    right: 'patch deployments',
    resource: 'deployments.apps',
    field: (api) => fieldAt(api, 'Deployment', 'web', ['spec', 'template', 'metadata', 'annotations', RESTARTED]),
    after: '2026-11-24T10:00:00.000Z',
    move: (api) =>
      api.edit('Deployment', 'web', 'prod', { spec: { template: { metadata: { labels: { of: 'another' } } } } }),
    same: (api) =>
      api.edit('Deployment', 'web', 'prod', {
        spec: { template: { metadata: { annotations: { [RESTARTED]: 'now' } } } },
      }),
    undo: false,
  },
  {
    action: 'kubernetes/set-image',
    params: { ...IN_PROD, name: 'web', container: 'web', image: 'registry.lab/web:1.4.3' },
    objects: [deployment('web')],
    write: 'Deployment prod/web',
    right: 'patch deployments',
    resource: 'deployments.apps',
    field: (api) => fieldAt(api, 'Deployment', 'web', ['spec', 'template', 'spec', 'containers', 0, 'image']),
    after: 'registry.lab/web:1.4.3',
    move: (api) =>
      api.edit('Deployment', 'web', 'prod', {
        spec: { template: { spec: { containers: [{ name: 'web', image: 'x:1' }] } } },
      }),
    same: (api) =>
      api.edit('Deployment', 'web', 'prod', {
        spec: { template: { spec: { containers: [{ name: 'web', image: 'registry.lab/web:1.4.3' }] } } },
      }),
    undo: true,
  },
  {
    action: 'kubernetes/cordon-node',
    params: { name: 'node-a' },
    objects: [node('node-a'), node('node-b')],
    write: 'Node node-a',
    right: 'patch nodes',
    resource: 'nodes',
    field: (api) => fieldAt(api, 'Node', 'node-a', ['spec', 'unschedulable']) ?? false,
    after: true,
    move: (api) => {
      api.remove('Node', 'node-a');
      api.put(node('node-a'));
    },
    same: (api) => api.edit('Node', 'node-a', undefined, { spec: { unschedulable: true } }),
    undo: true,
  },
  {
    action: 'kubernetes/uncordon-node',
    params: { name: 'node-a' },
    objects: [node('node-a', { unschedulable: true })],
    write: 'Node node-a',
    right: 'patch nodes',
    resource: 'nodes',
    field: (api) => fieldAt(api, 'Node', 'node-a', ['spec', 'unschedulable']) ?? false,
    after: false,
    move: (api) => api.edit('Node', 'node-a', undefined, { spec: { unschedulable: null } }),
    // What is not there any more has no owner: it can't be told whose hand it was.
    same: null,
    undo: true,
  },
  {
    action: 'kubernetes/suspend-cronjob',
    params: { ...IN_PROD, name: 'nightly' },
    objects: [cronJob('nightly')],
    write: 'CronJob prod/nightly',
    right: 'patch cronjobs',
    resource: 'cronjobs.batch',
    field: (api) => fieldAt(api, 'CronJob', 'nightly', ['spec', 'suspend']),
    after: true,
    move: (api) => api.edit('CronJob', 'nightly', 'prod', { spec: { schedule: '0 3 * * *' } }),
    same: (api) => api.edit('CronJob', 'nightly', 'prod', { spec: { suspend: true } }),
    undo: true,
  },
  {
    action: 'kubernetes/resume-cronjob',
    params: { ...IN_PROD, name: 'nightly' },
    objects: [cronJob('nightly', { suspend: true })],
    write: 'CronJob prod/nightly',
    right: 'patch cronjobs',
    resource: 'cronjobs.batch',
    field: (api) => fieldAt(api, 'CronJob', 'nightly', ['spec', 'suspend']),
    after: false,
    move: (api) => api.edit('CronJob', 'nightly', 'prod', { spec: { suspend: false } }),
    same: (api) => api.edit('CronJob', 'nightly', 'prod', { spec: { suspend: false } }),
    undo: true,
  },
];

describe.each(CASES)(
  '$action',
  ({ action, params, objects, write, right, resource, field, after, move, same, undo }) => {
    /** A house in which something may happen around a method. */
    async function houseWith(between: Parameters<typeof hookedCatalog>[1] | null = null): Promise<KubernetesHouse> {
      return kubernetesHouse(objects, { catalog: (real) => (between === null ? real : hookedCatalog(real, between)) });
    }

    test('is tried by the server, approved, applied once, verified and, where it can be, undone', async () => {
      await using house = await houseWith();
      const before = field(house.api);
      const plan = await house.made(action, params);
      expect(plan.sealed.steps[0]).toMatchObject({
        preview: { by: 'server' },
        destructive: false,
        undo: { possible: undo },
      });
      expect(field(house.api), 'a dry run leaves it').toEqual(before);
      house.approved(plan);
      const done = (await house.pursued(plan)).plan;
      expect(endOf(done)).toBe('verified');
      expect(field(house.api)).toEqual(after);
      expect(house.api.writes()).toEqual([{ verb: 'patch', object: write }]);
      if (!undo) return;
      expect(endOf(await house.undone(done))).toBe('verified');
      expect(field(house.api)).toEqual(before);
    });

    test('is stale, and does nothing, when what it rests on was moved', async () => {
      await using house = await houseWith();
      const plan = await house.made(action, params);
      house.approved(plan);
      move(house.api);
      expect(endOf((await house.pursued(plan)).plan)).toBe('stale');
      expect(house.api.writes()).toEqual([]);
    });

    test('is refused by the server when it moved after the last look', async () => {
      const at: { hook: Hook } = { hook: () => undefined };
      await using house = await houseWith((when, method) => at.hook(when, method));
      const plan = await house.made(action, params);
      house.approved(plan);
      at.hook = (when, method) => {
        if (when === 'before' && method === 'apply') move(house.api);
      };
      expect(endOf((await house.pursued(plan)).plan)).toMatch(/^failed moved MOVED$/);
      expect(house.api.writes()).toEqual([]);
    });

    test('without the right is invalid with the rule that would allow it, and denied when it was taken away since', async () => {
      await using house = await houseWith();
      const plan = await house.made(action, params);
      house.approved(plan);
      house.api.denyWrite('applier', right);
      expect(await house.refusalWords(action, params)).toContain(`resources: ["${right.split(' ')[1] ?? ''}"]`);
      expect(endOf((await house.pursued(plan)).plan)).toBe('failed denied FORBIDDEN');
    });

    test('that an admission policy denies is invalid, with its words', async () => {
      await using house = await houseWith();
      house.api.admit(() => policyDenies(resource, 'it', 'not on a Friday'));
      expect(await house.refusalWords(action, params)).toContain('not on a Friday');
    });

    test('whose answer was lost is read: done where it was taken, failed where it was not', async () => {
      for (const applied of [true, false]) {
        await using house = await houseWith();
        const plan = await house.made(action, params);
        house.approved(plan);
        house.api.fault({ kind: 'cut', applied });
        expect(endOf((await house.pursued(plan)).plan)).toBe(applied ? 'verified' : 'failed failed ECONNRESET');
        expect(house.api.writes()).toHaveLength(applied ? 1 : 0);
      }
    });

    test.runIf(same !== null)('that somebody else did while the write was lost is not taken for ours', async () => {
      const at: { hook: Hook } = { hook: () => undefined };
      await using house = await houseWith((when, method) => at.hook(when, method));
      const plan = await house.made(action, params);
      house.approved(plan);
      house.api.fault({ kind: 'cut', applied: false });
      at.hook = (when, method) => {
        if (when === 'after' && method === 'apply') same?.(house.api);
      };
      expect(endOf((await house.pursued(plan)).plan)).toBe('failed failed ECONNRESET');
    });

    test('of what is not there is refused', async () => {
      await using house = await houseWith();
      expect(await house.refusal(action, { ...params, name: 'nope' })).toBe('NOT_FOUND');
    });
  },
);

describe('where nothing is to be done', () => {
  test.each([
    [
      'kubernetes/set-image',
      { ...IN_PROD, name: 'web', container: 'web', image: 'registry.lab/web:1.4.2' },
      [deployment('web')],
    ],
    ['kubernetes/cordon-node', { name: 'node-a' }, [node('node-a', { unschedulable: true })]],
    ['kubernetes/uncordon-node', { name: 'node-a' }, [node('node-a')]],
    ['kubernetes/suspend-cronjob', { ...IN_PROD, name: 'nightly' }, [cronJob('nightly', { suspend: true })]],
    ['kubernetes/resume-cronjob', { ...IN_PROD, name: 'nightly' }, [cronJob('nightly')]],
  ] as const)('%s is a noop', async (action, params, objects) => {
    await using house = await kubernetesHouse(objects);
    expect((await house.made(action, params)).status).toBe('noop');
  });
});

describe('restart-rollout', () => {
  test('of a paused workload, or one that replaces pods only when they are deleted, is refused', async () => {
    const onDelete = {
      ...deployment('set', { spec: { updateStrategy: { type: 'OnDelete' }, replicas: 2 } }),
      kind: 'StatefulSet',
    };
    await using house = await kubernetesHouse([deployment('web', { spec: { ...specOf(), paused: true } }), onDelete]);
    expect(await house.refusal('kubernetes/restart-rollout', { ...IN_PROD, name: 'web' })).toBe('PAUSED');
    expect(await house.refusal('kubernetes/restart-rollout', { ...IN_PROD, name: 'set', kind: 'StatefulSet' })).toBe(
      'ON_DELETE',
    );
  });

  test('is of a medium risk where all pods stop at once, or the only one', async () => {
    const recreate = deployment('all', { spec: { ...specOf(), strategy: { type: 'Recreate' } } });
    await using house = await kubernetesHouse([recreate, deployment('one', { spec: { ...specOf(), replicas: 1 } })]);
    expect((await house.made('kubernetes/restart-rollout', { ...IN_PROD, name: 'all' })).sealed.risk).toEqual({
      level: 'medium',
      reasons: ['all pods are stopped before new ones start (Recreate)'],
    });
    expect((await house.made('kubernetes/restart-rollout', { ...IN_PROD, name: 'one' })).sealed.risk).toEqual({
      level: 'medium',
      reasons: ['its one pod is replaced: it has no stand-in'],
    });
  });

  test('whose pods do not come is unverified, with the reason', async () => {
    const at: { hook: Hook } = { hook: () => undefined };
    await using house = await kubernetesHouse([deployment('web')], {
      catalog: (real) => hookedCatalog(real, (when, method) => at.hook(when, method)),
    });
    const plan = await house.made('kubernetes/restart-rollout', { ...IN_PROD, name: 'web' });
    house.approved(plan);
    at.hook = (when, method) => {
      const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: small' }];
      if (when === 'before' && method === 'verify')
        house.api.reading.put({
          ...(house.api.object('Deployment', 'web', 'prod') ?? deployment('web')),
          status: { observedGeneration: 99, replicas: 4, readyReplicas: 4, updatedReplicas: 0, conditions },
        });
    };
    const done = (await house.pursued(plan)).plan;
    expect(done).toMatchObject({
      status: 'unverified',
      seen: [
        'The template is as promised.',
        '0 of 4 pods are of the new template, 4 ready.'.replace('4 ready', '4 are ready'),
        'It is stuck: exceeded quota: small',
      ],
    });
  });
});

describe('set-image', () => {
  test('of an init container sets that one, and leaves all others and their values alone', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const params = {
      ...IN_PROD,
      name: 'web',
      container: 'migrate',
      image: `registry.lab/migrate@sha256:${'a'.repeat(64)}`,
    };
    expect(endOf(await house.done('kubernetes/set-image', params))).toBe('verified');
    expect(fieldAt(house.api, 'Deployment', 'web', ['spec', 'template', 'spec', 'initContainers', 0, 'image'])).toBe(
      params.image,
    );
    expect(fieldAt(house.api, 'Deployment', 'web', ['spec', 'template', 'spec', 'containers', 0])).toEqual({
      name: 'web',
      image: 'registry.lab/web:1.4.2',
      env: [{ name: 'DB_PASSWORD', value: 'hunter2-lab-only' }],
    });
  });

  test('tells the risk of a tag, and of none; a digest is none', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const reasons = async (image: string): Promise<readonly string[]> =>
      (await house.made('kubernetes/set-image', { ...IN_PROD, name: 'web', container: 'web', image })).sealed.risk
        .reasons;
    expect(await reasons('registry.lab/web:2')).toEqual([
      'the tag 2 may come to mean another image: name it by its digest',
    ]);
    expect(await reasons('registry.lab:5000/web')).toEqual([
      'the image is named without a version: it may be another one at every start',
    ]);
    expect(await reasons('web:latest')).toEqual([
      'the image is named without a version: it may be another one at every start',
    ]);
    expect(await reasons(`web@sha256:${'b'.repeat(64)}`)).toEqual(['4 pods are replaced one after the other']);
  });

  test('refuses a container that there is not, and no text but an image', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const params = { ...IN_PROD, name: 'web', container: 'sidecar', image: 'x:1' };
    expect(await house.refusal('kubernetes/set-image', params)).toBe('NO_CONTAINER');
    for (const image of ['', 'a b', '$(id)', '-x', 'x\n'])
      expect(await house.refusal('kubernetes/set-image', { ...params, container: 'web', image })).toBe(
        'PARAMS_INVALID',
      );
  });

  test('a plan holds no value of an environment variable', async () => {
    await using house = await kubernetesHouse([deployment('web')]);
    const plan = await house.made('kubernetes/set-image', { ...IN_PROD, name: 'web', container: 'web', image: 'x:1' });
    expect(plan.bytes).not.toContain('hunter2');
  });
});

test('cordoning the last node that takes pods is a high risk', async () => {
  await using house = await kubernetesHouse([node('node-a'), node('node-b', { unschedulable: true })]);
  expect((await house.made('kubernetes/cordon-node', { name: 'node-a' })).sealed.risk).toEqual({
    level: 'high',
    reasons: ['no other node takes pods: new ones would wait'],
  });
});

function specOf(): object {
  return deployment('any')['spec'] as object;
}
