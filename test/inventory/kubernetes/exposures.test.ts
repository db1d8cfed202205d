import { describe, expect, test } from 'vitest';
import { source } from '../../../src/inventory/kubernetes/exposures.ts';
import { text, type StoredObject } from '../../support/kubernetes/api.ts';
import { collectIn } from '../../support/kubernetes/inventory.ts';
import { pod } from '../../support/kubernetes/pods.ts';
import { worldOf } from '../../support/kubernetes/world.ts';

const NO_PORTS = { nodePorts: [], from: null, externalAddresses: [], balancer: null, annotations: {}, leadsTo: [] };

function object(apiVersion: string, kind: string, name: string, spec: object, more: object = {}): StoredObject {
  return { apiVersion, kind, metadata: { name, namespace: 'prod', uid: `uid-of-${name}`, ...more }, spec };
}
const service = (name: string, spec: object, more: object = {}): StoredObject =>
  object('v1', 'Service', name, spec, more);

async function factsOf(...objects: readonly StoredObject[]) {
  return (await collectIn(worldOf(...objects), source)).facts;
}

describe('a Service', () => {
  test('with a load balancer has its ports and its sources merged, and its selector as a set', async () => {
    expect(
      await factsOf(
        service(
          'web',
          {
            type: 'LoadBalancer',
            selector: { tier: 'front', app: 'web' },
            loadBalancerSourceRanges: ['10.0.1.0/24', '10.0.0.0/24', '192.0.2.7/32'],
            ports: [
              { port: 443, nodePort: 30_001 },
              { port: 80, nodePort: 30_000, protocol: 'TCP' },
              { port: 81, nodePort: 30_009 },
              { port: 53, protocol: 'UDP' },
            ],
          },
          { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true', other: 'x' } },
        ),
      ),
    ).toEqual({
      'public-service/prod/web': {
        ...NO_PORTS,
        uid: 'uid-of-web',
        type: 'LoadBalancer',
        ports: ['80-81/tcp', '443/tcp', '53/udp'],
        nodePorts: ['30000-30001/tcp', '30009/tcp'],
        from: ['10.0.0.0/23', '192.0.2.7/32'],
        annotations: { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' },
        leadsTo: ['app=web', 'tier=front'],
      },
    });
  });

  test('that nothing outside can reach is no fact, unless it has external addresses', async () => {
    expect(
      await factsOf(
        service('inside', { type: 'ClusterIP', ports: [{ port: 80 }] }),
        service('name', { type: 'ExternalName', externalName: 'example.com' }),
        service('borrowed', { ports: [{ port: 80 }], externalIPs: ['192.0.2.1', '192.0.2.0'] }),
      ),
    ).toEqual({
      'public-service/prod/borrowed': {
        ...NO_PORTS,
        uid: 'uid-of-borrowed',
        type: 'ClusterIP',
        ports: ['80/tcp'],
        externalAddresses: ['192.0.2.0/31'],
      },
    });
  });

  test('keeps no address that its balancer was given', async () => {
    const of = (ip: string): StoredObject => ({
      ...service('web', { type: 'NodePort', ports: [] }),
      status: { loadBalancer: { ingress: [{ ip }] } },
    });
    expect(await factsOf(of('192.0.2.1'))).toEqual(await factsOf(of('192.0.2.2')));
  });
});

describe('an Ingress', () => {
  const backend = (name: string, port: number | string) => ({
    service: { name, port: typeof port === 'number' ? { number: port } : { name: port } },
  });
  const ingress = (spec: object, more: object = {}): StoredObject =>
    object('networking.k8s.io/v1', 'Ingress', 'shop', spec, more);

  test('has one fact for each host and path, with its class and whether it has TLS', async () => {
    expect(
      await factsOf(
        ingress({
          ingressClassName: 'nginx',
          tls: [{ hosts: ['*.example.com'] }],
          defaultBackend: { resource: { apiGroup: 'k8s.test', kind: 'Bucket', name: 'static' } },
          rules: [
            {
              host: 'shop.example.com',
              http: {
                paths: [
                  { path: '/', pathType: 'Prefix', backend: backend('web', 80) },
                  { path: '/api/*', pathType: 'Prefix', backend: backend('api', 'http') },
                ],
              },
            },
            { host: 'a.b.example.com', http: { paths: [{ backend: backend('web', 80) }] } },
            { http: { paths: [{ path: '/x', pathType: 'Exact', backend: backend('web', 80) }] } },
          ],
        }),
      ),
    ).toEqual({
      'ingress-route/prod/shop/shop.example.com/ (Prefix)': {
        uid: 'uid-of-shop',
        class: 'nginx',
        tls: true,
        backends: ['Service web:80'],
      },
      'ingress-route/prod/shop/shop.example.com/api/%2A (Prefix)': {
        uid: 'uid-of-shop',
        class: 'nginx',
        tls: true,
        backends: ['Service api:http'],
      },
      'ingress-route/prod/shop/a.b.example.com/ (ImplementationSpecific)': {
        uid: 'uid-of-shop',
        class: 'nginx',
        tls: false,
        backends: ['Service web:80'],
      },
      'ingress-route/prod/shop/any host/x (Exact)': {
        uid: 'uid-of-shop',
        class: 'nginx',
        tls: false,
        backends: ['Service web:80'],
      },
      'ingress-route/prod/shop/any host (default backend)': {
        uid: 'uid-of-shop',
        class: 'nginx',
        tls: false,
        backends: ['Bucket.k8s.test static'],
      },
    });
  });

  test('that names a path twice has both backends in one fact', async () => {
    const path = (name: string) => ({ path: '/', pathType: 'Prefix', backend: backend(name, 80) });
    const facts = await factsOf(
      ingress(
        {
          rules: [
            { host: 'a.test', http: { paths: [path('new')] } },
            { host: 'a.test', http: { paths: [path('old')] } },
          ],
        },
        { annotations: { 'kubernetes.io/ingress.class': 'traefik' } },
      ),
    );
    expect(facts).toEqual({
      'ingress-route/prod/shop/a.test/ (Prefix)': {
        uid: 'uid-of-shop',
        class: 'traefik',
        tls: false,
        backends: ['Service new:80', 'Service old:80'],
      },
    });
  });
});

test('a Gateway has a fact for each listener, and an HTTPRoute one with its hosts, Gateways and Services', async () => {
  expect(
    await factsOf(
      object('gateway.networking.k8s.io/v1', 'Gateway', 'edge', {
        gatewayClassName: 'envoy',
        listeners: [
          {
            name: 'https',
            port: 443,
            protocol: 'HTTPS',
            hostname: '*.example.com',
            tls: {},
            allowedRoutes: {
              namespaces: {
                from: 'Selector',
                selector: {
                  matchLabels: { shared: 'true' },
                  matchExpressions: [{ key: 'env', operator: 'In', values: ['b', 'a'] }],
                },
              },
            },
          },
          { name: 'http', port: 80, protocol: 'HTTP' },
        ],
      }),
      object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'shop', {
        hostnames: ['b.example.com', 'a.example.com'],
        parentRefs: [
          { name: 'edge', sectionName: 'https' },
          { name: 'other', namespace: 'infra' },
        ],
        rules: [{ backendRefs: [{ name: 'web', port: 80 }] }, { backendRefs: [{ name: 'web', port: 80 }] }, {}],
      }),
    ),
  ).toEqual({
    'gateway-listener/prod/edge/https': {
      uid: 'uid-of-edge',
      class: 'envoy',
      hostname: '*.example.com',
      port: 443,
      protocol: 'HTTPS',
      tls: 'Terminate',
      routesFrom: 'Selector',
      routesOf: ['env in (a,b)', 'shared=true'],
    },
    'gateway-listener/prod/edge/http': {
      uid: 'uid-of-edge',
      class: 'envoy',
      hostname: null,
      port: 80,
      protocol: 'HTTP',
      tls: null,
      routesFrom: 'Same',
      routesOf: null,
    },
    'gateway-route/prod/shop': {
      uid: 'uid-of-shop',
      hosts: ['a.example.com', 'b.example.com'],
      parents: ['Gateway infra/other', 'Gateway prod/edge/https'],
      backends: ['Service prod/web:80'],
    },
  });
});

describe('a workload', () => {
  const deployment = (name: string, spec: object): StoredObject =>
    object('apps/v1', 'Deployment', name, { template: { spec } });

  test('on ports of its node is a fact of its top owner, and its pods and old ReplicaSets are none', async () => {
    const spec = {
      containers: [
        { name: 'a', ports: [{ containerPort: 80, hostPort: 8_080 }, { containerPort: 9 }] },
        { name: 'b', ports: [{ hostPort: 8_081, hostIP: '127.0.0.1', protocol: 'UDP' }] },
      ],
      initContainers: [{ name: 'c', restartPolicy: 'Always', ports: [{ hostPort: 8_081 }] }],
    };
    expect(
      await factsOf(
        deployment('web', spec),
        {
          ...object('apps/v1', 'ReplicaSet', 'web-1', { replicas: 1, template: { spec } }),
          metadata: {
            name: 'web-1',
            namespace: 'prod',
            ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
          },
        },
        pod({ name: 'web-1-a', owner: 'ReplicaSet/web-1', spec }),
      ),
    ).toEqual({
      'host-port/prod/Deployment/web': {
        uid: 'uid-of-web',
        hostNetwork: false,
        ports: ['8080-8081/tcp', '8081/udp'],
        addresses: ['127.0.0.1', 'every address'],
      },
    });
  });

  test("on its node's network takes all ports of its containers", async () => {
    expect(
      await factsOf(
        deployment('agent', { hostNetwork: true, containers: [{ name: 'a', ports: [{ containerPort: 9_100 }] }] }),
      ),
    ).toEqual({
      'host-port/prod/Deployment/agent': {
        uid: 'uid-of-agent',
        hostNetwork: true,
        ports: ['9100/tcp'],
        addresses: ['every address'],
      },
    });
  });

  test('of a kind that is not read is told by what it controls; what has ended is not', async () => {
    const spec = { hostNetwork: true, containers: [{ name: 'a' }] };
    const facts = await factsOf(
      pod({ name: 'db-0', owner: 'Cluster/db', spec }),
      pod({ name: 'db-1', owner: 'Cluster/db', spec }),
      pod({ name: 'alone', spec }),
      pod({ name: 'done', phase: 'Succeeded', spec }),
    );
    expect(Object.keys(facts).toSorted()).toEqual(['host-port/prod/Cluster/db', 'host-port/prod/Pod/alone']);
    expect(facts['host-port/prod/Cluster/db']).toMatchObject({ uid: 'uid-of-db' });
  });
});

describe('what could not be read', () => {
  test('hides its kind, and nothing else', async () => {
    const world = worldOf(service('web', { type: 'NodePort', ports: [] }));
    world.api.deny({ user: 'ana', resources: ['ingresses.networking.k8s.io', 'replicasets.apps'] });
    const { facts, hidden } = await collectIn(world, source);
    expect(Object.keys(facts)).toEqual(['public-service/prod/web']);
    expect(hidden).toEqual({ 'ingress-route/*': 'FORBIDDEN', 'host-port/*': 'FORBIDDEN' });
  });

  test('in one namespace hides what is there', async () => {
    const world = worldOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } });
    world.api.deny({ user: 'ana', resources: ['services'], namespaces: ['prod'] });
    expect(await collectIn(world, source, { namespaces: ['prod', 'dev'] })).toMatchObject({
      hidden: { 'public-service/prod/*': 'FORBIDDEN' },
    });
  });

  test('is not a kind that the cluster does not have', async () => {
    const world = worldOf();
    for (const plural of ['gateways', 'httproutes'])
      world.api.say(`/apis/gateway.networking.k8s.io/v1/${plural}?limit=500`, text(404, '404 page not found\n'));
    expect(await collectIn(world, source)).toEqual({ facts: {}, hidden: {} });
    expect(world.api.asked()).toContain('/apis/gateway.networking.k8s.io/v1/gateways?limit=500');
  });
});
