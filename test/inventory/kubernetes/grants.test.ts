import { expect, test } from 'vitest';
import { source } from '../../../src/inventory/kubernetes/grants.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { collectIn } from '../../support/kubernetes/inventory.ts';
import { worldOf } from '../../support/kubernetes/world.ts';

const VERSION = 'rbac.authorization.k8s.io/v1';

function role(kind: 'Role' | 'ClusterRole', name: string, rules: readonly object[] | undefined): StoredObject {
  const metadata = { name, ...(kind === 'Role' ? { namespace: 'prod' } : {}) };
  return { apiVersion: VERSION, kind, metadata, ...(rules === undefined ? {} : { rules }) };
}

function binding(name: string, ref: string, subjects: readonly object[] | undefined, namespace?: string): StoredObject {
  const [kind, roleName] = ref.split('/');
  return {
    apiVersion: VERSION,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name, uid: `uid-of-${name}`, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: roleName },
    ...(subjects === undefined ? {} : { subjects }),
  };
}

const ANA = { kind: 'User', name: 'ana', apiGroup: 'rbac.authorization.k8s.io' };
const READ = { verbs: ['list', 'get'], apiGroups: ['', 'apps'], resources: ['pods', 'deployments'] };

async function factsOf(...objects: readonly StoredObject[]) {
  return (await collectIn(worldOf(...objects), source)).facts;
}

test('what a subject may do is put together from all of its bindings, each where it holds', async () => {
  expect(
    await factsOf(
      role('ClusterRole', 'reader', [READ]),
      role('Role', 'secrets', [
        { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['tls', 'db'] },
        { verbs: ['watch'], apiGroups: [''], resources: ['pods'] },
      ]),
      binding('everywhere', 'ClusterRole/reader', [ANA]),
      binding('here', 'Role/secrets', [ANA], 'prod'),
      binding('here-too', 'ClusterRole/reader', [ANA], 'prod'),
    ),
  ).toEqual({
    'grant/User/ana': {
      may: [
        'everywhere: get,list deployments',
        'everywhere: get,list deployments.apps',
        'everywhere: get,list pods',
        'everywhere: get,list pods.apps',
        'prod: get secrets [db, tls]',
        'prod: get,list deployments',
        'prod: get,list deployments.apps',
        'prod: get,list pods.apps',
        'prod: get,list,watch pods',
      ],
      bindings: [
        'ClusterRoleBinding everywhere to ClusterRole reader (uid-of-everywhere)',
        'RoleBinding prod/here to Role secrets (uid-of-here)',
        'RoleBinding prod/here-too to ClusterRole reader (uid-of-here-too)',
      ],
      missingRoles: [],
    },
  });
});

test('the same rights are the same lines, however rules put them', async () => {
  const bound = binding('b', 'ClusterRole/r', [ANA]);
  const together = await factsOf(bound, role('ClusterRole', 'r', [READ, { ...READ, verbs: ['watch', 'get'] }]));
  const apart = await factsOf(
    bound,
    role(
      'ClusterRole',
      'r',
      ['watch', 'list', 'get'].flatMap((verb) =>
        ['deployments', 'pods'].flatMap((resource) =>
          ['apps', ''].map((group) => ({ verbs: [verb], apiGroups: [group], resources: [resource] })),
        ),
      ),
    ),
  );
  expect(apart).toEqual(together);
});

test('everything is one line, and what is no resource stands by its path', async () => {
  const { 'grant/Group/system:masters': fact } = await factsOf(
    role('ClusterRole', 'cluster-admin', [
      { verbs: ['*', 'get'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['/metrics', '*'] },
    ]),
    binding('cluster-admin', 'ClusterRole/cluster-admin', [{ kind: 'Group', name: 'system:masters' }]),
  );
  expect(fact?.['may']).toEqual(['everywhere: * *.*', 'everywhere: * path *', 'everywhere: * path /metrics']);
});

test('a role that is bound and does not exist is said, and gives nothing', async () => {
  expect(await factsOf(binding('b', 'ClusterRole/later', [ANA]))).toEqual({
    'grant/User/ana': {
      may: [],
      bindings: ['ClusterRoleBinding b to ClusterRole later (uid-of-b)'],
      missingRoles: ['ClusterRole later, bound by ClusterRoleBinding b'],
    },
  });
});

test('a Role of another namespace than its binding is another Role', async () => {
  const facts = await factsOf(role('Role', 'r', [READ]), binding('b', 'Role/r', [ANA], 'dev'));
  expect(facts['grant/User/ana']).toMatchObject({ may: [], missingRoles: ['Role r, bound by RoleBinding dev/b'] });
});

test('a service account is told by its namespace, and users and groups of one name apart', async () => {
  const facts = await factsOf(
    role('ClusterRole', 'r', [READ]),
    binding(
      'b',
      'ClusterRole/r',
      [
        { kind: 'ServiceAccount', name: 'ci', namespace: 'tools' },
        { kind: 'ServiceAccount', name: 'ci' },
        { kind: 'User', name: 'ci' },
        { kind: 'Group', name: 'ci' },
      ],
      'prod',
    ),
    binding('nobody', 'ClusterRole/r', undefined),
  );
  expect(Object.keys(facts).toSorted()).toEqual([
    'grant/Group/ci',
    'grant/ServiceAccount/prod/ci',
    'grant/ServiceAccount/tools/ci',
    'grant/User/ci',
  ]);
});

test('an aggregated role that holds nothing yet, and one without rules, give nothing', async () => {
  const facts = await factsOf(
    role('ClusterRole', 'none', undefined),
    role('ClusterRole', 'empty', [{ verbs: [], apiGroups: [''], resources: ['pods'] }]),
    binding('a', 'ClusterRole/none', [ANA]),
    binding('b', 'ClusterRole/empty', [ANA]),
  );
  expect(facts['grant/User/ana']).toMatchObject({ may: [], missingRoles: [] });
});

test('one list that could not be read, in one namespace even, makes all grants incomparable', async () => {
  const world = worldOf(role('ClusterRole', 'r', [READ]), binding('b', 'ClusterRole/r', [ANA]));
  world.api.deny({ user: 'ana', resources: ['roles.rbac.authorization.k8s.io'], namespaces: ['prod'] });
  const { hidden } = await collectIn(world, source, { namespaces: ['prod'] });
  expect(hidden).toMatchObject({ 'grant/*': 'FORBIDDEN' });
});
