import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/posture-service-accounts.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { hasRecordings, recordedObjects } from '../../support/kubernetes/recorded.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';

function deployment(name: string, spec: object, namespace = 'shop'): StoredObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app' }], ...spec } } },
  };
}

function account(name: string, more: object = {}, namespace = 'shop'): StoredObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace }, ...more };
}

function grant(name: string, ...rules: readonly object[]): readonly StoredObject[] {
  return [
    { apiVersion: RBAC, kind: 'ClusterRole', metadata: { name: `${name}-role` }, rules },
    {
      apiVersion: RBAC,
      kind: 'ClusterRoleBinding',
      metadata: { name: `${name}-binding` },
      roleRef: { kind: 'ClusterRole', name: `${name}-role` },
      subjects: [{ kind: 'ServiceAccount', name, namespace: 'shop' }],
    },
  ];
}

const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['list'] };
const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };

async function says(objects: readonly StoredObject[], params: object = {}): Promise<readonly string[]> {
  return said(await worldOf(...objects).look(check, params));
}

describe('what a workload may do', () => {
  test('an account that may do everything is high, with the way from the workload to the role as evidence', async () => {
    const look = await worldOf(
      deployment('web', { serviceAccountName: 'robot' }),
      account('robot'),
      ...grant('robot', everything),
    ).look(check);
    expect(said(look)).toEqual([
      'high administrative: Deployment shop/web runs as ServiceAccount robot, which may do everything',
    ]);
    expect(look.drafts[0]?.evidence.map(({ label, value }) => [label, value])).toEqual([
      ['spec.template.spec.serviceAccountName', 'robot'],
      ['ClusterRoleBinding robot-binding: roleRef.name', 'robot-role'],
      ['ClusterRole robot-role: rules[0].apiGroups', '*'],
      ['ClusterRole robot-role: rules[0].resources', '*'],
      ['ClusterRole robot-role: rules[0].verbs', '*'],
    ]);
  });

  test('to read secrets is a way to take over, to read pods is none', async () => {
    const web = deployment('web', { serviceAccountName: 'robot' });
    expect(await says([web, account('robot'), ...grant('robot', secrets)])).toHaveLength(1);
    expect(await says([web, account('robot'), ...grant('robot', pods)])).toEqual([]);
  });

  test('where no token is mounted, rights are out of reach; the pod has the last word', async () => {
    const rights = grant('robot', everything);
    const silent = account('robot', { automountServiceAccountToken: false });
    const spec = { serviceAccountName: 'robot' };
    expect(await says([deployment('web', spec), silent, ...rights])).toEqual([]);
    const refuses = deployment('web', { ...spec, automountServiceAccountToken: false });
    expect(await says([refuses, account('robot'), ...rights])).toEqual([]);
    const insists = deployment('web', { ...spec, automountServiceAccountToken: true });
    expect(await says([insists, silent, ...rights])).toHaveLength(1);
  });

  test('without a name it runs as the default account; the deprecated name counts, too', async () => {
    const rights = grant('default', everything);
    expect(await says([deployment('web', {}), account('default'), ...rights])).toHaveLength(1);
    expect(await says([deployment('web', { serviceAccount: 'robot' }), ...rights])).toEqual([]);
  });

  test('an account of another namespace by the same name has nothing to do with it', async () => {
    const other = deployment('web', { serviceAccountName: 'robot' }, 'blog');
    expect(await says([other, account('robot', {}, 'blog'), ...grant('robot', everything)])).toEqual([]);
  });

  test('pods of a deployment are told once, under it', async () => {
    const replicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: 'web-1',
        namespace: 'shop',
        ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
      },
      spec: { replicas: 1, template: { spec: { serviceAccountName: 'robot' } } },
    };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'web-1-abcde',
        namespace: 'shop',
        ownerReferences: [{ kind: 'ReplicaSet', name: 'web-1', controller: true }],
      },
      spec: { serviceAccountName: 'robot' },
    };
    const web = deployment('web', { serviceAccountName: 'robot' });
    expect(await says([web, replicaSet, pod, ...grant('robot', secrets)])).toEqual([
      'medium takeover: Deployment shop/web runs as ServiceAccount robot, which may read secrets or make pods',
    ]);
  });

  test("the dashboard's account is for the dashboard", async () => {
    const spec = { serviceAccountName: 'kubernetes-dashboard' };
    expect(await says([deployment('web', spec)])).toEqual([
      'medium dashboard-account: Deployment shop/web runs as the service account of the dashboard',
    ]);
    expect(await says([deployment('kubernetes-dashboard-api', spec)])).toEqual([]);
  });

  test('kube-system is left out unless it is asked for', async () => {
    const web = deployment('web', { serviceAccountName: 'kubernetes-dashboard' }, 'kube-system');
    expect(await says([web])).toEqual([]);
    expect(await says([web], { system: true })).toHaveLength(1);
  });
});

describe('when they are asked for', () => {
  const OPTIONAL = { rules: ['all'] };

  test('tokens that are mounted, of workloads and of accounts', async () => {
    const lines = await says(
      [deployment('web', { serviceAccountName: 'robot' }), account('robot'), ...grant('robot', pods)],
      OPTIONAL,
    );
    expect(lines).toEqual([
      'info account-with-rights: ServiceAccount shop/robot has its token mounted by default and roles bound to it: robot-role',
      'low account-mounts-token: ServiceAccount shop/robot has its token mounted by default',
      'low mounts-token-of-bound-account: Deployment shop/web mounts a token of ServiceAccount robot, to which roles are bound',
      'low mounts-token: Deployment shop/web mounts a token of its service account',
    ]);
  });

  test('a group that every account is in binds all of them; what Kubernetes gives to everybody does not', async () => {
    const everyone = (role: string): StoredObject => ({
      apiVersion: RBAC,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'everyone' },
      roleRef: { kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'Group', name: 'system:serviceaccounts' }],
    });
    const rules = { rules: ['mounts-token-of-bound-account'] };
    expect(await says([deployment('web', {}), everyone('view')], rules)).toHaveLength(1);
    expect(await says([deployment('web', {}), everyone('system:discovery')], rules)).toEqual([]);
  });

  test('the default account: who uses it, and that it hands out tokens', async () => {
    const lines = await says(
      [deployment('web', {}), deployment('api', { serviceAccountName: 'api' }), account('default'), account('api')],
      { rules: ['uses-default-account', 'default-account-in-use', 'default-account-mounts-token'] },
    );
    expect(lines).toEqual([
      'low default-account-in-use: ServiceAccount shop/default is what pods run as: 1 workload',
      'low default-account-mounts-token: ServiceAccount shop/default has its token mounted by default, in every pod that names no account',
      'low uses-default-account: Deployment shop/web runs as the default service account of its namespace',
    ]);
  });

  test('namespaces that have no account of their own', async () => {
    const namespaces = ['shop', 'blog'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
    expect(
      await says([...namespaces, account('default'), account('default', {}, 'blog'), account('api', {}, 'blog')], {
        rules: ['namespace-without-account'],
      }),
    ).toEqual(['info namespace-without-account: Namespace shop has no service account but the default one']);
  });
});

test('without the right to read bindings there is nothing to be said, and that is said', async () => {
  const world = worldOf(deployment('web', { serviceAccountName: 'robot' }), ...grant('robot', everything));
  world.api.deny({ user: 'viewer', resources: ['clusterrolebindings.rbac.authorization.k8s.io'] });
  const { drafts, observations } = await world.look(check);
  expect(drafts).toEqual([]);
  expect(observations.some(({ status, resource }) => status === 'unknown' && resource.endsWith('/*'))).toBe(true);
});

test.skipIf(!hasRecordings)('of a real cluster', async () => {
  expect(said(await worldOf(...recordedObjects()).look(check))).toEqual([
    'high administrative: Pod prod/root-shell runs as ServiceAccount ci, which may do everything',
  ]);
});
