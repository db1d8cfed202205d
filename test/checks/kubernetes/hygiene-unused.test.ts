import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/hygiene-unused.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

const configMap = (metadata: object = {}, more: object = {}): StoredObject => ({
  kind: 'ConfigMap',
  metadata: { name: 'web', namespace: 'prod', ...metadata },
  data: { mode: 'fast' },
  ...more,
});
const pod = (spec: object, namespace = 'prod'): StoredObject => ({
  kind: 'Pod',
  metadata: { name: 'p', namespace },
  spec,
});
const template = (kind: string, spec: object, more: object = {}): StoredObject => ({
  kind,
  metadata: { name: 'w', namespace: 'prod' },
  spec: { template: { spec }, ...more },
});

async function saysOf(objects: readonly StoredObject[], params: object = {}) {
  return said(await worldOf(...objects).look(check, params));
}
const unused = ['info config-map-unused: ConfigMap prod/web is used by nothing'];

describe('a ConfigMap is used', () => {
  const volume = { volumes: [{ name: 'v', configMap: { name: 'web' } }] };
  test.each([
    ['by a volume', pod(volume)],
    [
      'by a projected volume',
      pod({ volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'web' } }] } }] }),
    ],
    ['by envFrom', pod({ containers: [{ name: 'a', envFrom: [{ configMapRef: { name: 'web' } }] }] })],
    [
      'by a key, optional or not',
      pod({
        containers: [
          {
            name: 'a',
            env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'web', key: 'k', optional: true } } }],
          },
        ],
      }),
    ],
    ['by an init container', pod({ initContainers: [{ name: 'a', envFrom: [{ configMapRef: { name: 'web' } }] }] })],
    [
      'by an ephemeral container',
      pod({ ephemeralContainers: [{ name: 'a', envFrom: [{ configMapRef: { name: 'web' } }] }] }),
    ],
    ['by a template that nothing runs of', template('Deployment', volume, { replicas: 0 })],
    ['by a revision to roll back to', template('ReplicaSet', volume, { replicas: 0 })],
    [
      'by a cron job',
      {
        kind: 'CronJob',
        metadata: { name: 'c', namespace: 'prod' },
        spec: { jobTemplate: { spec: { template: { spec: volume } } } },
      },
    ],
    ['by an argument', pod({ containers: [{ name: 'a', args: ['--configmap=$(POD_NAMESPACE)/web'] }] }, 'ingress')],
    [
      'by a role that names it',
      {
        kind: 'Role',
        metadata: { name: 'r', namespace: 'prod', labels: { 'kubernetes.io/bootstrapping': 'x' } },
        rules: [{ resources: ['configmaps'], resourceNames: ['web'], verbs: ['get'] }],
      },
    ],
  ] as const)('%s', async (_, user) => {
    expect(await saysOf([configMap(), user as StoredObject])).toEqual([]);
  });

  test.each([
    ['as a dashboard', { labels: { grafana_dashboard: '1' } }],
    ['as rules of Prometheus', { labels: { prometheus_rule: '1' } }],
    ['as a configuration of Fluentd', { labels: { fluentd_config: '1' } }],
    ['as a release of Helm', { labels: { owner: 'helm' } }],
    ['as the lock of an election', { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }],
    ['by who owns it', { ownerReferences: [{ kind: 'Thing', name: 't' }] }],
    ['by word of who knows', { annotations: { 'k8sgpt.ai/skip-usage-check': 'true' } }],
    ['as what every namespace has', { name: 'kube-root-ca.crt' }],
  ])('%s', async (_, metadata) => {
    expect(await saysOf([configMap(metadata)])).toEqual([]);
  });

  test('by nothing: it is told, by its name and namespace', async () => {
    expect(await saysOf([configMap()])).toEqual(unused);
    expect(await saysOf([configMap(), pod(volume, 'dev')])).toEqual(unused);
    expect(await saysOf([configMap(), pod({ containers: [{ name: 'a', args: ['--name=webshop'] }] })])).toEqual(unused);
  });
});

test('a ConfigMap that is empty, and one that is large', async () => {
  const user = pod({ volumes: [{ name: 'v', configMap: { name: 'web' } }] });
  expect(await saysOf([configMap({}, { data: undefined }), user])).toEqual([
    'info config-map-empty: ConfigMap prod/web is empty',
  ]);
  expect(await saysOf([configMap({}, { data: { big: 'x'.repeat(901 * 1024) } }), user])).toEqual([
    'low config-map-large: ConfigMap prod/web is large: 901 KiB',
  ]);
  expect(await saysOf([configMap({}, { data: { big: 'x'.repeat(900 * 1024) } }), user])).toEqual([]);
});

describe('a service account', () => {
  const account = (name = 'ci'): StoredObject => ({ kind: 'ServiceAccount', metadata: { name, namespace: 'prod' } });
  test('is used by pods, and by what binds it', async () => {
    expect(await saysOf([account()])).toEqual([
      'info account-unused: ServiceAccount prod/ci is used by nothing: no pod runs as it, and nothing is bound to it',
    ]);
    expect(await saysOf([account('default')])).toEqual([]);
    expect(await saysOf([account(), template('Deployment', { serviceAccountName: 'ci' })])).toEqual([]);
    const binding = {
      kind: 'ClusterRoleBinding',
      metadata: { name: 'b' },
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'ci', namespace: 'prod' }],
    };
    expect(await saysOf([account(), binding])).toEqual([]);
  });

  test('is not said to be unused where bindings may not be read', async () => {
    const world = worldOf(account());
    world.api.deny({ user: 'nobody', resources: ['rolebindings.rbac.authorization.k8s.io'] });
    expect(said(await world.look(check))).toEqual([]);
  });
});

test('a claim is used by pods, and by a stateful set that would take it again', async () => {
  const claim = (name: string): StoredObject => ({
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'prod' },
  });
  expect(await saysOf([claim('data-w-2')])).toHaveLength(1);
  expect(
    await saysOf([
      claim('data-w-2'),
      template('StatefulSet', {}, { volumeClaimTemplates: [{ metadata: { name: 'data' } }] }),
    ]),
  ).toEqual([]);
  expect(await saysOf([claim('p-v'), pod({ volumes: [{ name: 'v', ephemeral: {} }] })])).toEqual([]);
});

describe('a role', () => {
  const role = (metadata: object, more: object = {}): StoredObject => ({
    kind: 'ClusterRole',
    metadata: { name: 'reader', ...metadata },
    ...more,
  });
  test('that is bound to nobody is told', async () => {
    expect(await saysOf([role({})])).toEqual(['info role-unused: ClusterRole reader is bound to nobody']);
    const binding = {
      kind: 'RoleBinding',
      metadata: { name: 'b', namespace: 'prod' },
      roleRef: { kind: 'ClusterRole', name: 'reader' },
    };
    expect(await saysOf([role({}), binding])).toEqual([]);
  });

  test.each([
    ['a part of another', role({ labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } })],
    ['made of others', role({}, { aggregationRule: { clusterRoleSelectors: [] } })],
    ['of Kubernetes itself', role({ labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } })],
    ['of the system', role({ name: 'system:node' })],
  ])('is fine when it is %s', async (_, object) => {
    expect(await saysOf([object])).toEqual([]);
  });

  test('of the whole cluster is not judged by a part of it', async () => {
    expect(await saysOf([role({})], { excludeNamespaces: ['dev'] })).toEqual([]);
  });
});

test('nothing is said to be unused where some of what may use it could not be read', async () => {
  const world = worldOf(configMap(), configMap({ namespace: 'dev' }));
  world.api.deny({ user: 'nobody', resources: ['cronjobs.batch'] });
  const { drafts, observations } = await world.look(check);
  expect(drafts).toEqual([]);
  expect(observations).toContainEqual(
    expect.objectContaining({ status: 'unknown', resource: expect.stringMatching(/^kubernetes:[^/]+\/\*$/) }),
  );
});
