import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/pods-not-starting.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { condition, pod, replicaSet, running, waiting, warning, type PodLike } from '../../support/kubernetes/pods.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

async function saidOf(...objects: readonly StoredObject[]): Promise<readonly string[]> {
  return said(await worldOf(...objects).look(check));
}

const pending = (more: Partial<PodLike> = {}): StoredObject => pod({ name: 'web', phase: 'Pending', ...more });
const unscheduled = (since: number | undefined, message: string, reason = 'Unschedulable'): StoredObject =>
  pending({
    age: 86_400,
    conditions: [condition('PodScheduled', 'False', { reason, message, ...(since === undefined ? {} : { since }) })],
  });

describe('a container that waits for its image', () => {
  test('is told under its Deployment, once for all pods', async () => {
    const waits = (name: string, reason: string): StoredObject =>
      pod({ name, owner: 'ReplicaSet/web-1', phase: 'Pending', statuses: [waiting(reason, { message: 'not found' })] });
    expect(
      await saidOf(replicaSet('web-1', 'web'), waits('web-1-a', 'ErrImagePull'), waits('web-1-b', 'ImagePullBackOff')),
    ).toEqual([
      "high image-pull:app: Deployment prod/web can't get an image: container app, ErrImagePull of registry.test/app:1, 2 of 2 pods",
    ]);
  });

  test.each(['ImagePullBackOff', 'ErrImagePull', 'ErrImageNeverPull', 'InvalidImageName', 'ImageInspectError'])(
    '%s is such a wait, in a pod that runs otherwise too',
    async (reason) => {
      const found = await saidOf(pod({ name: 'web', statuses: [running(), waiting(reason, { name: 'side' })] }));
      expect(found).toEqual([expect.stringMatching(/^high image-pull:side: /)]);
    },
  );

  test('is told for init containers and sidecars too, and what waits for them is not', async () => {
    const found = await saidOf(
      pending({
        spec: { initContainers: [{ name: 'prepare' }, { name: 'proxy', restartPolicy: 'Always' }] },
        initStatuses: [waiting('ErrImagePull', { name: 'prepare' }), waiting('ErrImagePull', { name: 'proxy' })],
        statuses: [waiting('PodInitializing')],
      }),
    );
    expect(found).toEqual([
      expect.stringContaining("high image-pull:prepare: Pod prod/web can't get an image: init container prepare"),
      expect.stringContaining("high image-pull:proxy: Pod prod/web can't get an image: sidecar proxy"),
    ]);
  });
});

test.each([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
])('%s is a container that can not start', async (reason) => {
  const { drafts } = await worldOf(
    pending({ statuses: [waiting(reason, { message: 'secret "db-credentials" not found' })] }),
  ).look(check);
  expect(drafts).toMatchObject([
    {
      discriminator: 'container-config:app',
      severity: 'high',
      title: `Pod prod/web can't start a container: container app, ${reason}, 1 of 1 pods`,
    },
  ]);
  expect(drafts[0]?.evidence).toContainEqual({
    label: 'status.containerStatuses[0].state.waiting.message',
    value: 'secret "db-credentials" not found',
    source: 'Pod prod/web',
  });
});

describe('a pod that no node takes', () => {
  test('is told after five minutes of that, not of its life', async () => {
    expect(await saidOf(unscheduled(300, '0/3 nodes are available: 3 Insufficient cpu.'))).toEqual([
      'high unschedulable: Pod prod/web has pods that no node takes: too little cpu, 1 of 1 pods, for 5 min',
    ]);
    expect(await saidOf(unscheduled(299, '0/3 nodes are available: 3 Insufficient cpu.'))).toEqual([]);
  });

  test('is told when nothing says since when', async () => {
    expect(
      await saidOf(
        pending({
          metadata: { creationTimestamp: undefined },
          conditions: [
            { type: 'PodScheduled', reason: 'Unexpected failure' },
            {
              type: 'PodScheduled',
              reason: 'Unschedulable',
              message: '0/1 nodes are available: 1 node(s) had taint {x: }',
            },
          ],
        }),
      ),
    ).toEqual([
      'high unschedulable: Pod prod/web has pods that no node takes: taints that it does not tolerate, 1 of 1 pods',
    ]);
  });

  test.each([
    [
      '0/4 nodes are available: 1 Insufficient cpu, 3 Insufficient memory. preemption: 0/4 had taint',
      'too little cpu, too little memory',
    ],
    [
      "0/4 nodes are available: 2 node(s) didn't match Pod's node affinity/selector, 2 node(s) had untolerated taint(s).",
      'taints that it does not tolerate, no node that it selects',
    ],
    [
      '0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
      'its volume claim is not bound',
    ],
    ['0/2 nodes are available: 2 node(s) had volume node affinity conflict.', 'its volume is bound to another node'],
    [
      "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
      'its host port is taken',
    ],
    ['0/2 nodes are available: 2 Insufficient nvidia.com/gpu.', 'too little nvidia.com/gpu'],
    ['something new', 'Unschedulable'],
  ])('says what it waits for: %s', async (message, words) => {
    expect(await saidOf(unscheduled(600, message))).toEqual([
      `high unschedulable: Pod prod/web has pods that no node takes: ${words}, 1 of 1 pods, for 10 min`,
    ]);
  });

  test('and that no scheduler has looked at, is told by the time that it was made', async () => {
    expect(await saidOf(pending({ age: 301 }))).toEqual([
      'high unschedulable: Pod prod/web has pods that no node takes: no scheduler has looked at it, 1 of 1 pods, for 5 min 1 s',
    ]);
    expect(await saidOf(pending({ age: 299 }))).toEqual([]);
    expect(await saidOf(pending({ metadata: { creationTimestamp: undefined } }))).toEqual([]);
  });

  test('is none that was scheduled in the end, or is being deleted', async () => {
    const old = condition('PodScheduled', 'True', { since: 9_000 });
    expect(await saidOf(pod({ name: 'web', statuses: [running()], conditions: [old] }))).toEqual([]);
    expect(await saidOf(pending({ age: 900, metadata: { deletionTimestamp: ago(10) } }))).toEqual([]);
  });

  test('because of a gate, is worth knowing and no more', async () => {
    const { drafts } = await worldOf(
      pending({
        spec: { schedulingGates: [{ name: 'quota.test/wait' }] },
        conditions: [condition('PodScheduled', 'False', { reason: 'SchedulingGated', since: 9_000 })],
      }),
    ).look(check);
    expect(drafts).toMatchObject([
      {
        discriminator: 'scheduling-gated',
        severity: 'info',
        title: 'Pod prod/web has pods behind a scheduling gate: quota.test/wait, 1 of 1 pods, for 2 h 30 min',
      },
    ]);
  });
});

describe('a pod whose containers are being created', () => {
  const creating = (startedAgo: number | null, more: Partial<PodLike> = {}): StoredObject =>
    pending({
      node: 'node-a',
      statuses: [waiting('ContainerCreating')],
      status: startedAgo === null ? {} : { startTime: ago(startedAgo) },
      ...more,
    });
  const about = 'Pod/prod/web';

  test.each(['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox'])(
    'and of which the latest event says %s, is stuck after five minutes',
    async (reason) => {
      const event = warning({ reason, about, message: 'no such volume' });
      expect(await saidOf(creating(300), event)).toEqual([
        `medium stuck-creating: Pod prod/web has pods that do not get on: ${reason}, 1 of 1 pods, for 5 min`,
      ]);
      expect(await saidOf(creating(299), event)).toEqual([]);
    },
  );

  test('is not stuck when a later event says something else, or the event is of another pod', async () => {
    const event = warning({ reason: 'FailedMount', about, last: 200 });
    expect(await saidOf(creating(600), event, warning({ reason: 'Unhealthy', about, last: 10 }))).toEqual([]);
    expect(await saidOf(creating(600), warning({ reason: 'FailedMount', about: 'Pod/dev/web' }))).toEqual([]);
    expect(await saidOf(creating(600), warning({ reason: 'FailedMount', about, uid: 'of-the-pod-before' }))).toEqual(
      [],
    );
  });

  test('counts the latest by its series and its event time, not by the older fields alone', async () => {
    const newer = warning({
      reason: 'Unhealthy',
      about,
      more: {
        lastTimestamp: null,
        firstTimestamp: null,
        eventTime: ago(900),
        series: { count: 3, lastObservedTime: ago(5) },
      },
    });
    expect(await saidOf(creating(600), warning({ reason: 'FailedMount', about, last: 20 }), newer)).toEqual([]);
  });

  test('is stuck after an hour whatever events say, but not when nothing says since when', async () => {
    expect(await saidOf(creating(3_600))).toEqual([
      'medium stuck-creating: Pod prod/web has pods that do not get on: ContainerCreating, 1 of 1 pods, for 1 h',
    ]);
    expect(await saidOf(creating(3_599))).toEqual([]);
    expect(await saidOf(creating(null, { metadata: { creationTimestamp: undefined } }))).toEqual([]);
  });

  test('and whose init container goes on for an hour, is told by that container', async () => {
    const { drafts } = await worldOf(
      creating(7_200, {
        spec: { initContainers: [{ name: 'wait-for-db' }] },
        initStatuses: [{ name: 'wait-for-db', state: { running: { startedAt: ago(7_100) } } }],
        statuses: [waiting('PodInitializing')],
      }),
    ).look(check);
    expect(drafts).toMatchObject([
      {
        title:
          'Pod prod/web has pods that do not get on: init container wait-for-db goes on and on, 1 of 1 pods, for 2 h',
        next: 'What it is doing: kubectl --context test -n prod logs web -c wait-for-db --tail=50',
      },
    ]);
  });

  test('is told by what the event says, though an init container before it still runs', async () => {
    const sidecarAfter = creating(600, {
      initStatuses: [running({ name: 'prepare' }), waiting('ContainerCreating', { name: 'proxy' })],
      statuses: [waiting('PodInitializing')],
    });
    const event = warning({ reason: 'FailedCreatePodSandBox', about });
    expect(await saidOf(sidecarAfter, event)).toEqual([
      'medium stuck-creating: Pod prod/web has pods that do not get on: FailedCreatePodSandBox, 1 of 1 pods, for 10 min',
    ]);
  });

  test('is none of a pod that has run for long, in which one is being made anew', async () => {
    expect(await saidOf(creating(864_000, { phase: 'Running' }))).toEqual([]);
  });

  test('waits for a container that crash-loops, which is told elsewhere', async () => {
    expect(
      await saidOf(
        creating(7_200, {
          initStatuses: [waiting('CrashLoopBackOff', { name: 'prepare' })],
          statuses: [waiting('PodInitializing')],
        }),
      ),
    ).toEqual([]);
  });

  test('and of which its node says nothing, is told after a quarter of an hour', async () => {
    const bound = (age: number): StoredObject =>
      pending({ age, node: 'node-a', conditions: [condition('PodScheduled', 'True', { since: age })] });
    expect(await saidOf(bound(900))).toEqual([
      'medium stuck-creating: Pod prod/web has pods that do not get on: its node has not begun with it, 1 of 1 pods, for 15 min',
    ]);
    expect(await saidOf(bound(899))).toEqual([]);
  });
});

test('what runs, and what has ended, is not observed at all', async () => {
  const { observations } = await worldOf(
    pod({ name: 'web', statuses: [running()] }),
    pod({ name: 'task', phase: 'Succeeded', statuses: [waiting('ErrImagePull')] }),
  ).look(check);
  expect(observations.map(({ resource }) => resource.split('/')[1])).toEqual(['cluster']);
});

test('pods that may not be read hide all that could be said; events, themselves alone', async () => {
  const world = worldOf(pending({ statuses: [waiting('ErrImagePull')] }));
  world.api.deny({ user: 'ana', resources: ['events'] });
  const partly = await world.look(check);
  expect(partly.drafts).toHaveLength(1);
  expect(partly.observations.filter(({ status }) => status === 'unknown').map(({ name }) => name)).toEqual(['events']);
  world.api.deny({ user: 'ana', resources: ['pods'] });
  const blind = await world.look(check);
  expect(blind.drafts).toEqual([]);
  expect(blind.observations.filter(({ status }) => status === 'unknown').map(({ name }) => name)).toEqual(['pods']);
});
