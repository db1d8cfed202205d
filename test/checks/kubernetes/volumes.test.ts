import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/volumes.ts';
import type { History } from '../../../src/domain/check.ts';
import { json, status as refused, text, type StoredObject } from '../../support/kubernetes/api.ts';
import { ago, NOW, said, worldOf } from '../../support/kubernetes/world.ts';

const HOUR = 3_600;
const DAY = 86_400;

function claim(
  phase: string | null,
  { age = DAY, className = 'fast' as string | null, name = 'data', size = '10Gi' } = {},
): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'prod', uid: `uid-${name}`, creationTimestamp: ago(age) },
    spec: {
      ...(className === null ? {} : { storageClassName: className }),
      resources: { requests: { storage: size } },
      ...(phase === 'Lost' ? { volumeName: 'pv-1' } : {}),
    },
    status: phase === null ? {} : { phase },
  };
}

function storageClass(name: string, more: object = {}, annotations: object = {}): StoredObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations },
    provisioner: 'ebs.csi.aws.com',
    ...more,
  };
}

const lazy = storageClass('fast', { volumeBindingMode: 'WaitForFirstConsumer' });
const eager = storageClass('fast', { volumeBindingMode: 'Immediate' });

function podWith(source: object, phase = 'Pending'): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'prod', creationTimestamp: ago(DAY) },
    spec: { volumes: [{ name: 'v', ...source }] },
    status: { phase },
  };
}
const user = podWith({ persistentVolumeClaim: { claimName: 'data' } });

function volume(phase: string, seconds: number | null, more: object = {}): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv-1', uid: 'uid-pv', creationTimestamp: ago(30 * DAY) },
    spec: { capacity: { storage: '10Gi' }, persistentVolumeReclaimPolicy: 'Retain', ...more },
    status: { phase, ...(seconds === null ? {} : { lastPhaseTransitionTime: ago(seconds) }) },
  };
}

function heldBefore(uid: string, ...holding: readonly string[]): { readonly history: History } {
  return {
    history: {
      samples: [{ at: NOW - 2 * HOUR * 1_000, values: { uid, holding: [...holding] } }],
      open: new Map(),
      now: NOW,
    },
  };
}

describe('a claim that waits', () => {
  test('is medium after five minutes, and high when a pod waits for it', async () => {
    expect(said(await worldOf(claim('Pending', { age: 300 }), eager).look(check))).toEqual([
      'medium pending: PersistentVolumeClaim prod/data waits for its volume, for 5 min',
    ]);
    expect(said(await worldOf(claim('Pending', { age: 299 }), eager, user).look(check))).toEqual([]);
    expect(said(await worldOf(claim('Pending', { age: 300 }), eager, user).look(check))).toEqual([
      'high pending: PersistentVolumeClaim prod/data waits for its volume, for 5 min',
    ]);
  });

  test('for the first pod, as its class says, is fine until there is one', async () => {
    expect(said(await worldOf(claim('Pending'), lazy).look(check))).toEqual([]);
    expect(said(await worldOf(claim('Pending'), lazy, user).look(check))).toHaveLength(1);
    const done = podWith({ persistentVolumeClaim: { claimName: 'data' } }, 'Succeeded');
    expect(said(await worldOf(claim('Pending'), lazy, done).look(check))).toEqual([]);
  });

  test('may be that of an ephemeral volume', async () => {
    const objects = [claim('Pending', { name: 'web-v' }), lazy, podWith({ ephemeral: { volumeClaimTemplate: {} } })];
    expect(said(await worldOf(...objects).look(check))).toHaveLength(1);
  });

  test('for a class that is not there says so', async () => {
    expect(said(await worldOf(claim('Pending')).look(check))).toEqual([
      'medium pending: PersistentVolumeClaim prod/data waits for its volume: there is no StorageClass fast, for 1 d',
    ]);
  });

  test('without a phase has none yet, which is pending', async () => {
    expect(said(await worldOf(claim(null, { className: null })).look(check))).toEqual([
      'medium pending: PersistentVolumeClaim prod/data waits for its volume, for 1 d',
    ]);
  });

  test('is told with what its provisioner last said, and with nothing that was said of another', async () => {
    const event = (name: string, kind: string, seconds: number, message: string): StoredObject => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${seconds}`, namespace: 'prod' },
      type: 'Warning',
      reason: 'ProvisioningFailed',
      message,
      involvedObject: { kind, namespace: 'prod', name },
      lastTimestamp: ago(seconds),
    });
    const events = [
      event('data', 'PersistentVolumeClaim', 60, 'quota exceeded'),
      event('data', 'PersistentVolumeClaim', 900, 'still waiting'),
      event('data', 'Pod', 10, 'of a pod of that name'),
      event('other', 'PersistentVolumeClaim', 10, 'of another claim'),
    ];
    expect(said(await worldOf(claim('Pending'), lazy, ...events).look(check))).toEqual([
      'medium pending: PersistentVolumeClaim prod/data waits for its volume: quota exceeded, for 1 d',
    ]);
    const only = { pendingOnlyWhenFailed: true };
    expect(said(await worldOf(claim('Pending'), eager, ...events).look(check, only))).toHaveLength(1);
    expect(said(await worldOf(claim('Pending'), eager).look(check, only))).toEqual([]);
    const old = event('data', 'PersistentVolumeClaim', 2 * HOUR, 'long ago');
    expect(said(await worldOf(claim('Pending'), eager, old).look(check, only))).toEqual([]);
  });

  test('is not judged without its class, and what was open on it stays', async () => {
    const world = worldOf(claim('Pending'), eager);
    world.api.deny({ user: 'ops-reader', resources: ['storageclasses.storage.k8s.io'] });
    const first = await world.look(check);
    expect(first.drafts).toEqual([]);
    expect(first.observations.map(({ resource }) => resource)).not.toContainEqual(expect.stringMatching(/prod\/data$/));
    const later = await world.look(check, {}, heldBefore('uid-data', 'pending'));
    expect(later.drafts).toEqual([]);
    const mine = later.observations.filter(({ resource }) => resource.endsWith('prod/data'));
    expect(mine).toMatchObject([{ status: 'seen' }, { status: 'unknown', failure: { code: 'FORBIDDEN' } }]);
    const [seen] = mine;
    expect(seen?.status === 'seen' && check.sample?.(seen)).toEqual({ uid: 'uid-data', holding: ['pending'] });
  });
});

test('a claim that lost its volume is critical at once; one that is bound is fine', async () => {
  expect(said(await worldOf(claim('Lost')).look(check))).toEqual([
    'critical lost: PersistentVolumeClaim prod/data has lost its volume: pv-1',
  ]);
  expect(said(await worldOf(claim('Bound', { size: '1Mi' })).look(check))).toEqual([]);
});

describe('a volume', () => {
  test('that failed is high, with why', async () => {
    const failed = volume('Failed', 60);
    const told = { ...failed, status: { phase: 'Failed', message: 'delete: permission denied' } };
    expect(said(await worldOf(failed).look(check))).toEqual([
      'high volume-failed: PersistentVolume pv-1 could not be reclaimed, for 1 min',
    ]);
    expect(said(await worldOf(told).look(check))).toEqual([
      'high volume-failed: PersistentVolume pv-1 could not be reclaimed: delete: permission denied',
    ]);
  });

  test('that is released is low after an hour, by its own time or by earlier looks', async () => {
    expect(said(await worldOf(volume('Released', HOUR)).look(check))).toEqual([
      'low released: PersistentVolume pv-1 is released and kept (Retain), for 1 h',
    ]);
    expect(said(await worldOf(volume('Released', HOUR - 1)).look(check))).toEqual([]);
    expect(said(await worldOf(volume('Released', null)).look(check))).toEqual([]);
    expect(
      said(await worldOf(volume('Released', null)).look(check, {}, heldBefore('uid-pv', 'released'))),
    ).toHaveLength(1);
    expect(said(await worldOf(volume('Released', HOUR - 1)).look(check, {}, heldBefore('uid-pv', 'released')))).toEqual(
      [],
    );
  });

  test('that is available waits to be claimed, which is told only to who asks', async () => {
    expect(said(await worldOf(volume('Available', 30 * DAY)).look(check))).toEqual([]);
    expect(said(await worldOf(volume('Available', 30 * DAY)).look(check, { unclaimedAfter: '7d' }))).toEqual([
      'info unclaimed: PersistentVolume pv-1 is claimed by nobody, for 30 d',
    ]);
  });

  test('is one of the chosen namespaces by its claim', async () => {
    const other = volume('Released', DAY, { claimRef: { namespace: 'staging', name: 'data' } });
    expect(said(await worldOf(other).look(check, { excludeNamespaces: ['staging'] }))).toEqual([]);
    expect(said(await worldOf(other).look(check, { excludeNamespaces: ['prod'] }))).toHaveLength(1);
    expect(said(await worldOf(volume('Released', DAY)).look(check, { excludeNamespaces: ['prod'] }))).toEqual([]);
  });
});

test('what is smaller than was asked for is told, of claims and of volumes', async () => {
  const objects = [claim('Bound', { size: '500Mi' }), volume('Bound', DAY, { capacity: { storage: '1Gi' } })];
  expect(said(await worldOf(...objects).look(check, { smallerThan: '1 GiB' }))).toEqual([
    'info small: PersistentVolumeClaim prod/data is small: 500Mi',
  ]);
});

describe('storage classes', () => {
  const byDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };

  test('that are several defaults are told, each', async () => {
    expect(said(await worldOf(storageClass('a', {}, byDefault), storageClass('b', {}, byDefault)).look(check))).toEqual(
      [
        'low several-defaults: StorageClass a is one of several default classes: a, b',
        'low several-defaults: StorageClass b is one of several default classes: a, b',
      ],
    );
    expect(said(await worldOf(storageClass('a', {}, byDefault), storageClass('b')).look(check))).toEqual([]);
  });

  test('of drivers that were part of Kubernetes are told; those for local volumes have no provisioner, as documented', async () => {
    const objects = [
      storageClass('old', { provisioner: 'kubernetes.io/aws-ebs' }),
      storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' }),
    ];
    expect((await worldOf(...objects).look(check)).drafts).toMatchObject([
      { discriminator: 'provisioner', severity: 'low', title: expect.stringContaining('StorageClass old') },
    ]);
    const named = await worldOf(...objects).look(check, { provisioners: ['kubernetes.io/no-provisioner'] });
    expect(named.drafts).toMatchObject([{ title: expect.stringContaining('StorageClass local') }]);
  });
});

test('claims that may not be read are hidden with all that the check could say', async () => {
  const world = worldOf(claim('Lost'));
  world.api.deny({ user: 'nobody', resources: ['persistentvolumeclaims'] });
  const { drafts, observations } = await world.look(check);
  expect(drafts).toEqual([]);
  expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
    { resource: expect.stringMatching(/^kubernetes:.*\/\*$/), failure: { code: 'FORBIDDEN' } },
  ]);
});

describe('how full volumes are', () => {
  const SUMMARY = '/api/v1/nodes/node-a/proxy/stats/summary';
  const GIB = 2 ** 30;
  const stats = (availableGiB: number, more: object = {}): object => ({
    node: { nodeName: 'node-a' },
    pods: [
      {
        podRef: { name: 'web', namespace: 'prod' },
        volume: [
          { name: 'kube-api-access-x', capacityBytes: 8 * GIB, availableBytes: 0 },
          { name: 'nfs', pvcRef: { name: 'nfs', namespace: 'prod' }, capacityBytes: 0, availableBytes: 0 },
          {
            name: 'v',
            pvcRef: { name: 'data', namespace: 'prod' },
            capacityBytes: 10 * GIB,
            availableBytes: availableGiB * GIB,
            ...more,
          },
        ],
      },
    ],
  });
  const mounted: StoredObject = {
    ...podWith({ persistentVolumeClaim: { claimName: 'data' } }, 'Running'),
    spec: { nodeName: 'node-a', volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] },
  };
  function worldWith(answer: ReturnType<typeof json>) {
    const world = worldOf(claim('Bound'), mounted);
    world.api.say(SUMMARY, answer);
    return world;
  }
  const before = (hours: number, percent: number): { readonly history: History } => ({
    history: {
      samples: [{ at: NOW - hours * HOUR * 1_000, values: { uid: 'uid-data', holding: [], percent } }],
      open: new Map(),
      now: NOW,
    },
  });

  test('is asked only when somebody wants to know, and of the nodes whose pods mount claims', async () => {
    const world = worldWith(json(200, stats(0)));
    const other = { ...podWith({ emptyDir: {} }, 'Running'), metadata: { name: 'other', namespace: 'prod' } };
    world.api.put({ ...other, spec: { nodeName: 'node-b', volumes: [{ name: 'v', emptyDir: {} }] } });
    expect(said(await world.look(check))).toEqual([]);
    expect(world.api.asked()).not.toContain(SUMMARY);
    expect(said(await world.look(check, { full: 85 }))).toEqual([
      'critical full: PersistentVolumeClaim prod/data is 100 % full: 0 B of 10 GiB left',
    ]);
    expect(world.api.asked().filter((path) => path.includes('/proxy/'))).toEqual([SUMMARY]);
  });

  test('is medium from the limit on, and remembered below it', async () => {
    expect(said(await worldWith(json(200, stats(1.5))).look(check, { full: 85 }))).toEqual([
      'medium full: PersistentVolumeClaim prod/data is 85 % full: 1.5 GiB of 10 GiB left',
    ]);
    const { drafts, observations } = await worldWith(json(200, stats(2))).look(check, { full: 85 });
    expect(drafts).toEqual([]);
    const seen = observations.find(({ resource }) => resource.endsWith('prod/data'));
    expect(seen?.status === 'seen' && check.sample?.(seen)).toEqual({ uid: 'uid-data', holding: [], percent: 80 });
  });

  test('is critical when it is as good as full, and told beside what else is the matter', async () => {
    expect(said(await worldWith(json(200, stats(0.3))).look(check, { full: 85, smallerThan: '20 GiB' }))).toEqual([
      'critical full: PersistentVolumeClaim prod/data is 97 % full: 307 MiB of 10 GiB left',
      'info small: PersistentVolumeClaim prod/data is small: 10Gi',
    ]);
  });

  test('is high when it will soon be all, at the rate of earlier looks', async () => {
    const world = worldWith(json(200, stats(1)));
    expect(said(await world.look(check, { full: 85 }, before(10, 80)))).toEqual([
      'high full: PersistentVolumeClaim prod/data is 90 % full: 1 GiB of 10 GiB left, none in 10 h at this rate',
    ]);
    for (const earlier of [before(24, 80), before(1, 85)])
      expect(said(await world.look(check, { full: 85 }, earlier))).toMatchObject([expect.stringMatching(/^high/)]);
    // It does not grow, was not watched for an hour, or longer ago than a day, or is drawn too far ahead.
    for (const earlier of [before(10, 90), before(0.9, 80), before(24.1, 80), before(1, 89.7), before(8, 89.3)])
      expect(said(await world.look(check, { full: 85 }, earlier))).toMatchObject([expect.stringMatching(/^medium/)]);
  });

  test('must come well below the limit before it is over', async () => {
    const world = worldWith(json(200, stats(1.8)));
    const open = new Map([['full', 'medium']] as const);
    const history = { samples: [], open, now: NOW };
    expect(said(await world.look(check, { full: 85 }, { history }))).toHaveLength(1);
    expect(said(await world.look(check, { full: 85 }))).toEqual([]);
  });

  test('counts inodes, too', async () => {
    const inodes = async (free: number): Promise<readonly string[]> =>
      said(await worldWith(json(200, stats(5, { inodes: 1_000, inodesFree: free }))).look(check, { full: 85 }));
    expect(await inodes(30)).toEqual(['critical inodes: PersistentVolumeClaim prod/data has used 97 % of its inodes']);
    expect(await inodes(150)).toEqual(['medium inodes: PersistentVolumeClaim prod/data has used 85 % of its inodes']);
    expect(await inodes(151)).toEqual([]);
  });

  test.each([
    [refused(403, 'Forbidden', 'nodes "node-a" is forbidden'), 'FORBIDDEN', 'nodes/proxy'],
    [text(502, 'dial tcp 10.0.0.1:10250: connect: connection refused'), 'HTTP_502', 'connection refused'],
    [text(200, '<html>'), 'ANSWER_INVALID', 'no summary'],
  ])('is unknown of all claims where a kubelet does not tell: %j', async (answer, code, words) => {
    const { drafts, observations } = await worldWith(answer).look(check, { full: 85 });
    expect(drafts).toEqual([]);
    expect(observations.filter((each) => each.status === 'unknown')).toMatchObject([
      {
        resource: expect.stringMatching(/\/persistentvolumeclaim\/\*$/),
        name: 'use of the volumes on node-a',
        failure: { code, message: expect.stringContaining(words) },
      },
    ]);
  });
});
