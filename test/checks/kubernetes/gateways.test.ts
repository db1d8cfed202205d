import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/gateways.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

const accepted = (status: string, seconds = 86_400): object => ({
  conditions: [
    { type: 'SupportedVersion', status: 'True' },
    {
      type: 'Accepted',
      status,
      reason: 'Pending',
      message: 'Waiting for controller',
      lastTransitionTime: ago(seconds),
    },
  ],
});
const gatewayClass: StoredObject = { kind: 'GatewayClass', metadata: { name: 'envoy' }, status: accepted('True') };

function gateway(spec: object = {}, status: object = accepted('True')): StoredObject {
  const listeners = [{ name: 'web', port: 80, protocol: 'HTTP' }];
  return {
    kind: 'Gateway',
    metadata: { name: 'edge', namespace: 'infra', creationTimestamp: ago(86_400) },
    spec: { gatewayClassName: 'envoy', listeners, ...spec },
    status,
  };
}

function route(spec: object = {}, more: object = {}): StoredObject {
  return {
    kind: 'HTTPRoute',
    metadata: { name: 'shop', namespace: 'prod' },
    spec: {
      parentRefs: [{ name: 'edge', namespace: 'infra' }],
      rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
      ...spec,
    },
    ...more,
  };
}
const web: StoredObject = {
  kind: 'Service',
  metadata: { name: 'web', namespace: 'prod' },
  spec: { ports: [{ port: 80 }] },
};
const open = (namespaces: object): object => ({
  listeners: [{ name: 'web', port: 80, allowedRoutes: { namespaces } }],
});
const toAll = gateway(open({ from: 'All' }));

async function saysOf(...objects: readonly StoredObject[]) {
  return said(await worldOf(...objects).look(check));
}

describe('a class', () => {
  test.each([
    ['False', 300, 1],
    ['False', 299, 0],
    ['Unknown', 600, 1],
    ['True', 600, 0],
  ])('of which Accepted is %s for %i seconds: %i', async (status, seconds, count) => {
    expect(await saysOf({ ...gatewayClass, status: accepted(status, seconds) })).toHaveLength(count);
  });
});

describe('a gateway', () => {
  test('of a class that does not exist', async () => {
    expect(await saysOf(gateway())).toEqual([
      'high class-missing: Gateway infra/edge is of a GatewayClass that does not exist: envoy',
    ]);
    expect(await saysOf(gateway(), gatewayClass)).toEqual([]);
  });

  test('is judged by the type of the condition, not by its place', async () => {
    expect(await saysOf(gateway({}, accepted('Unknown')), gatewayClass)).toEqual([
      'high not-accepted: Gateway infra/edge is not accepted: Waiting for controller, for 1 d',
    ]);
  });

  test('that is accepted may not be programmed', async () => {
    const status = {
      conditions: [
        { type: 'Programmed', status: 'False', reason: 'AddressNotAssigned', lastTransitionTime: ago(600) },
        { type: 'Accepted', status: 'True' },
      ],
    };
    expect(await saysOf(gateway({}, status), gatewayClass)).toEqual([
      'high not-programmed: Gateway infra/edge is not programmed: AddressNotAssigned, for 10 min',
    ]);
  });

  test('whose class may not be read is not said to be of none', async () => {
    const world = worldOf(gateway());
    world.api.deny({ user: 'nobody', resources: ['gatewayclasses.gateway.networking.k8s.io'] });
    expect(said(await world.look(check))).toEqual([]);
  });
});

describe('a route', () => {
  test('with all that it names is fine', async () => {
    expect(await saysOf(gatewayClass, toAll, web, route())).toEqual([]);
  });

  test('for a gateway that does not exist', async () => {
    expect(await saysOf(web, route())).toEqual([
      'high gateway-missing: HTTPRoute prod/shop is for what does not exist: Gateway infra/edge',
    ]);
    expect(await saysOf(web, route({ parentRefs: [{ kind: 'Service', group: '', name: 'web' }] }))).toEqual([]);
  });

  test('of a namespace that no listener takes routes from', async () => {
    expect(await saysOf(gatewayClass, gateway(), web, route())).toEqual([
      'high namespace-not-allowed: HTTPRoute prod/shop is of a namespace that no listener takes routes from: Gateway infra/edge',
    ]);
  });

  test('is chosen by the labels of its namespace, not by its own', async () => {
    const chosen = gateway(open({ from: 'Selector', selector: { matchLabels: { team: 'shop' } } }));
    const prod = (labels: object): StoredObject => ({ kind: 'Namespace', metadata: { name: 'prod', labels } });
    const labelled = { ...route(), metadata: { name: 'shop', namespace: 'prod', labels: { team: 'shop' } } };
    expect(await saysOf(gatewayClass, chosen, web, prod({ team: 'shop' }), route())).toEqual([]);
    expect(await saysOf(gatewayClass, chosen, web, prod({}), labelled)).toHaveLength(1);
  });

  test('to a Service, or a port of one, that does not exist', async () => {
    expect(await saysOf(gatewayClass, toAll, route())).toEqual([
      'high service-missing: HTTPRoute prod/shop sends traffic to what does not exist: Service prod/web',
    ]);
    const wrong = route({ rules: [{ backendRefs: [{ name: 'web', port: 81 }] }] });
    expect(await saysOf(gatewayClass, toAll, web, wrong)).toEqual([
      'high port-missing: HTTPRoute prod/shop sends traffic to a port that is not there: 81 of Service prod/web',
    ]);
  });

  test.each(['GRPCRoute', 'TCPRoute', 'UDPRoute'])('may be a %s', async (kind) => {
    expect(await saysOf(gatewayClass, toAll, { ...route(), kind })).toHaveLength(1);
  });

  test('may have a backend that is no Service', async () => {
    const bucket = route({ rules: [{ backendRefs: [{ group: 'storage.test', kind: 'Bucket', name: 'web' }] }] });
    expect(await saysOf(gatewayClass, toAll, bucket)).toEqual([]);
  });

  test('that its gateway refuses is told once that has lasted', async () => {
    const refused = (seconds: number): object => ({
      status: {
        parents: [
          {
            parentRef: { name: 'edge', namespace: 'infra' },
            conditions: [
              { type: 'ResolvedRefs', status: 'False', reason: 'RefNotPermitted', lastTransitionTime: ago(seconds) },
            ],
          },
        ],
      },
    });
    expect(await saysOf(gatewayClass, toAll, web, route({}, refused(300)))).toEqual([
      'high route-refused:ResolvedRefs: HTTPRoute prod/shop is refused by Gateway edge: RefNotPermitted, for 5 min',
    ]);
    expect(await saysOf(gatewayClass, toAll, web, route({}, refused(299)))).toEqual([]);
  });

  test('to another namespace that was not chosen is not doubted', async () => {
    const away = route({ rules: [{ backendRefs: [{ name: 'web', namespace: 'dev', port: 80 }] }] });
    const look = await worldOf(gatewayClass, toAll, web, away).look(check, { excludeNamespaces: ['dev'] });
    expect(said(look)).toEqual([]);
  });
});

test('a cluster without the Gateway API is fine', async () => {
  const { drafts, observations } = await worldOf(web).look(check);
  expect(drafts).toEqual([]);
  expect(observations.filter(({ status }) => status === 'unknown')).toEqual([]);
});
