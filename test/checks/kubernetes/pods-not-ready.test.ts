import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/pods-not-ready.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import {
  condition,
  ended,
  pod,
  replicaSet,
  running,
  waiting,
  warning,
  type PodLike,
} from '../../support/kubernetes/pods.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

async function saidOf(...objects: readonly StoredObject[]): Promise<readonly string[]> {
  return said(await worldOf(...objects).look(check));
}

const unready = (since: number | undefined, more: Partial<PodLike> = {}): StoredObject =>
  pod({
    name: 'web',
    statuses: [running({ ready: false, state: { running: { startedAt: ago(90_000) } } })],
    conditions: [
      condition('Ready', 'False', { reason: 'ContainersNotReady', ...(since === undefined ? {} : { since }) }),
    ],
    ...more,
  });

const node = (name: string, ready: string, since = 3_600): StoredObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: {
    conditions: [
      condition('MemoryPressure', ready === 'Unknown' ? 'Unknown' : 'False', { since }),
      condition('Ready', ready, { since, reason: 'NodeStatusUnknown' }),
    ],
  },
});

describe('a pod that runs and is not ready', () => {
  test('is told after a quarter of an hour, under its Deployment', async () => {
    const of = (name: string, since: number): StoredObject => unready(since, { name, owner: 'ReplicaSet/web-1' });
    expect(await saidOf(replicaSet('web-1', 'web'), of('web-1-a', 900), of('web-1-b', 1_200))).toEqual([
      'medium not-ready: Deployment prod/web has 2 of 2 pods that are not ready: container app, for 20 min',
    ]);
    expect(await saidOf(unready(899))).toEqual([]);
    expect(await saidOf(unready(undefined))).toEqual([
      'medium not-ready: Pod prod/web has 1 of 1 pods that are not ready: container app, for 1 d 1 h',
    ]);
  });

  test('finds the condition by its type, wherever it stands, and says what the probe says', async () => {
    const { drafts } = await worldOf(
      unready(900, {
        conditions: [condition('PodScheduled', 'True', { since: 9_000 }), condition('Ready', 'False', { since: 950 })],
      }),
      warning({ reason: 'Unhealthy', about: 'Pod/prod/web', message: 'Readiness probe failed: HTTP 503', count: 90 }),
    ).look(check);
    expect(drafts[0]?.evidence).toContainEqual({
      label: 'what the probe says',
      value: 'Readiness probe failed: HTTP 503',
      source: 'Pod prod/web',
    });
  });

  test('is told of its readiness gate when its containers are ready', async () => {
    expect(
      await saidOf(
        unready(900, {
          statuses: [running()],
          conditions: [condition('Ready', 'False', { since: 900, reason: 'ReadinessGatesNotReady' })],
        }),
      ),
    ).toEqual(['medium not-ready: Pod prod/web has 1 of 1 pods that are not ready, for 15 min']);
  });

  test('is told without a condition when the kubelet says that a probe fails, and not otherwise', async () => {
    const bare = unready(undefined, { conditions: [], statuses: [{ ready: false }] });
    expect(await saidOf(bare)).toEqual([]);
    expect(await saidOf(bare, warning({ reason: 'BackOff', about: 'Pod/prod/web' }))).toEqual([]);
    expect(await saidOf(bare, warning({ reason: 'Unhealthy', about: 'Pod/prod/web' }))).toHaveLength(1);
    expect(await saidOf(bare, warning({ reason: 'Unhealthy', about: 'Pod/dev/web' }))).toEqual([]);
  });

  test('is not told while its container was started again a moment ago', async () => {
    const restarted = (seconds: number): StoredObject =>
      unready(90_000, { statuses: [running({ ready: false, state: { running: { startedAt: ago(seconds) } } })] });
    expect(await saidOf(restarted(899))).toEqual([]);
    expect(await saidOf(restarted(900))).toHaveLength(1);
  });

  test('is told by the other checks when its container crash-loops or lacks its image', async () => {
    expect(await saidOf(unready(9_000, { statuses: [waiting('CrashLoopBackOff')] }))).toEqual([]);
    expect(await saidOf(unready(9_000, { statuses: [waiting('ErrImagePull')] }))).toEqual([]);
    expect(await saidOf(unready(9_000, { statuses: [waiting('CreateContainerConfigError')] }))).toEqual([]);
    expect(await saidOf(unready(9_000, { statuses: [waiting('ContainerCreating')] }))).toHaveLength(1);
  });

  test('is none of which one container has done its work while others go on', async () => {
    expect(
      await saidOf(
        unready(9_000, {
          statuses: [{ name: 'once', ready: false, state: ended(0, 9_000) }, running({ name: 'other' })],
        }),
      ),
    ).toEqual([]);
  });

  test('is none of a Job, none that ended, and none that is being deleted', async () => {
    expect(await saidOf(unready(9_000, { owner: 'Job/task' }))).toEqual([]);
    expect(await saidOf(unready(9_000, { phase: 'Succeeded' }))).toEqual([]);
    expect(await saidOf(unready(9_000, { phase: 'Failed' }))).toEqual([]);
    expect(await saidOf(unready(9_000, { metadata: { deletionTimestamp: ago(5) } }))).toEqual([]);
  });

  test('of the phase Unknown is not ready either', async () => {
    expect(await saidOf(pod({ name: 'web', phase: 'Unknown', conditions: [] }))).toHaveLength(1);
  });
});

describe('a pod that does not go away', () => {
  const leaving = (seconds: number, more: object = {}): StoredObject =>
    pod({
      name: 'web',
      statuses: [running()],
      metadata: { deletionTimestamp: ago(seconds), deletionGracePeriodSeconds: 30, ...more },
    });

  test('is told when it is ten minutes overdue', async () => {
    expect(await saidOf(leaving(600))).toEqual([
      'medium terminating-stuck: Pod prod/web has 1 pod on the way out for too long: its node does not say that it ended, 10 min overdue',
    ]);
    expect(await saidOf(leaving(599))).toEqual([]);
  });

  test('is told with the finalizers that keep it', async () => {
    expect(await saidOf(leaving(3_600, { finalizers: ['test/z', 'test/a'] }))).toEqual([
      'medium terminating-stuck: Pod prod/web has 1 pod on the way out for too long: finalizers test/a, test/z, 1 h overdue',
    ]);
  });
});

describe('pods that were put off their node', () => {
  const off = (name: string, reason: string, more: Partial<PodLike> = {}): StoredObject =>
    pod({
      name,
      owner: 'ReplicaSet/web-1',
      phase: 'Failed',
      node: 'node-b',
      status: { reason, message: 'The node was low on resource: memory.' },
      ...more,
    });

  test('are one finding of the node', async () => {
    const { drafts, observations } = await worldOf(
      replicaSet('web-1', 'web'),
      off('web-1-a', 'Evicted'),
      off('web-1-b', 'Evicted'),
      off('other', 'Preempting', { owner: 'StatefulSet/db' }),
    ).look(check);
    expect(drafts).toMatchObject([
      {
        discriminator: 'evicted',
        severity: 'medium',
        title: 'Node node-b put off 3 pods of 2 workloads: Evicted, Preempting',
      },
    ]);
    expect(observations.map(({ resource }) => resource)).toContainEqual(expect.stringMatching(/\/node\/node-b$/));
  });

  test('are told for a day', async () => {
    const since = (seconds: number): Partial<PodLike> => ({
      conditions: [
        condition('DisruptionTarget', 'True', { since: seconds }),
        condition('Ready', 'False', { since: 10 }),
      ],
    });
    expect(await saidOf(off('web-1-a', 'Evicted', since(86_399)))).toHaveLength(1);
    expect(await saidOf(off('web-1-a', 'Evicted', since(86_400)))).toEqual([]);
  });

  test('are not those that failed by themselves', async () => {
    expect(await saidOf(off('web-1-a', 'DeadlineExceeded'))).toEqual([]);
  });
});

describe('pods on a node that is not heard of', () => {
  const stranded = (more: Partial<PodLike> = {}): StoredObject =>
    unready(9_000, { owner: 'ReplicaSet/web-1', node: 'node-c', ...more });

  test('are told under the node, and not under their workloads', async () => {
    expect(
      await saidOf(
        node('node-c', 'Unknown'),
        replicaSet('web-1', 'web'),
        stranded({ name: 'web-1-a' }),
        stranded({ name: 'web-1-b', metadata: { deletionTimestamp: ago(3_000) } }),
        stranded({ name: 'job', phase: 'Succeeded' }),
      ),
    ).toEqual(['medium pods-out-of-reach: Node node-c is not heard of, with 2 pods of 1 workload on it, for 1 h']);
  });

  test('are not told while it has been silent for less than five minutes', async () => {
    expect(await saidOf(node('node-c', 'Unknown', 299), stranded())).toEqual([]);
    expect(await saidOf(node('node-c', 'Unknown', 300), stranded())).toHaveLength(1);
  });

  test('are as any others on a node that says itself that it is not ready', async () => {
    expect(await saidOf(node('node-c', 'False'), stranded())).toEqual([
      'medium not-ready: ReplicaSet prod/web-1 has 1 of 1 pods that are not ready: container app, for 2 h 30 min',
    ]);
  });

  test('are told under their workloads when nodes may not be read, but for what they say themselves', async () => {
    const world = worldOf(node('node-c', 'Unknown'), stranded());
    world.api.deny({ user: 'ops-reader', resources: ['nodes'] });
    const blind = await world.look(check);
    expect(said(blind)).toEqual([expect.stringMatching(/^medium not-ready: ReplicaSet prod\/web-1 /)]);
    expect(blind.observations.filter(({ status }) => status === 'unknown').map(({ resource }) => resource)).toEqual([
      expect.stringMatching(/\/node\/\*$/),
    ]);
    const lost = worldOf(stranded({ status: { reason: 'NodeLost' } }));
    lost.api.deny({ user: 'ops-reader', resources: ['nodes'] });
    expect(said(await lost.look(check))).toEqual([
      'medium pods-out-of-reach: Node node-c is not heard of, with 1 pod of 1 workload on it',
    ]);
  });
});

test('pods that are ready are not observed', async () => {
  const { observations } = await worldOf(
    pod({ name: 'web', statuses: [running()], conditions: [condition('Ready', 'True', { since: 9_000 })] }),
  ).look(check);
  expect(observations.map(({ resource }) => resource.split('/')[1])).toEqual(['cluster']);
});
