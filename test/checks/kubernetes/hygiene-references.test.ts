import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/hygiene-references.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

function deployment(spec: object, more: object = {}): StoredObject {
  return {
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'prod' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec },
      ...more,
    },
  };
}
const inApp = (container: object): StoredObject => deployment({ containers: [{ name: 'app', ...container }] });
const configMap = (name: string, data: object = { mode: 'fast' }, namespace = 'prod'): StoredObject => ({
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});
const fromKey = (kind: 'configMapKeyRef' | 'secretKeyRef', ref: object): object => ({
  env: [{ name: 'MODE', valueFrom: { [kind]: ref } }],
});

async function saysOf(objects: readonly StoredObject[], params: object = {}) {
  return said(await worldOf(...objects).look(check, params));
}

describe('a ConfigMap that is named and is not there', () => {
  test.each([
    ['by envFrom', inApp({ envFrom: [{ configMapRef: { name: 'web' } }] })],
    ['by a key', inApp(fromKey('configMapKeyRef', { name: 'web', key: 'mode' }))],
    [
      'by an init container',
      deployment({ initContainers: [{ name: 'init', envFrom: [{ configMapRef: { name: 'web' } }] }] }),
    ],
    ['by a volume', deployment({ volumes: [{ name: 'v', configMap: { name: 'web' } }] })],
    [
      'by a projected volume',
      deployment({ volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'web' } }] } }] }),
    ],
  ])('%s', async (_, object) => {
    expect(await saysOf([object, configMap('web', {}, 'dev')])).toEqual([
      'medium config-map-missing: Deployment prod/web names a ConfigMap that does not exist: web',
    ]);
    expect(await saysOf([object, configMap('web')])).toEqual([]);
  });

  test('may be missing where it is optional', async () => {
    expect(await saysOf([inApp({ envFrom: [{ configMapRef: { name: 'web', optional: true } }] })])).toEqual([]);
  });

  test('may lack the key that is named, also in an item of a volume', async () => {
    const byItem = deployment({
      volumes: [{ name: 'v', configMap: { name: 'web', items: [{ key: 'pace', path: 'p' }] } }],
    });
    for (const object of [inApp(fromKey('configMapKeyRef', { name: 'web', key: 'pace' })), byItem])
      expect(await saysOf([object, configMap('web')])).toEqual([
        'medium config-map-key-missing: Deployment prod/web names a key that its ConfigMap does not have: pace of web',
      ]);
    const binary = { ...configMap('web'), binaryData: { pace: 'AAA=' } };
    expect(await saysOf([byItem, binary])).toEqual([]);
  });

  test('is told with the exact field', async () => {
    const { drafts } = await worldOf(inApp({ envFrom: [{ configMapRef: { name: 'web' } }] })).look(check);
    expect(drafts[0]?.evidence).toEqual([
      {
        label: 'spec.template.spec.containers[0].envFrom[0].configMapRef.name',
        value: 'web',
        source: 'Deployment prod/web',
      },
    ]);
  });

  test('is not said to be missing where ConfigMaps may not be read', async () => {
    const world = worldOf(inApp({ envFrom: [{ configMapRef: { name: 'web' } }] }));
    world.api.deny({ user: 'nobody', resources: ['configmaps'] });
    const { drafts, observations } = await world.look(check);
    expect(drafts).toEqual([]);
    expect(observations).toContainEqual(expect.objectContaining({ status: 'unknown' }));
  });
});

describe('Secrets', () => {
  const object = deployment({
    imagePullSecrets: [{ name: 'registry' }],
    containers: [{ name: 'app', ...fromKey('secretKeyRef', { name: 'db', key: 'password' }) }],
  });

  test('are only asked for on demand, by name', async () => {
    expect(await saysOf([object])).toEqual([]);
    expect(await saysOf([object], { secrets: true })).toEqual([
      'medium pull-secret-missing: Deployment prod/web pulls its images with a Secret that does not exist: registry',
      'medium secret-missing: Deployment prod/web names a Secret that does not exist: db',
    ]);
  });

  test('that are there are fine, whatever keys they have', async () => {
    const secret = (name: string): StoredObject => ({ kind: 'Secret', metadata: { name, namespace: 'prod' } });
    expect(await saysOf([object, secret('db'), secret('registry')], { secrets: true })).toEqual([]);
  });
});

describe('a service account', () => {
  test.each(['serviceAccountName', 'serviceAccount'])('that is named by %s must exist', async (field) => {
    expect(await saysOf([deployment({ [field]: 'runner' })])).toEqual([
      'medium account-missing: Deployment prod/web runs as a service account that does not exist: runner',
    ]);
    const account = { kind: 'ServiceAccount', metadata: { name: 'runner', namespace: 'prod' } };
    expect(await saysOf([deployment({ [field]: 'runner' }), account])).toEqual([]);
  });

  test.each([{}, { serviceAccountName: '' }, { serviceAccountName: 'default' }])(
    'is always there by default: %j',
    async (spec) => {
      expect(await saysOf([deployment(spec)])).toEqual([]);
    },
  );
});

test('a claim that is mounted must exist', async () => {
  const object = deployment({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] });
  expect(await saysOf([object])).toEqual([
    'medium claim-missing: Deployment prod/web mounts a claim that does not exist: data',
  ]);
  expect(
    await saysOf([object, { kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'prod' } }]),
  ).toEqual([]);
});

describe('a selector', () => {
  test('must select what its workload makes', async () => {
    const { drafts } = await worldOf(deployment({}, { selector: { matchLabels: { app: 'api' } } })).look(check);
    expect(drafts).toMatchObject([{ discriminator: 'selector-mismatch', severity: 'medium' }]);
  });

  test('of a Service may select what will be made, and otherwise selects nothing', async () => {
    const service = (spec: object): StoredObject => ({
      kind: 'Service',
      metadata: { name: 'web', namespace: 'prod' },
      spec,
    });
    expect(await saysOf([deployment({}), service({ selector: { app: 'web' } })])).toEqual([]);
    expect(await saysOf([deployment({}), service({ selector: { app: 'api' } })])).toEqual([
      'low service-selects-nothing: Service prod/web selects nothing: no pod, and nothing that makes pods, has these labels',
    ]);
    expect(await saysOf([service({}), service({ type: 'ExternalName', selector: { app: 'x' } })])).toEqual([]);
  });

  test('of a ServiceMonitor looks in its own namespace, in those it names, or in all', async () => {
    const labelled = { kind: 'Service', metadata: { name: 'web', namespace: 'prod', labels: { scrape: 'yes' } } };
    const monitor = (spec: object): StoredObject => ({
      kind: 'ServiceMonitor',
      metadata: { name: 'web', namespace: 'mon' },
      spec,
    });
    const selector = { matchLabels: { scrape: 'yes' } };
    expect(await saysOf([labelled, monitor({ selector })])).toEqual([
      'low monitor-selects-nothing: ServiceMonitor mon/web selects no Service',
    ]);
    expect(await saysOf([labelled, monitor({ selector, namespaceSelector: { matchNames: ['prod'] } })])).toEqual([]);
    expect(await saysOf([labelled, monitor({ selector, namespaceSelector: { any: true } })])).toEqual([]);
  });
});

describe('a binding', () => {
  const binding = (more: object, name = 'readers'): StoredObject => ({
    kind: 'RoleBinding',
    metadata: { name, namespace: 'prod' },
    roleRef: { kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'User', name: 'ann' }],
    ...more,
  });
  const role = { kind: 'Role', metadata: { name: 'reader', namespace: 'prod' } };

  test('to a role that does not exist there', async () => {
    expect(await saysOf([binding({})])).toEqual([
      'medium role-missing: RoleBinding prod/readers binds to a role that does not exist: Role reader',
    ]);
    expect(await saysOf([binding({}), role])).toEqual([]);
    expect(await saysOf([binding({ roleRef: { kind: 'ClusterRole', name: 'reader' } }), role])).toHaveLength(1);
  });

  test('of a service account that does not exist, in its own namespace unless it says another', async () => {
    const subjects = [{ kind: 'ServiceAccount', name: 'ci' }];
    expect(await saysOf([binding({ subjects }), role])).toEqual([
      'low subject-missing: RoleBinding prod/readers gives rights to what does not exist: ServiceAccount prod/ci',
    ]);
    const account = { kind: 'ServiceAccount', metadata: { name: 'ci', namespace: 'prod' } };
    expect(await saysOf([binding({ subjects }), role, account])).toEqual([]);
  });

  test('of Kubernetes itself is meant, whatever is there', async () => {
    expect(
      await saysOf([
        binding({
          metadata: { name: 'b', namespace: 'prod', labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
        }),
      ]),
    ).toEqual([]);
    expect(await saysOf([binding({}, 'system:controller:x')])).toEqual([]);
  });
});

test('names of ports that no server takes are only told to who asks', async () => {
  const object = inApp({
    ports: [
      { name: 'n234567890123456', containerPort: 80 },
      { name: '123456', containerPort: 70_000 },
      { name: 'http', containerPort: 80 },
    ],
  });
  expect(await saysOf([object])).toEqual([]);
  expect(await saysOf([object], { rules: ['invalid-port'] })).toEqual([
    'low invalid-port: Deployment prod/web has a port that is none: n234567890123456, 123456, 70000',
  ]);
});

test('what belongs to the cluster itself is only looked at on demand', async () => {
  const object = { ...deployment({ serviceAccountName: 'gone' }), metadata: { name: 'dns', namespace: 'kube-system' } };
  expect(await saysOf([object])).toEqual([]);
  expect(await saysOf([object], { system: true })).toHaveLength(1);
});

test('a Service is not said to select nothing where pods may not be read', async () => {
  const service = { kind: 'Service', metadata: { name: 'web', namespace: 'prod' }, spec: { selector: { app: 'web' } } };
  const world = worldOf(service);
  expect(said(await world.look(check))).toHaveLength(1);
  world.api.deny({ user: 'nobody', resources: ['pods'] });
  expect(said(await world.look(check))).toEqual([]);
});

test('the default account of a namespace, and users, are no missing subjects', async () => {
  const binding = {
    kind: 'ClusterRoleBinding',
    metadata: { name: 'viewers' },
    roleRef: { kind: 'ClusterRole', name: 'view' },
    subjects: [
      { kind: 'ServiceAccount', name: 'default', namespace: 'prod' },
      { kind: 'Group', name: 'ops' },
    ],
  };
  expect(await saysOf([binding, { kind: 'ClusterRole', metadata: { name: 'view' } }])).toEqual([]);
});

test.each([
  ['a23456789012345', 0],
  ['a234567890123456', 1],
  ['a--b', 1],
  ['8080', 1],
  [8080, 0],
  [1, 0],
  [0, 1],
  [65_535, 0],
  [65_536, 1],
])('the target port %j of a Service: %i', async (targetPort, count) => {
  const service = {
    kind: 'Service',
    metadata: { name: 'web', namespace: 'prod' },
    spec: { ports: [{ port: 80, targetPort }, { port: 81 }] },
  };
  expect(await saysOf([service], { rules: ['invalid-port'] })).toHaveLength(count);
});

test('one Service of several is enough for a monitor', async () => {
  const service = (name: string, labels: object): StoredObject => ({
    kind: 'Service',
    metadata: { name, namespace: 'mon', labels },
  });
  const monitor = {
    kind: 'ServiceMonitor',
    metadata: { name: 'web', namespace: 'mon' },
    spec: { selector: { matchLabels: { scrape: 'yes' } } },
  };
  expect(await saysOf([service('a', { scrape: 'yes' }), service('b', {}), monitor])).toEqual([]);
});
