import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/posture-network.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { hasRecordings, recordedObjects } from '../../support/kubernetes/recorded.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

function deployment(name: string, spec: object = {}, namespace = 'shop'): StoredObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app' }], ...spec } } },
  };
}

function service(name: string, spec: object, status: object = {}, namespace = 'shop'): StoredObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec, status };
}

function ingress(spec: object, annotations: object = {}): StoredObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'front', namespace: 'shop', annotations },
    spec,
  };
}

function policy(spec: object, namespace = 'shop'): StoredObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'rules', namespace }, spec };
}

function cilium(kind: 'CiliumNetworkPolicy' | 'CiliumClusterwideNetworkPolicy', more: object): StoredObject {
  const namespace = kind === 'CiliumNetworkPolicy' ? { namespace: 'shop' } : {};
  return { apiVersion: 'cilium.io/v2', kind, metadata: { name: 'rules', ...namespace }, ...more };
}

const selector = { app: 'web' };
const address = { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } };
const toWeb = { http: { paths: [{ backend: { service: { name: 'web', port: { number: 80 } } } }] } };

async function says(objects: readonly StoredObject[], params: object = {}): Promise<readonly string[]> {
  return said(await worldOf(...objects).look(check, params));
}

/** By the ids of the rules alone. */
async function rulesOf(objects: readonly StoredObject[], ...rules: readonly string[]): Promise<readonly string[]> {
  const { drafts } = await worldOf(...objects).look(check, rules.length === 0 ? {} : { rules });
  return drafts.map(({ discriminator }) => discriminator).toSorted();
}

describe('ways from outside', () => {
  test('a load balancer leads to the workload that it selects', async () => {
    const look = await worldOf(
      deployment('web'),
      deployment('other'),
      service('web', { type: 'LoadBalancer', selector }, address),
    ).look(check);
    expect(said(look)).toEqual([
      'info exposed-by-service: Deployment shop/web is reachable from outside through Service web (LoadBalancer 192.0.2.7)',
    ]);
    expect(look.drafts[0]?.evidence.map(({ label, value }) => [label, value])).toEqual([
      ['Service web: spec.type', 'LoadBalancer'],
      ['Service web: status.loadBalancer.ingress', '192.0.2.7'],
    ]);
  });

  test('a node port and an external address do, too', async () => {
    expect(
      await says([deployment('web'), service('web', { type: 'NodePort', selector, ports: [{ nodePort: 31_000 }] })]),
    ).toEqual([
      'info exposed-by-service: Deployment shop/web is reachable from outside through Service web (NodePort port 31000)',
    ]);
    expect(await says([deployment('web'), service('web', { selector, externalIPs: ['192.0.2.9'] })])).toEqual([
      'info exposed-by-service: Deployment shop/web is reachable from outside through Service web (ClusterIP 192.0.2.9)',
      'medium external-ips: Service shop/web claims addresses outside of the cluster: 192.0.2.9',
    ]);
  });

  test('a Service of the cluster alone, of another namespace, or without a selector does not', async () => {
    expect(
      await says([
        deployment('web'),
        service('web', { selector }),
        service('web', { type: 'LoadBalancer', selector }, address, 'blog'),
        service('bare', { type: 'LoadBalancer' }, address),
      ]),
    ).toEqual([]);
  });

  test('an Ingress leads to what its Services select', async () => {
    const objects = [deployment('web'), service('web', { selector })];
    expect(await says([...objects, ingress({ rules: [{ host: 'shop.test', ...toWeb }], tls: [{}] })])).toEqual([
      'info exposed-by-ingress: Deployment shop/web is reachable from outside through Ingress front (shop.test)',
    ]);
    expect(await rulesOf([...objects, ingress({ defaultBackend: { service: { name: 'web' } }, tls: [{}] })])).toEqual([
      'exposed-by-ingress',
    ]);
    expect(await rulesOf([...objects, ingress({ defaultBackend: { service: { name: 'api' } }, tls: [{}] })])).toEqual(
      [],
    );
  });

  test('an HTTPRoute of a Gateway does, across namespaces as well; one of a mesh does not', async () => {
    const route = (kind: string): StoredObject => ({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'front', namespace: 'edge' },
      spec: {
        hostnames: ['shop.test'],
        parentRefs: [{ kind, name: 'public' }],
        rules: [{ backendRefs: [{ name: 'web', namespace: 'shop', port: 80 }] }],
      },
    });
    const objects = [deployment('web'), service('web', { selector })];
    expect(await says([...objects, route('Gateway')])).toEqual([
      'info exposed-by-gateway: Deployment shop/web is reachable from outside through HTTPRoute front (shop.test)',
    ]);
    expect(await says([...objects, route('Service')])).toEqual([]);
  });

  test('interfaces for administrators are high, once an address lets somebody in', async () => {
    const board = deployment('kubernetes-dashboard');
    const own = { type: 'LoadBalancer', selector: { app: 'kubernetes-dashboard' } };
    expect(await rulesOf([board, service('board', own, address)])).toEqual([
      'exposed-by-service',
      'sensitive-interface',
    ]);
    expect(await rulesOf([board, service('board', own)])).toEqual(['exposed-by-service']);
    expect(await rulesOf([board, service('board', { ...own, type: 'ClusterIP' })])).toEqual([]);
    const { drafts } = await worldOf(deployment('web'), service('web', { type: 'NodePort', selector })).look(check, {
      sensitiveInterfaces: ['web'],
    });
    expect(drafts.map(({ discriminator }) => discriminator)).toContain('sensitive-interface');
  });

  test('ssh and the types of Services are told when they are asked for', async () => {
    const objects = [
      deployment('web'),
      service('shell', { selector, ports: [{ port: 8_022, targetPort: 22 }] }),
      service('open', { type: 'NodePort' }),
      service('closed', { type: 'ClusterIP' }),
    ];
    expect(await says(objects, { rules: ['ssh-service', 'exposed-service'] })).toEqual([
      'info exposed-service: Service shop/open is reachable from outside of the cluster (NodePort)',
      'low ssh-service: Deployment shop/web is reachable by ssh through Service shell',
    ]);
  });
});

describe('TLS of an Ingress', () => {
  test('none is medium, with its hosts', async () => {
    expect(await says([ingress({ rules: [{ host: 'shop.test', ...toWeb }] })])).toEqual([
      'medium ingress-without-tls: Ingress shop/front has no TLS for shop.test',
    ]);
    expect(await says([ingress({ tls: [] })])).toEqual(['medium ingress-without-tls: Ingress shop/front has no TLS']);
  });

  test('a certificate that the controller of a cloud holds is one', async () => {
    const annotations = { 'alb.ingress.kubernetes.io/certificate-arn': 'arn:aws:acm:eu-west-1:1:certificate/1' };
    expect(await says([ingress({ rules: [{ host: 'shop.test' }] }, annotations)])).toEqual([]);
  });
});

describe('network policies', () => {
  const namespace: StoredObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  const web = deployment('web');

  test('a namespace with workloads and without a policy is low; without workloads it is nothing', async () => {
    expect(await says([namespace, web])).toEqual([
      'low namespace-without-policy: Namespace shop has workloads and no network policy',
    ]);
    expect(await says([namespace])).toEqual([]);
    expect(await rulesOf([namespace], 'namespace-without-any-policy')).toContain('namespace-without-any-policy');
    expect(await says([namespace, web, policy({ podSelector: {} })])).toEqual([]);
    expect(await says([namespace, web, policy({ podSelector: {} }, 'blog')])).toHaveLength(1);
  });

  test.each([
    ['selects everything', { podSelector: {} }, ['open-one-way']],
    ['by its label', { podSelector: { matchLabels: selector }, policyTypes: ['Ingress', 'Egress'] }, []],
    ['another label', { podSelector: { matchLabels: { app: 'api' } } }, ['open-one-way', 'without-policy']],
    ['by an expression', { podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, egress: [{}] }, []],
    ['denies all that goes out', { podSelector: {}, policyTypes: ['Egress'] }, ['open-one-way']],
  ])('a policy that %s', async (_name, spec, expected) => {
    expect(await rulesOf([web, policy(spec)], 'without-policy', 'open-one-way')).toEqual(expected);
  });

  test('which way is open is told', async () => {
    const lines = await says([web, policy({ podSelector: {} })], { rules: ['open-one-way'] });
    expect(lines).toEqual(['low open-one-way: Deployment shop/web has no network policy for what goes out']);
  });

  test.each([
    ['CiliumNetworkPolicy', { spec: { endpointSelector: { matchLabels: { 'k8s:app': 'web' } }, ingress: [] } }, true],
    ['CiliumNetworkPolicy', { specs: [{ endpointSelector: {}, ingress: [{}], egress: [{}] }] }, true],
    ['CiliumNetworkPolicy', { specs: [] }, false],
    ['CiliumClusterwideNetworkPolicy', { spec: { endpointSelector: {}, ingress: [{}] } }, true],
    ['CiliumClusterwideNetworkPolicy', { spec: { endpointSelector: { matchLabels: { app: 'api' } } } }, false],
    ['CiliumClusterwideNetworkPolicy', { spec: { nodeSelector: {}, ingress: [{}] } }, false],
  ] as const)('%s %o', async (kind, more, isSelected) => {
    expect(await rulesOf([web, cilium(kind, more)], 'without-policy')).toEqual(isSelected ? [] : ['without-policy']);
  });

  test("a policy for the whole cluster guards a namespace when it is for all of that namespace's pods", async () => {
    const of = (endpointSelector: object): StoredObject =>
      cilium('CiliumClusterwideNetworkPolicy', { spec: { endpointSelector, ingress: [{}] } });
    const label = 'k8s:io.kubernetes.pod.namespace';
    expect(await says([namespace, web, of({})])).toEqual([]);
    expect(await says([namespace, web, of({ matchLabels: { [label]: 'shop' } })])).toEqual([]);
    expect(await says([namespace, web, of({ matchLabels: { [label]: 'blog' } })])).toHaveLength(1);
    expect(await says([namespace, web, of({ matchLabels: selector })])).toHaveLength(1);
  });

  test('policies that may not be read make nothing open', async () => {
    const world = worldOf(namespace, web);
    world.api.deny({ user: 'viewer', resources: ['ciliumnetworkpolicies.cilium.io'] });
    const { drafts, observations } = await world.look(check, { rules: ['all'] });
    expect(drafts).toEqual([]);
    // Everything is hidden, so that what was open is not taken for shut.
    expect(observations.filter(({ status }) => status === 'unknown').map(({ resource }) => resource)).toEqual([
      expect.stringMatching(/^kubernetes:[^/]+\/\*$/),
    ]);
  });

  test('pods in the network of their node are beyond policies', async () => {
    expect(await rulesOf([deployment('agent', { hostNetwork: true })], 'without-policy')).toEqual([]);
  });
});

test.each([
  ['registry.k8s.io/ingress-nginx/controller:v1.8.0', true],
  ['registry.k8s.io/ingress-nginx/controller-chroot@sha256:00', true],
  ['localhost:5000/ingress-nginx/controller', true],
  ['registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1', false],
  ['nginx/nginx-ingress:3', false],
])('ingress-nginx has come to its end: %s', async (image, isTold) => {
  const lines = await rulesOf([deployment('web', { containers: [{ name: 'app', image }] })]);
  expect(lines).toEqual(isTold ? ['ingress-nginx'] : []);
});

test.skipIf(!hasRecordings)('of a real cluster', async () => {
  expect(said(await worldOf(...recordedObjects()).look(check))).toEqual([
    'info exposed-by-ingress: Deployment prod/web is reachable from outside through Ingress shop (shop.example.invalid)',
    'info exposed-by-service: Deployment prod/api is reachable from outside through Service debug (NodePort port 30229)',
    'info exposed-by-service: Deployment prod/web is reachable from outside through Service web (LoadBalancer 203.0.113.10), Service web-pending-lb (LoadBalancer)',
    'low namespace-without-policy: Namespace monitoring has workloads and no network policy',
    'low namespace-without-policy: Namespace prod has workloads and no network policy',
    'medium ingress-without-tls: Ingress prod/plain-http has no TLS for plain.example.invalid',
  ]);
});
