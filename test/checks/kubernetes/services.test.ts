import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/services.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { pod } from '../../support/kubernetes/pods.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

const DAY = 86_400;

function service(spec: object = {}, metadata: object = {}): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'prod', uid: 'uid-web', creationTimestamp: ago(DAY), ...metadata },
    spec: { type: 'ClusterIP', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }], ...spec },
  };
}

function slice(ready: readonly (boolean | undefined)[], name = 'web'): StoredObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-x`, namespace: 'prod', labels: { 'kubernetes.io/service-name': name } },
    endpoints: ready.map((each) => ({
      addresses: ['10.0.0.1'],
      conditions: each === undefined ? {} : { ready: each },
    })),
  };
}

function webPod(
  seconds: number,
  { status = 'False', ports = [{ name: 'http', containerPort: 8080 }] as object[], spec = {} } = {},
) {
  return pod({
    name: 'web-1',
    metadata: { labels: { app: 'web' } },
    conditions: [
      { type: 'Ready', status, lastTransitionTime: ago(seconds), message: 'containers with unready status: [app]' },
    ],
    spec: { containers: [{ name: 'app', ports }], ...spec },
  });
}

const ingress: StoredObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'shop', namespace: 'prod' },
  spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web', port: { number: 80 } } } }] } }] },
};

describe('a Service with nothing ready behind it', () => {
  test('is high once that has lasted, by the times of its pods', async () => {
    expect(said(await worldOf(service(), slice([false]), webPod(120)).look(check))).toEqual([
      'high no-endpoints: Service prod/web has nothing ready behind it: 0 of 1 pod ready, for 2 min',
    ]);
    expect(said(await worldOf(service(), slice([false]), webPod(119)).look(check))).toEqual([]);
  });

  test('is critical when an Ingress or a route sends traffic to it', async () => {
    expect(said(await worldOf(service(), slice([]), webPod(600), ingress).look(check))).toEqual([
      'critical no-endpoints: Service prod/web has nothing ready behind it: 0 of 1 pod ready, and Ingress prod/shop sends traffic to it, for 10 min',
    ]);
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'shop', namespace: 'edge' },
      spec: { rules: [{ backendRefs: [{ name: 'web', namespace: 'prod', port: 80 }] }] },
    };
    expect((await worldOf(service(), slice([]), webPod(600), route).look(check)).drafts).toMatchObject([
      { severity: 'critical' },
    ]);
  });

  test('says why its pods are not ready, with the exact fields', async () => {
    const [draft] = (await worldOf(service(), slice([false]), webPod(600)).look(check)).drafts;
    expect(draft?.evidence).toContainEqual({ label: 'spec.selector["app"]', value: 'web', source: 'Service prod/web' });
    expect(draft?.evidence).toContainEqual({
      label: 'Pod web-1: status.conditions[?(@.type=="Ready")].message',
      value: 'containers with unready status: [app]',
      source: 'Service prod/web',
    });
  });

  test.each([
    [120, 1],
    [119, 0],
  ])('that selects no pod, as its slice last changed %i seconds ago: %i', async (seconds, count) => {
    const { metadata, ...rest } = slice([]);
    const annotations = { 'endpoints.kubernetes.io/last-change-trigger-time': ago(seconds) };
    const changed = { ...rest, metadata: { ...metadata, annotations } };
    expect(said(await worldOf(service(), changed).look(check))).toHaveLength(count);
  });

  test('that selects no pod, and whose slice does not say since when: earlier looks tell', async () => {
    const world = worldOf(service(), slice([]));
    expect(said(await world.look(check))).toEqual([]);
    const samples = [{ at: Date.parse(ago(1_800)), values: { uid: 'uid-web', holding: ['no-endpoints'] } }];
    const again = await world.look(check, {}, { history: { samples, open: new Map(), now: Date.parse(ago(0)) } });
    expect(said(again)).toEqual([
      'high no-endpoints: Service prod/web has nothing ready behind it: no pod has the labels of its selector, for 30 min',
    ]);
  });

  test('as nothing is to run is only worth knowing', async () => {
    const deployment = (replicas: number): StoredObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'prod' },
      spec: { replicas, template: { metadata: { labels: { app: 'web' } } } },
    });
    const old = service({}, { creationTimestamp: undefined });
    expect(said(await worldOf(old, slice([]), deployment(0)).look(check))).toEqual([
      'info scaled-to-zero: Service prod/web has nothing behind it, as nothing is to run: Deployment web',
    ]);
    expect((await worldOf(old, slice([]), deployment(1)).look(check)).drafts).toMatchObject([
      { discriminator: 'no-endpoints' },
    ]);
  });
});

describe('a Service is fine', () => {
  test.each([
    [
      'with one ready endpoint of several slices',
      [
        service(),
        slice([false]),
        { ...slice([true]), metadata: { ...slice([]).metadata, name: 'web-y' } },
        webPod(600),
      ],
    ],
    ['when the slice does not say, which means ready', [service(), slice([undefined]), webPod(600)]],
    ['without a selector', [service({ selector: {} }), slice([])]],
    ['as ExternalName', [service({ type: 'ExternalName', externalName: 'example.com' }), slice([])]],
    [
      'as the lock of an election',
      [
        service(
          {},
          { creationTimestamp: undefined, annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } },
        ),
        slice([]),
      ],
    ],
    ['headless, with what it selects', [service({ clusterIP: 'None' }), slice([true]), webPod(600)]],
  ] as const)('%s', async (_, objects) => {
    expect(said(await worldOf(...(objects as readonly StoredObject[])).look(check))).toEqual([]);
  });

  test('where core Endpoints alone say so, and broken where they say so', async () => {
    const endpoints = (subsets: object[]): StoredObject => ({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'web', namespace: 'prod' },
      subsets,
    });
    expect(
      said(await worldOf(service(), webPod(600), endpoints([{ addresses: [{ ip: '10.0.0.1' }] }])).look(check)),
    ).toEqual([]);
    expect(
      said(await worldOf(service(), webPod(600), endpoints([{ notReadyAddresses: [{ ip: '10.0.0.1' }] }])).look(check)),
    ).toHaveLength(1);
    const world = worldOf(service(), slice([true]), webPod(600), endpoints([]));
    expect(said(await world.look(check))).toEqual([]);
    expect(world.api.asked().some((path) => /\/endpoints\b/.test(path))).toBe(false);
  });
});

describe('the port of a Service', () => {
  const world = (ports: object[], target: number | string, spec: object = {}) =>
    worldOf(
      service({ ports: [{ port: 80, targetPort: target }] }),
      slice([true]),
      webPod(600, { status: 'True', ports, spec }),
    );

  test('that is named must be of a container, by name and protocol', async () => {
    expect(said(await world([{ name: 'web', containerPort: 80 }], 'http').look(check))).toEqual([
      'high port-mismatch: Service prod/web sends to a port that none of its pods has: http/TCP',
    ]);
    expect(said(await world([{ name: 'http', containerPort: 80, protocol: 'UDP' }], 'http').look(check))).toHaveLength(
      1,
    );
    expect(said(await world([{ name: 'http', containerPort: 80 }], 'http').look(check))).toEqual([]);
  });

  test('may be that of a native sidecar, and not of a plain init container', async () => {
    const proxy = (more: object): object => ({
      initContainers: [{ name: 'proxy', ports: [{ name: 'mesh', containerPort: 15 }], ...more }],
    });
    expect(said(await world([], 'mesh', proxy({ restartPolicy: 'Always' })).look(check))).toEqual([]);
    expect(said(await world([], 'mesh', proxy({})).look(check))).toHaveLength(1);
  });

  test('that is a number is doubted only where every container says where it listens', async () => {
    expect(said(await world([{ containerPort: 8080 }], 9090).look(check))).toEqual([
      'low port-undeclared: Service prod/web sends to a port that none of its pods says it listens on: 9090/TCP',
    ]);
    expect(said(await world([], 9090).look(check))).toEqual([]);
  });

  test('may be of another pod than the first', async () => {
    const other = pod({
      name: 'web-2',
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 1 }] }] },
    });
    const objects = [
      service(),
      slice([true]),
      webPod(600, { status: 'True', ports: [{ name: 'old', containerPort: 1 }] }),
      other,
    ];
    expect(said(await worldOf(...objects).look(check))).toEqual([]);
  });
});

test('what is behind a Service is hidden where slices may not be read, and nothing is said', async () => {
  const world = worldOf(service(), webPod(600));
  world.api.deny({ user: 'nobody', resources: ['endpointslices.discovery.k8s.io'] });
  const { drafts, observations } = await world.look(check);
  expect(drafts).toEqual([]);
  expect(observations).toContainEqual(
    expect.objectContaining({ status: 'unknown', resource: expect.stringMatching(/^kubernetes:.*\/\*$/) }),
  );
});

test('what was critical stays so while what sends traffic to it may not be read', async () => {
  const world = worldOf(service(), slice([false]), webPod(600), ingress);
  world.api.deny({ user: 'nobody', resources: ['ingresses.networking.k8s.io'] });
  const open = new Map([['no-endpoints', 'critical' as const]]);
  const { drafts } = await world.look(check, {}, { history: { samples: [], open, now: Date.parse(ago(0)) } });
  expect(drafts).toMatchObject([{ discriminator: 'no-endpoints', severity: 'critical' }]);
});

test('the annotation of an election may stand at the slice', async () => {
  const { metadata, ...rest } = slice([]);
  const annotations = { 'control-plane.alpha.kubernetes.io/leader': '{}' };
  const lock = { ...rest, metadata: { ...metadata, annotations } };
  expect(said(await worldOf(service({}, { creationTimestamp: undefined }), lock).look(check))).toEqual([]);
});

test('what is scaled to nothing in another namespace, or has other labels, is no excuse', async () => {
  const deployment = (namespace: string, app: string): StoredObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${namespace}-${app}`, namespace },
    spec: { replicas: 0, template: { metadata: { labels: { app } } } },
  });
  const old = service({}, { creationTimestamp: undefined });
  const { drafts } = await worldOf(old, slice([]), deployment('dev', 'web'), deployment('prod', 'api')).look(check);
  expect(drafts).toMatchObject([{ discriminator: 'no-endpoints' }]);
});
