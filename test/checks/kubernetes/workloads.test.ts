import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/workloads.ts';
import type { History, Sample } from '../../../src/domain/check.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { ago, NOW, said, worldOf } from '../../support/kubernetes/world.ts';

const DAY = 86_400;

interface Made {
  readonly spec?: object;
  readonly status?: object;
  readonly metadata?: object;
}

function workload(kind: string, { spec = {}, status = {}, metadata = {} }: Made = {}, name = 'web'): StoredObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'prod', uid: `uid-${name}`, creationTimestamp: ago(30 * DAY), ...metadata },
    spec,
    status,
  };
}

const condition = (type: string, status: string, seconds: number, more: object = {}): object => ({
  type,
  status,
  lastTransitionTime: ago(seconds),
  lastUpdateTime: ago(seconds),
  ...more,
});

const deployment = (made: Made): StoredObject => workload('Deployment', made);
const shortOf = (available: number, conditions: readonly object[]): StoredObject =>
  deployment({ spec: { replicas: 3 }, status: { replicas: 3, availableReplicas: available, conditions } });

function pod(
  name: string,
  owner: readonly [kind: string, name: string],
  readySince: number | null,
  more: object = {},
): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'prod',
      creationTimestamp: ago(DAY),
      ownerReferences: [{ kind: owner[0], name: owner[1], controller: true }],
    },
    status: {
      phase: 'Running',
      conditions: [condition('Ready', readySince === null ? 'True' : 'False', readySince ?? DAY)],
    },
    ...more,
  };
}

const replicaSet = (name = 'web-1', made: Made = {}): StoredObject =>
  workload(
    'ReplicaSet',
    {
      ...made,
      metadata: { ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }], ...made.metadata },
    },
    name,
  );

/** Earlier looks, newest first, each of which saw these conditions. */
function looks(...saw: readonly (readonly [minutes: number, holding: readonly string[], uid?: string])[]): {
  readonly history: History;
} {
  const samples = saw.map(
    ([minutes, holding, uid = 'uid-web']): Sample => ({
      at: NOW - minutes * 60_000,
      values: { uid, holding: [...holding] },
    }),
  );
  return { history: { samples, open: new Map(), now: NOW } };
}

describe('a deployment', () => {
  test('that has none of its replicas available for a quarter of an hour is critical', async () => {
    const gone = (seconds: number): StoredObject => shortOf(0, [condition('Available', 'False', seconds)]);
    expect(said(await worldOf(gone(15 * 60)).look(check))).toEqual([
      'critical unavailable: Deployment prod/web has 0 of 3 replicas available, for 15 min',
    ]);
    expect(said(await worldOf(gone(15 * 60 - 1)).look(check))).toEqual([]);
  });

  test('is found under its own id, with the fields that say so and a command that only reads', async () => {
    const { drafts, observations } = await worldOf(
      shortOf(1, [condition('Available', 'False', 1_200, { reason: 'MinimumReplicasUnavailable' })]),
    ).look(check);
    expect(observations[1]).toMatchObject({
      resource: expect.stringMatching(/^kubernetes:.+\/deployment\/prod\/web$/),
    });
    expect(drafts[0]).toMatchObject({
      severity: 'high',
      next: expect.stringContaining('kubectl --context test -n prod describe deployment web'),
      evidence: expect.arrayContaining([
        { label: 'spec.replicas', value: 3, source: 'Deployment prod/web' },
        { label: 'status.availableReplicas', value: 1, source: 'Deployment prod/web' },
        {
          label: 'status.conditions[?(@.type=="Available")].reason',
          value: 'MinimumReplicasUnavailable',
          source: 'Deployment prod/web',
        },
      ]),
    });
  });

  test('that is scaled to nothing is meant so', async () => {
    const zero = deployment({
      spec: { replicas: 0 },
      status: { conditions: [condition('Progressing', 'False', DAY), condition('Available', 'True', DAY)] },
    });
    expect(said(await worldOf(zero).look(check))).toEqual([]);
  });

  test('without a number of replicas has one, as an API server would write', async () => {
    const one = (status: object): StoredObject => deployment({ status });
    expect(said(await worldOf(one({ availableReplicas: 1 })).look(check))).toEqual([]);
    expect(said(await worldOf(one({})).look(check))).toEqual([
      'critical unavailable: Deployment prod/web has 0 of 1 replicas available, for 30 d',
    ]);
  });

  test('that bears no times at all is as old as anything', async () => {
    const bare = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'prod' } };
    expect(
      said(await worldOf({ ...bare, spec: { replicas: 2 }, status: { availableReplicas: 1 } }).look(check)),
    ).toEqual(['high unavailable: Deployment prod/web has 1 of 2 replicas available']);
  });

  test('whose condition still says Available is short since its pods are not ready', async () => {
    const short = shortOf(2, [condition('Available', 'True', 20 * DAY)]);
    const pods = (seconds: number): StoredObject[] => [
      replicaSet(),
      pod('a', ['ReplicaSet', 'web-1'], null),
      pod('b', ['ReplicaSet', 'web-1'], null),
      pod('c', ['ReplicaSet', 'web-1'], seconds),
    ];
    expect(said(await worldOf(short, ...pods(1_000)).look(check))).toEqual([
      'high unavailable: Deployment prod/web has 2 of 3 replicas available, for 16 min 40 s',
    ]);
    expect(said(await worldOf(short, ...pods(60)).look(check))).toEqual([]);
  });

  test('a pod of a surge that never became ready does not make a fresh gap an old one', async () => {
    const short = shortOf(2, [condition('Available', 'True', 20 * DAY)]);
    const pods = [
      replicaSet(),
      replicaSet('web-2'),
      pod('a', ['ReplicaSet', 'web-1'], null),
      pod('b', ['ReplicaSet', 'web-1'], null),
      pod('surge', ['ReplicaSet', 'web-2'], 3 * 3_600),
      pod('c', ['ReplicaSet', 'web-1'], 60),
    ];
    expect(said(await worldOf(short, ...pods).look(check))).toEqual([]);
  });

  test('in the middle of a rollout that moves is left alone, unless nothing is left of it', async () => {
    const progress = (seconds: number): object =>
      condition('Progressing', 'True', seconds, { reason: 'ReplicaSetUpdated' });
    const down = condition('Available', 'False', 2_000);
    expect(said(await worldOf(shortOf(1, [down, progress(500)])).look(check))).toEqual([]);
    expect(said(await worldOf(shortOf(1, [down, progress(600)])).look(check))).toHaveLength(1);
    expect(said(await worldOf(shortOf(0, [down, progress(500)])).look(check))).toHaveLength(1);
  });

  test('is told by an earlier look where no time tells, and only while all looks since saw the same', async () => {
    const world = worldOf(shortOf(2, [condition('Available', 'True', 20 * DAY)]));
    expect(said(await world.look(check))).toEqual([]);
    const told = ['high unavailable: Deployment prod/web has 2 of 3 replicas available, for 1 h'];
    expect(said(await world.look(check, {}, looks([30, ['unavailable']], [60, ['unavailable']])))).toEqual(told);
    const { drafts } = await world.look(check, {}, looks([30, ['unavailable']]));
    expect(drafts[0]?.evidence.at(-1)).toEqual({
      label: 'first seen so',
      value: new Date(NOW - 1_800_000).toISOString(),
      source: 'earlier looks',
    });
    expect(said(await world.look(check, {}, looks([10, ['unavailable']], [30, []], [60, ['unavailable']])))).toEqual(
      [],
    );
    expect(said(await world.look(check, {}, looks([30, ['unavailable'], 'uid-before'])))).toEqual([]);
  });

  test('that recovered is seen once more, so that the next gap is not taken for the old one', async () => {
    const well = deployment({ spec: { replicas: 1 }, status: { availableReplicas: 1 } });
    const before = await worldOf(well).look(check, {}, looks([30, ['unavailable']]));
    expect(before.observations).toHaveLength(2);
    const seen = before.observations[1];
    expect(seen?.status === 'seen' && check.sample?.(seen)).toEqual({ uid: 'uid-web', holding: [] });
    expect((await worldOf(well).look(check, {}, looks([30, []]))).observations).toHaveLength(1);
  });

  test('whose rollout is stuck is found even when all counts are right', async () => {
    const stuck = deployment({
      spec: { replicas: 1 },
      status: {
        readyReplicas: 1,
        availableReplicas: 1,
        conditions: [
          condition('Available', 'True', DAY),
          condition('Progressing', 'False', 120, { reason: 'ProgressDeadlineExceeded', message: 'timed out' }),
        ],
      },
    });
    expect(said(await worldOf(stuck).look(check))).toEqual([
      'high rollout-stuck: Deployment prod/web does not get on with its rollout: ProgressDeadlineExceeded, for 2 min',
    ]);
  });

  test('that progresses, is paused or is done is no finding, wherever the condition stands', async () => {
    const status = (state: string, reason: string): StoredObject =>
      deployment({
        spec: { replicas: 1 },
        status: {
          readyReplicas: 1,
          conditions: [condition('Progressing', state, DAY, { reason }), condition('Available', 'True', DAY)],
        },
      });
    expect(said(await worldOf(status('True', 'NewReplicaSetAvailable')).look(check))).toEqual([]);
    expect(said(await worldOf(status('Unknown', 'DeploymentPaused')).look(check))).toEqual([]);
  });

  test('whose controller has not taken note of the last change is told at a later look', async () => {
    const behind = deployment({
      metadata: { generation: 4 },
      spec: { replicas: 1 },
      status: { availableReplicas: 1, observedGeneration: 3 },
    });
    const world = worldOf(behind);
    expect(said(await world.look(check))).toEqual([]);
    expect(said(await world.look(check, {}, looks([30, ['generation  seen 3']])))).toEqual([
      'medium generation: Deployment prod/web was changed and its controller has not taken note: generation 4, seen 3, for 30 min',
    ]);
    expect(said(await world.look(check, {}, looks([30, ['generation  seen 2']])))).toEqual([]);
    const abreast = deployment({
      metadata: { generation: 4 },
      spec: { replicas: 1 },
      status: { availableReplicas: 1, observedGeneration: 4 },
    });
    expect((await worldOf(abreast).look(check)).observations).toHaveLength(1);
  });

  test('on its way out is not expected to have pods', async () => {
    const leaving = deployment({ metadata: { deletionTimestamp: ago(DAY) }, spec: { replicas: 3 } });
    expect(said(await worldOf(leaving).look(check))).toEqual([]);
  });
});

describe('a replica set that may not create its pods', () => {
  const refused = (seconds: number, status = 'True'): object => ({
    type: 'ReplicaFailure',
    status,
    reason: 'FailedCreate',
    message: 'pods "web-1-zgp9m" is forbidden: exceeded quota: small',
    lastTransitionTime: ago(seconds),
  });
  const made = (replicas: number, wanted: number, ...conditions: object[]): StoredObject =>
    replicaSet('web-1', { spec: { replicas: wanted }, status: { replicas, conditions } });

  test('is told under its deployment, also when some of the pods are there', async () => {
    const { drafts, observations } = await worldOf(made(5, 10, refused(400))).look(check);
    expect(drafts).toMatchObject([
      {
        discriminator: 'failed-create',
        severity: 'high',
        title:
          'Deployment prod/web can not create its pods: pods "web-1-zgp9m" is forbidden: exceeded quota: small, for 6 min 40 s',
      },
    ]);
    expect(observations[1]?.resource).toMatch(/\/deployment\/prod\/web$/);
  });

  test('is one finding with its successor', async () => {
    const other = { ...made(0, 1, refused(900)), metadata: { ...made(0, 1).metadata, name: 'web-2' } };
    const { drafts } = await worldOf(made(0, 1, refused(400)), other).look(check);
    expect(drafts).toHaveLength(1);
  });

  test('is none when it wants no more pods, when that is over, or when it failed otherwise', async () => {
    expect(said(await worldOf(made(0, 0, refused(DAY))).look(check))).toEqual([]);
    expect(said(await worldOf(made(0, 1, refused(DAY, 'False'))).look(check))).toEqual([]);
    expect(said(await worldOf(made(0, 1, { ...refused(DAY), reason: 'RandomError' })).look(check))).toEqual([]);
    expect(said(await worldOf(made(0, 1, refused(299))).look(check))).toEqual([]);
  });
});

describe('a stateful set', () => {
  const set = (made: Made): StoredObject => workload('StatefulSet', made, 'db');
  const owner = ['StatefulSet', 'db'] as const;

  test('with members that are not ready names the first of them', async () => {
    const { drafts } = await worldOf(
      set({ spec: { replicas: 3 }, status: { readyReplicas: 1 } }),
      pod('db-0', owner, null),
      pod('db-1', owner, 2_000),
    ).look(check);
    expect(drafts).toMatchObject([
      {
        discriminator: 'unready',
        severity: 'high',
        title: 'StatefulSet prod/db has 1 of 3 replicas ready, for 33 min 20 s',
        evidence: expect.arrayContaining([
          { label: 'Pod db-1: status.phase', value: 'Running', source: 'StatefulSet prod/db' },
        ]),
      },
    ]);
  });

  test('counts its members from where its ordinals start', async () => {
    const { drafts } = await worldOf(
      set({ spec: { replicas: 2, ordinals: { start: 5 } }, status: { readyReplicas: 1 } }),
      pod('db-5', owner, null),
      pod('db-6', owner, 2_000),
    ).look(check);
    expect(drafts[0]?.evidence.map(({ label }) => label)).toContain('Pod db-6: status.phase');
  });

  test('whose pods are refused is told by the event, which has the time that the status has not', async () => {
    const none = set({ spec: { replicas: 3 } });
    const event = (last: number): StoredObject => ({
      apiVersion: 'v1',
      kind: 'Event',
      type: 'Warning',
      metadata: { name: 'db.1', namespace: 'prod' },
      reason: 'FailedCreate',
      message: 'create Pod db-0 in StatefulSet db failed: forbidden',
      involvedObject: { kind: 'StatefulSet', namespace: 'prod', name: 'db' },
      firstTimestamp: ago(7_200),
      lastTimestamp: ago(last),
    });
    expect(said(await worldOf(none).look(check))).toEqual([]);
    expect(said(await worldOf(none, event(60)).look(check))).toEqual([
      'critical unready: StatefulSet prod/db has 0 of 3 replicas ready, for 2 h',
    ]);
    expect(said(await worldOf(none, event(2 * DAY)).look(check))).toEqual([]);
  });

  test('half-way through an update that does not move is told at a later look', async () => {
    const updating = (more: object, updated = 1): StoredObject =>
      set({
        metadata: { uid: 'uid-web' },
        spec: { replicas: 3, ...more },
        status: { readyReplicas: 3, currentRevision: 'db-1', updateRevision: 'db-2', updatedReplicas: updated },
      });
    const earlier = looks([30, ['update-stuck  db-2 1']]);
    const told = [
      'medium update-stuck: StatefulSet prod/db is half-way through an update: 1 of 3 members are of the new revision, for 30 min',
    ];
    expect(said(await worldOf(updating({})).look(check, {}, earlier))).toEqual(told);
    expect(said(await worldOf(updating({}, 2)).look(check, {}, earlier))).toEqual([]);
    const onDelete = { updateStrategy: { type: 'OnDelete' } };
    expect(said(await worldOf(updating(onDelete)).look(check, {}, earlier))).toEqual([]);
    const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } };
    expect(said(await worldOf(updating(partition)).look(check, {}, earlier))).toEqual([]);
  });

  test('names a Service that is not there; one that names none, or whose Services can not be read, is no finding', async () => {
    const named = (serviceName: string): StoredObject =>
      set({ spec: { replicas: 1, serviceName }, status: { readyReplicas: 1 } });
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'db', namespace: 'prod' } };
    const elsewhere = { ...service, metadata: { name: 'db', namespace: 'other' } };
    expect(said(await worldOf(named('db'), elsewhere).look(check))).toEqual([
      'medium missing-service: StatefulSet prod/db names a Service that does not exist: db',
    ]);
    expect(said(await worldOf(named('db'), service).look(check))).toEqual([]);
    expect(said(await worldOf(named('')).look(check))).toEqual([]);
    const world = worldOf(named('db'));
    world.api.deny({ user: 'ops-reader', resources: ['services'] });
    expect(said(await world.look(check))).toEqual([]);
  });

  test('asks for a StorageClass that is not there; a class that volumes bear by hand is a mark, not an object', async () => {
    const claims = (ready: number): StoredObject =>
      set({
        spec: {
          replicas: 1,
          volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'fast' } }],
        },
        status: { readyReplicas: ready },
      });
    expect(said(await worldOf(claims(1)).look(check))).toEqual([
      'medium missing-storage-class: StatefulSet prod/db asks for volumes of a StorageClass that does not exist: fast',
    ]);
    expect(said(await worldOf(claims(0)).look(check))).toEqual([
      'high missing-storage-class: StatefulSet prod/db asks for volumes of a StorageClass that does not exist: fast',
    ]);
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'v' },
      spec: { storageClassName: 'fast' },
    };
    const storageClass = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' } };
    expect(said(await worldOf(claims(1), volume).look(check))).toEqual([]);
    expect(said(await worldOf(claims(1), storageClass).look(check))).toEqual([]);
  });
});

describe('a daemon set', () => {
  const set = (status: object): StoredObject => workload('DaemonSet', { status }, 'agent');
  const owner = ['DaemonSet', 'agent'] as const;
  const node = (name: string, ready: string): StoredObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { conditions: [condition('Ready', ready, 3_600)] },
  });

  test('whose pods are not ready is told, with the nodes', async () => {
    const { drafts } = await worldOf(
      set({ desiredNumberScheduled: 2, numberReady: 1 }),
      node('node-a', 'True'),
      pod('agent-1', owner, null),
      pod('agent-2', owner, 1_800, { spec: { nodeName: 'node-a' } }),
    ).look(check);
    expect(drafts).toMatchObject([
      {
        discriminator: 'not-on-every-node',
        severity: 'medium',
        title: 'DaemonSet prod/agent has 1 of 2 pods ready, for 30 min',
        evidence: expect.arrayContaining([{ label: 'not ready on', value: 'node-a', source: 'DaemonSet prod/agent' }]),
      },
    ]);
  });

  test('is not blamed for nodes that are down', async () => {
    const objects = [
      set({ desiredNumberScheduled: 2, numberReady: 1 }),
      node('node-a', 'Unknown'),
      pod('agent-1', owner, null),
      pod('agent-2', owner, 1_800, { spec: { nodeName: 'node-a' } }),
    ];
    const { drafts, observations } = await worldOf(...objects).look(check);
    expect([drafts, observations.length]).toEqual([[], 1]);
    const world = worldOf(...objects);
    world.api.deny({ user: 'ops-reader', resources: ['nodes'] });
    const look = await world.look(check);
    expect(said(look)).toHaveLength(1);
    expect(look.observations.filter(({ status }) => status === 'unknown')).toEqual([]);
  });

  test('whose pods are refused is told by the event', async () => {
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      type: 'Warning',
      metadata: { name: 'agent.1', namespace: 'prod' },
      reason: 'FailedCreate',
      message: 'forbidden: violates PodSecurity',
      involvedObject: { kind: 'DaemonSet', namespace: 'prod', name: 'agent' },
      firstTimestamp: ago(3_600),
      lastTimestamp: ago(60),
    };
    const none = set({ desiredNumberScheduled: 2 });
    expect(said(await worldOf(none).look(check))).toEqual([]);
    const { drafts } = await worldOf(none, event).look(check);
    expect(drafts).toMatchObject([
      {
        severity: 'critical',
        title: 'DaemonSet prod/agent has 0 of 2 pods ready, for 1 h',
        evidence: expect.arrayContaining([
          {
            label: 'Event FailedCreate: message',
            value: 'forbidden: violates PodSecurity',
            source: 'DaemonSet prod/agent',
          },
        ]),
      },
    ]);
  });

  test('that runs where it should not is low, and told at a later look', async () => {
    const astray = set({ desiredNumberScheduled: 1, numberReady: 1, numberMisscheduled: 1 });
    expect(said(await worldOf(astray).look(check))).toEqual([]);
    expect(said(await worldOf(astray).look(check, {}, looks([20, ['misscheduled'], 'uid-agent'])))).toEqual([
      'low misscheduled: DaemonSet prod/agent runs on 1 node where it should not, for 20 min',
    ]);
  });

  test('that is wanted nowhere is fine', async () => {
    expect(said(await worldOf(set({})).look(check))).toEqual([]);
  });
});

test('a list that may not be read hides what it holds, and the rest is told', async () => {
  const world = worldOf(shortOf(0, [condition('Available', 'False', DAY)]));
  world.api.deny({ user: 'ops-reader', resources: ['statefulsets.apps'] });
  const { observations, drafts } = await world.look(check);
  expect(drafts).toHaveLength(1);
  expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
    { name: 'statefulsets', failure: { code: 'FORBIDDEN', message: expect.stringContaining('statefulsets') } },
  ]);
});

test('only the namespaces that were chosen are looked at', async () => {
  const down = shortOf(0, [condition('Available', 'False', DAY)]);
  const other = { ...down, metadata: { ...down.metadata, namespace: 'staging' } };
  const world = worldOf(down, other);
  expect((await world.look(check, { excludeNamespaces: ['prod'] })).drafts).toMatchObject([
    { title: expect.stringContaining('staging/web') },
  ]);
  expect((await world.look(check, { namespaces: ['prod'] })).drafts).toHaveLength(1);
});

test('what was open by a list that can not be read now is neither gone nor there', async () => {
  const named = workload(
    'StatefulSet',
    { spec: { replicas: 1, serviceName: 'db' }, status: { readyReplicas: 1 } },
    'db',
  );
  const world = worldOf(named);
  world.api.deny({ user: 'ops-reader', resources: ['services'] });
  const { drafts, observations } = await world.look(check, {}, looks([30, ['missing-service'], 'uid-db']));
  expect(drafts).toEqual([]);
  const mine = observations.filter(({ resource }) => resource.endsWith('/statefulset/prod/db'));
  expect(mine).toMatchObject([{ status: 'seen' }, { status: 'unknown', failure: { code: 'FORBIDDEN' } }]);
  const [seen] = mine;
  expect(seen?.status === 'seen' && check.sample?.(seen)).toEqual({ uid: 'uid-db', holding: ['missing-service'] });
});
