import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/posture-rbac.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { hasRecordings, recordedObjects } from '../../support/kubernetes/recorded.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const jane = { kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' };
const robot = { kind: 'ServiceAccount', name: 'robot', namespace: 'shop' };

function clusterRole(name: string, ...rules: readonly object[]): StoredObject {
  return { apiVersion: RBAC, kind: 'ClusterRole', metadata: { name }, rules };
}

function role(namespace: string, name: string, ...rules: readonly object[]): StoredObject {
  return { apiVersion: RBAC, kind: 'Role', metadata: { namespace, name }, rules };
}

function bindCluster(name: string, to: string, ...subjects: readonly object[]): StoredObject {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: to };
  return { apiVersion: RBAC, kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects };
}

function bind(namespace: string, name: string, to: string, ...subjects: readonly object[]): StoredObject {
  const [kind = '', roleName = ''] = to.split('/');
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: roleName };
  return { apiVersion: RBAC, kind: 'RoleBinding', metadata: { namespace, name }, roleRef, subjects };
}

function rule(groups: string, resources: string, verbs: string): object {
  const list = (words: string): string[] => words.split(',').map((word) => (word === 'core' ? '' : word));
  return { apiGroups: list(groups), resources: list(resources), verbs: list(verbs) };
}

async function says(objects: readonly StoredObject[], params: object = {}): Promise<readonly string[]> {
  return said(await worldOf(...objects).look(check, params));
}

describe('administrators', () => {
  test('a binding to cluster-admin is critical, names who is bound, and its narrower rights go without saying', async () => {
    const look = await worldOf(bindCluster('ops', 'cluster-admin', jane, robot)).look(check);
    expect(said(look)).toEqual([
      'critical cluster-admin: ClusterRoleBinding ops lets ServiceAccount shop/robot, User jane do everything (cluster-admin) in the whole cluster',
    ]);
    expect(look.drafts[0]?.evidence).toEqual([
      { label: 'subjects[0]', value: 'User jane', source: 'ClusterRoleBinding ops' },
      { label: 'roleRef.name', value: 'cluster-admin', source: 'ClusterRoleBinding ops' },
      { label: 'subjects[1]', value: 'ServiceAccount shop/robot', source: 'ClusterRoleBinding ops' },
    ]);
    expect(look.drafts[0]?.next).toContain('kubectl get clusterrolebinding/ops -o yaml');
  });

  test('a role of wildcards is as good, and so are all verbs one by one', async () => {
    for (const verbs of ['*', 'delete,patch,update,create,watch,list,get']) {
      const objects = [clusterRole('own', rule('*', '*', verbs)), bindCluster('ops', 'own', jane)];
      expect(await says(objects)).toEqual([
        'critical administer: ClusterRoleBinding ops lets User jane do everything in the whole cluster',
      ]);
    }
  });

  test('all verbs but one are not everything; wildcards of the core group are told as that', async () => {
    const most = [clusterRole('own', rule('*', '*', 'get,list,watch')), bindCluster('ops', 'own', jane)];
    expect(await says(most)).toEqual(
      expect.not.arrayContaining([expect.stringContaining('administer')]) as unknown as string[],
    );
    const core = [clusterRole('own', rule('core', '*', '*')), bindCluster('ops', 'own', jane)];
    expect((await says(core)).map((line) => line.split(':')[0])).toEqual(['critical administer-core']);
  });

  test('who leaves the rule out does not hear of each part of it instead', async () => {
    const objects = [bindCluster('ops', 'cluster-admin', jane)];
    expect(await says(objects, { rules: ['default', '-cluster-admin'] })).toEqual([]);
    expect(await says(objects, { rules: ['create-pods'] })).toHaveLength(1);
  });

  test('in one namespace it is medium', async () => {
    const objects = [role('shop', 'all', rule('*', '*', '*')), bind('shop', 'all', 'Role/all', jane)];
    expect(await says(objects)).toEqual([
      'medium administer-in-namespace: RoleBinding shop/all lets User jane do everything in its namespace',
    ]);
  });

  test('administrators that Kubernetes itself comes with are none of our business, unless asked for', async () => {
    const masters = { kind: 'Group', name: 'system:masters' };
    const kubeadm = { kind: 'Group', name: 'kubeadm:cluster-admins' };
    const operator = { kind: 'ServiceAccount', name: 'cni', namespace: 'kube-system' };
    const objects = [
      bindCluster('cluster-admin', 'cluster-admin', masters),
      bindCluster('kubeadm:cluster-admins', 'cluster-admin', kubeadm),
      bindCluster('cni', 'cluster-admin', operator),
    ];
    expect(await says(objects)).toEqual([]);
    expect(await says(objects, { system: true })).toHaveLength(3);
  });

  test('a binding that is merely called as one of Kubernetes is told', async () => {
    const objects = [bindCluster('system:innocent', 'cluster-admin', jane)];
    expect(await says(objects)).toHaveLength(1);
    expect(await says(objects, { ignore: ['system:*'] })).toEqual([]);
  });

  test('a binding without subjects gives nobody anything', async () => {
    expect(await says([bindCluster('ops', 'cluster-admin')])).toEqual([]);
  });
});

describe('rights that lead further', () => {
  const RIGHTS = [
    ['read-secrets', 'high', rule('core', 'secrets', 'list')],
    ['escalate-roles', 'critical', rule('rbac.authorization.k8s.io', 'clusterroles', 'bind')],
    ['impersonate', 'critical', rule('core', 'users', 'impersonate')],
    ['impersonate-accounts', 'high', rule('core', 'serviceaccounts', 'impersonate')],
    ['create-pods', 'high', rule('core', 'pods', 'create')],
    ['create-workloads', 'medium', rule('apps', 'deployments', 'patch')],
    ['reach-kubelets', 'high', rule('core', 'nodes/proxy', 'get')],
    ['approve-certificates', 'high', rule('certificates.k8s.io', 'certificatesigningrequests/approval', 'update')],
    ['create-tokens', 'high', rule('core', 'serviceaccounts/token', 'create')],
    ['change-webhooks', 'medium', rule('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'patch')],
    ['exec', 'medium', rule('core', '*/exec', 'create')],
    ['port-forward', 'low', rule('core', 'pods/portforward', 'create')],
    ['create-volumes', 'medium', rule('core', 'persistentvolumes', 'create')],
    ['delete-events', 'low', rule('events.k8s.io', 'events', 'deletecollection')],
    ['delete-workloads', 'low', rule('apps', 'statefulsets', 'delete')],
    ['change-dns', 'medium', rule('core', 'configmaps', 'update')],
  ] as const;

  test.each(RIGHTS)('%s', async (id, severity, allowed) => {
    const objects = [clusterRole('own', allowed), bindCluster('some', 'own', jane)];
    const lines = await says(objects, { rules: ['all'] });
    expect(lines.map((line) => line.split(':')[0])).toContain(`${severity} ${id}`);
  });

  test('a verb, a resource or a group less, and there is no right', async () => {
    const objects = [
      clusterRole(
        'own',
        rule('core', 'pods,pods/log,nodes', 'get,list,watch'),
        rule('apps', 'secrets,pods/exec', 'get,list,create'),
        rule('core', 'serviceaccounts', 'create'),
        rule('rbac.authorization.k8s.io', 'clusterroles', 'get,create'),
      ),
      bindCluster('some', 'own', jane),
    ];
    expect(await says(objects)).toEqual([]);
  });

  test('to read one secret by its name is no right to secrets', async () => {
    const one = { ...rule('core', 'secrets', 'get'), resourceNames: ['checkout-tls'] };
    const objects = [clusterRole('own', one), bindCluster('some', 'own', jane)];
    expect(await says(objects, { rules: ['all'] })).toEqual([]);
  });

  test('the ConfigMap of the cluster DNS counts by its name, and in kube-system only', async () => {
    const one = { ...rule('core', 'configmaps', 'patch'), resourceNames: ['coredns'] };
    const objects = [
      role('kube-system', 'dns', one),
      bind('kube-system', 'dns', 'Role/dns', jane),
      role('shop', 'dns', one),
      bind('shop', 'dns', 'Role/dns', jane),
    ];
    expect(await says(objects, { rules: ['change-dns-in-namespace'], system: true })).toEqual([
      'medium change-dns-in-namespace: RoleBinding kube-system/dns lets User jane change the ConfigMap of the cluster DNS in its namespace',
    ]);
  });

  test('what a RoleBinding gives is told when it is asked for, and by the role of its own namespace', async () => {
    const objects = [
      role('shop', 'reader', rule('core', 'secrets', 'get')),
      role('blog', 'reader', rule('core', 'pods', 'get')),
      bind('shop', 'some', 'Role/reader', robot),
      bind('blog', 'some', 'Role/reader', robot),
    ];
    expect(await says(objects)).toEqual([]);
    expect(await says(objects, { rules: ['default', 'read-secrets-in-namespace'] })).toEqual([
      'low read-secrets-in-namespace: RoleBinding shop/some lets ServiceAccount shop/robot read secrets in its namespace',
    ]);
  });

  test('a RoleBinding to a ClusterRole gives its rights in that namespace alone', async () => {
    const objects = [
      clusterRole('own', rule('rbac.authorization.k8s.io', 'roles', 'escalate')),
      bind('shop', 'some', 'ClusterRole/own', jane),
    ];
    expect((await says(objects)).map((line) => line.split(':')[0])).toEqual(['medium escalate-roles-in-namespace']);
  });

  test('pods/* gives nothing, and is told as what it means to be', async () => {
    const objects = [clusterRole('own', rule('core', 'pods/*', 'create')), bindCluster('some', 'own', jane)];
    expect(await says(objects)).toEqual([]);
    expect((await says(objects, { rules: ['all'] })).map((line) => line.split(':')[0])).toEqual(['low idle-wildcard']);
  });
});

describe('who is bound', () => {
  const viewer = clusterRole('viewer', rule('core', 'configmaps', 'get'));

  test.each([
    [{ kind: 'User', name: 'system:anonymous' }, 'critical anonymous'],
    [{ kind: 'Group', name: 'system:unauthenticated' }, 'critical anonymous'],
    [{ kind: 'Group', name: 'system:authenticated' }, 'medium everyone'],
    [{ kind: 'Group', name: 'system:serviceaccounts' }, 'medium all-service-accounts'],
    [{ kind: 'ServiceAccount', name: 'default', namespace: 'shop' }, 'medium default-service-account'],
  ])('%o', async (subject, expected) => {
    const lines = await says([viewer, bindCluster('some', 'viewer', subject)]);
    expect(lines.map((line) => line.split(':')[0])).toEqual([expected]);
  });

  test('everybody with a hand on pods or secrets is worse', async () => {
    const objects = [
      clusterRole('pods', rule('core', 'pods', 'list')),
      bindCluster('some', 'pods', { kind: 'Group', name: 'system:authenticated' }),
    ];
    expect((await says(objects)).map((line) => line.split(':')[0])).toEqual([
      'high everyone-at-workloads',
      'medium everyone',
    ]);
  });

  test('what Kubernetes tells everybody of itself is no finding', async () => {
    const objects = [
      bindCluster(
        'system:public-info-viewer',
        'system:public-info-viewer',
        { kind: 'Group', name: 'system:authenticated' },
        { kind: 'Group', name: 'system:unauthenticated' },
      ),
    ];
    expect(await says(objects)).toEqual([]);
    expect(await says(objects, { rules: ['anonymous'], system: true })).toHaveLength(1);
  });

  test('the health and the version of a server may be known, its metrics may not', async () => {
    const anybody = { kind: 'Group', name: 'system:unauthenticated' };
    const urls = (...nonResourceURLs: string[]): object => ({ nonResourceURLs, verbs: ['get'] });
    expect(await says([clusterRole('info', urls('/healthz', '/version/')), bindCluster('a', 'info', anybody)])).toEqual(
      [],
    );
    expect(
      await says([clusterRole('info', urls('/healthz', '/metrics')), bindCluster('a', 'info', anybody)]),
    ).toHaveLength(1);
  });

  test('a role with wildcards is told of its binding when that is asked for', async () => {
    const objects = [role('shop', 'wild', rule('apps', 'deployments', '*')), bind('shop', 'some', 'Role/wild', jane)];
    expect(await says(objects)).toEqual([]);
    expect(await says(objects, { rules: ['binds-wildcards'] })).toEqual([
      'low binds-wildcards: RoleBinding shop/some binds User jane to a role with wildcards in its rules',
    ]);
  });

  test('a role that is not there is said when it is asked for', async () => {
    const objects = [bind('shop', 'some', 'Role/gone', jane)];
    expect(await says(objects)).toEqual([]);
    expect(await says(objects, { rules: ['missing-role'] })).toEqual([
      'low missing-role: RoleBinding shop/some binds to a role that does not exist: gone',
    ]);
  });
});

describe('roles', () => {
  test('wildcards and exec are told of the role itself, when they are asked for', async () => {
    const objects = [
      role('shop', 'wild', rule('core', 'secrets', '*')),
      role('shop', 'shell', rule('core', 'pods/exec', 'get')),
      role('shop', 'tame', rule('core', 'pods', 'get')),
      clusterRole('system:own', rule('*', '*', '*')),
    ];
    expect(await says(objects)).toEqual([]);
    expect(await says(objects, { rules: ['wildcard-in-rules', 'role-allows-exec'] })).toEqual([
      'low role-allows-exec: Role shop/shell allows to run commands in pods (exec, attach)',
      'low wildcard-in-rules: Role shop/wild has wildcards in its rules',
    ]);
  });
});

test('without the right to read bindings there is nothing to be said, and that is said', async () => {
  const world = worldOf(bindCluster('ops', 'cluster-admin', jane));
  world.api.deny({ user: 'viewer', resources: ['clusterrolebindings.rbac.authorization.k8s.io'] });
  const { drafts, observations } = await world.look(check);
  expect(drafts).toEqual([]);
  expect(observations.filter(({ status }) => status === 'unknown').map(({ name }) => name)).toEqual([
    'clusterrolebindings',
  ]);
});

test('namespaces that were not chosen are left out', async () => {
  const objects = [
    bind('shop', 'some', 'ClusterRole/cluster-admin', jane),
    bind('blog', 'some', 'ClusterRole/cluster-admin', jane),
  ];
  const namespaces = ['shop', 'blog'].map((name) => ({ kind: 'Namespace', metadata: { name } }));
  expect(await says([...namespaces, ...objects], { namespaces: ['shop'] })).toHaveLength(1);
});

test.skipIf(!hasRecordings)(
  'of a real cluster, what its people added is told, and nothing that came with it',
  async () => {
    expect(said(await worldOf(...recordedObjects()).look(check))).toEqual([
      'critical anonymous: ClusterRoleBinding anonymous-view gives rights to Group system:unauthenticated, which is anybody',
      'critical cluster-admin: ClusterRoleBinding ci-is-admin lets ServiceAccount prod/ci do everything (cluster-admin) in the whole cluster',
      'critical cluster-admin: ClusterRoleBinding default-sa-admin lets ServiceAccount default/default, User contractor@example.invalid do everything (cluster-admin) in the whole cluster',
      'high create-pods: ClusterRoleBinding ops-operator-edit lets User ops-operator create pods in the whole cluster',
      'high create-tokens: ClusterRoleBinding ops-operator-edit lets User ops-operator make tokens of service accounts in the whole cluster',
      'high everyone-at-workloads: RoleBinding staging/everyone-edits gives Group system:authenticated rights on pods, workloads, nodes or secrets',
      'high impersonate-accounts: ClusterRoleBinding ops-operator-edit lets User ops-operator act as service accounts in the whole cluster',
      'high read-secrets: ClusterRoleBinding ops-operator-edit lets User ops-operator read secrets in the whole cluster',
      'medium default-service-account: ClusterRoleBinding default-sa-admin gives rights to ServiceAccount default/default',
      'medium everyone: RoleBinding staging/everyone-edits gives rights to Group system:authenticated, which is everybody who logs in',
      'medium exec: ClusterRoleBinding ops-operator-edit lets User ops-operator run commands in pods (exec, attach) in the whole cluster',
    ]);
  },
);
