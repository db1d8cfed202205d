import { expect, test } from 'vitest';
import { dependentsOf, topologyKey, topologyOf, type Topology } from '../../../src/providers/kubernetes/reader.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { worldOf } from '../../support/kubernetes/world.ts';

const { signal } = new AbortController();
const namespace = 'shop';
const labels = { app: 'web' };

const deployment: StoredObject = {
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas: 2,
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: 'web',
        containers: [
          {
            name: 'app',
            envFrom: [{ secretRef: { name: 'db' } }],
            env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }],
          },
        ],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      },
    },
  },
};
const replicaSet: StoredObject = {
  kind: 'ReplicaSet',
  metadata: {
    name: 'web-1',
    namespace,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', controller: true }],
  },
  spec: { replicas: 2, template: { metadata: { labels }, spec: { containers: [{ name: 'app' }] } } },
};
const pod = (name: string, nodeName: string): StoredObject => ({
  kind: 'Pod',
  metadata: {
    name,
    namespace,
    labels: { ...labels, 'pod-template-hash': '1' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', controller: true }],
  },
  spec: { nodeName, containers: [{ name: 'app' }] },
});
const service: StoredObject = {
  kind: 'Service',
  metadata: { name: 'web', namespace },
  spec: { selector: labels, ports: [{ port: 80 }] },
};
const ingress: StoredObject = {
  kind: 'Ingress',
  metadata: { name: 'shop', namespace },
  spec: {
    rules: [
      {
        host: 'shop.example.com',
        http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { number: 80 } } } }] },
      },
      { host: 'old.example.com', http: { paths: [{ path: '/', backend: { service: { name: 'gone' } } }] } },
    ],
  },
};
const scaler: StoredObject = {
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5 },
};
const budget: StoredObject = {
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace },
  spec: { selector: { matchLabels: labels }, minAvailable: 1 },
};

async function drawn(...objects: readonly StoredObject[]): Promise<Topology> {
  const { reader } = worldOf(...objects);
  return topologyOf(await reader.cluster({}, { signal }), signal);
}

const lines = ({ edges }: Topology): readonly string[] =>
  edges.map(({ from, relation, to, detail }) => `${from} ${relation} ${to}${detail === null ? '' : ` (${detail})`}`);

test('who routes to, selects, mounts, scales, protects and runs what', async () => {
  const topology = await drawn(
    deployment,
    replicaSet,
    pod('web-1-a', 'node-a'),
    pod('web-1-b', 'node-b'),
    service,
    ingress,
    scaler,
    budget,
  );
  expect(lines(topology)).toEqual([
    'Deployment shop/web mounts PersistentVolumeClaim shop/data',
    'Deployment shop/web reads ConfigMap shop/settings',
    'Deployment shop/web reads Secret shop/db',
    'Deployment shop/web runs-as ServiceAccount shop/web',
    'Deployment shop/web runs-on Node node-a',
    'Deployment shop/web runs-on Node node-b',
    'HorizontalPodAutoscaler shop/web scales Deployment shop/web',
    'Ingress shop/shop routes Service shop/gone (old.example.com/)',
    'Ingress shop/shop routes Service shop/web (shop.example.com/)',
    'PodDisruptionBudget shop/web protects Deployment shop/web',
    'Service shop/web selects Deployment shop/web',
  ]);
  expect(topology.nodes.get('Deployment shop/web')).toMatchObject({ pods: 2, exists: true });
  expect(topology.nodes.get('Service shop/gone')).toMatchObject({ exists: false });
  expect(topology.nodes.get('Secret shop/db')).toMatchObject({ exists: null });
  expect([...topology.nodes.keys()].some((key) => key.startsWith('Pod ') || key.startsWith('ReplicaSet '))).toBe(false);
});

test('what relies on a thing is said in sentences, with who reaches it through another', async () => {
  const topology = await drawn(deployment, replicaSet, pod('web-1-a', 'node-a'), service, ingress, scaler, budget);
  expect(dependentsOf(topology, topologyKey('Deployment', namespace, 'web'))).toEqual([
    'HorizontalPodAutoscaler shop/web scales it',
    'PodDisruptionBudget shop/web limits how many of its pods may be away',
    'Service shop/web selects it',
    'Ingress shop/shop routes to Service shop/web (shop.example.com/), and so to it',
  ]);
  expect(dependentsOf(topology, topologyKey('Node', null, 'node-a'))).toEqual(['Deployment shop/web runs on it']);
  expect(dependentsOf(topology, topologyKey('Secret', namespace, 'db'))).toEqual([
    'Deployment shop/web reads it into its environment',
  ]);
  expect(dependentsOf(topology, topologyKey('Deployment', namespace, 'other'))).toEqual([]);
});

test('what could not be read is said, and is not taken for missing', async () => {
  const { api, reader } = worldOf(deployment, ingress);
  api.deny({ user: 'ana', resources: ['services', 'pods'] });
  const topology = await topologyOf(await reader.cluster({}, { signal }), signal);
  expect(topology.nodes.get('Service shop/web')).toMatchObject({ exists: null });
  expect(dependentsOf(topology, 'Deployment shop/web')).toEqual([
    'Not everything could be seen: Pod, Service could not be read in full',
  ]);
});

test('an empty selector of a Service selects nothing, one of a policy everything of its namespace', async () => {
  const topology = await drawn(
    deployment,
    { kind: 'Service', metadata: { name: 'manual', namespace }, spec: { ports: [{ port: 1 }] } },
    { kind: 'NetworkPolicy', metadata: { name: 'deny', namespace }, spec: { podSelector: {} } },
    { kind: 'NetworkPolicy', metadata: { name: 'deny', namespace: 'other' }, spec: { podSelector: {} } },
  );
  expect(lines(topology).filter((line) => /^(Service|NetworkPolicy)/.test(line))).toEqual([
    'NetworkPolicy shop/deny restricts Deployment shop/web',
  ]);
});

test('Jobs belong to their CronJob, routes to their Gateway', async () => {
  const topology = await drawn(
    { kind: 'CronJob', metadata: { name: 'nightly', namespace }, spec: { schedule: '0 3 * * *' } },
    {
      kind: 'Job',
      metadata: {
        name: 'nightly-1',
        namespace,
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', controller: true }],
      },
    },
    { kind: 'Gateway', metadata: { name: 'edge', namespace: 'infra' } },
    {
      kind: 'HTTPRoute',
      metadata: { name: 'shop', namespace },
      spec: {
        hostnames: ['shop.example.com'],
        parentRefs: [{ name: 'edge', namespace: 'infra' }],
        rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
      },
    },
  );
  expect(lines(topology)).toEqual([
    'CronJob shop/nightly owns Job shop/nightly-1',
    'Gateway infra/edge routes HTTPRoute shop/shop',
    'HTTPRoute shop/shop routes Service shop/web (shop.example.com)',
  ]);
});
