import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/namespaces.ts';
import type { Severity } from '../../../src/domain/severity.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { ago, NOW, said, worldOf } from '../../support/kubernetes/world.ts';

function doomed(seconds: number, conditions: readonly object[] = []): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'doomed', uid: 'uid-doomed', creationTimestamp: ago(86_400), deletionTimestamp: ago(seconds) },
    status: { phase: 'Terminating', conditions },
  };
}

const condition = (type: string, status: string, reason: string, message: string): object => ({
  type,
  status,
  reason,
  message,
});

function quota(hard: object, used: object): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'small', namespace: 'staging' },
    spec: { hard },
    status: { hard, used },
  };
}

describe('a namespace that is being deleted', () => {
  test('for ten minutes is told with what holds it up, and with nothing that does not', async () => {
    const { drafts } = await worldOf(
      doomed(600, [
        condition('NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed'),
        condition('NamespaceDeletionDiscoveryFailure', 'True', 'DiscoveryFailed', 'metrics.k8s.io/v1beta1: stale'),
        condition(
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          'example.com/hold in 1 resource instances',
        ),
      ]),
    ).look(check);
    expect(drafts).toMatchObject([
      {
        discriminator: 'terminating',
        severity: 'medium',
        title: 'Namespace doomed can not be deleted: DiscoveryFailed, metrics.k8s.io/v1beta1: stale, for 10 min',
        next: expect.stringContaining('kubectl --context test get namespace doomed -o yaml'),
      },
    ]);
    const paths = drafts[0]?.evidence.map(({ label }) => label);
    expect(paths).toContain('status.conditions[?(@.type=="NamespaceFinalizersRemaining")].message');
    expect(paths).not.toContain('status.conditions[?(@.type=="NamespaceContentRemaining")].message');
  });

  test('is told though its phase does not say so yet', async () => {
    expect(said(await worldOf({ ...doomed(600), status: { phase: 'Active' } }).look(check))).toEqual([
      'medium terminating: Namespace doomed can not be deleted, for 10 min',
    ]);
  });

  test('is given its time', async () => {
    expect(said(await worldOf(doomed(599)).look(check))).toEqual([]);
    expect(said(await worldOf(doomed(60)).look(check, { terminatingAfter: '1m' }))).toHaveLength(1);
  });

  test('is left out when it was not chosen', async () => {
    expect(said(await worldOf(doomed(600)).look(check, { excludeNamespaces: ['doo*'] }))).toEqual([]);
  });
});

test('a namespace that is active is fine, whatever its conditions once said', async () => {
  const active = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod' }, status: { phase: 'Active' } };
  expect(said(await worldOf(active).look(check))).toEqual([]);
});

describe('a quota', () => {
  test.each([
    [{ pods: '10' }, { pods: '8' }, []],
    [{ pods: '10' }, { pods: '9' }, ['low quota:pods: ResourceQuota staging/small is used to 90 %: pods 9 of 10']],
    [{ pods: '6' }, { pods: '6' }, ['medium quota:pods: ResourceQuota staging/small is used up: pods 6 of 6']],
    [{ pods: '6' }, { pods: '7' }, ['medium quota:pods: ResourceQuota staging/small is exceeded: pods 7 of 6']],
    [
      { 'requests.cpu': '4', 'requests.memory': '8Gi' },
      { 'requests.cpu': '3900m', 'requests.memory': '4096Mi' },
      ['low quota:requests.cpu: ResourceQuota staging/small is used to 98 %: requests.cpu 3900m of 4'],
    ],
    [{ 'services.loadbalancers': '0' }, { 'services.loadbalancers': '0' }, []],
    [
      { 'services.loadbalancers': '0' },
      { 'services.loadbalancers': '1' },
      ['medium quota:services.loadbalancers: ResourceQuota staging/small is exceeded: services.loadbalancers 1 of 0'],
    ],
    [{ pods: '6' }, {}, []],
  ])('of %j with %j used', async (hard, used, expected) => {
    expect(said(await worldOf(quota(hard, used)).look(check))).toEqual(expected);
  });

  test('must come well below the limit before it is over', async () => {
    const world = worldOf(quota({ pods: '100' }, { pods: '86' }));
    const open = new Map<string, Severity>([['quota:pods', 'low']]);
    expect(said(await world.look(check, {}, { history: { samples: [], open, now: NOW } }))).toHaveLength(1);
    expect(said(await world.look(check))).toEqual([]);
  });
});

test('what may not be listed hides itself alone', async () => {
  const world = worldOf(doomed(600), quota({ pods: '6' }, { pods: '6' }));
  world.api.deny({ user: 'ops-reader', resources: ['resourcequotas'] });
  const { drafts, observations } = await world.look(check);
  expect(drafts).toMatchObject([{ discriminator: 'terminating' }]);
  expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
    { resource: expect.stringMatching(/\/resourcequota\/\*$/), failure: { code: 'FORBIDDEN' } },
  ]);
});
