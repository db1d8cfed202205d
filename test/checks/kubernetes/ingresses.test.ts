import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/ingresses.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

const nginx: StoredObject = { kind: 'IngressClass', metadata: { name: 'nginx' } };
const web: StoredObject = {
  kind: 'Service',
  metadata: { name: 'web', namespace: 'prod' },
  spec: { ports: [{ port: 80 }, { name: 'metrics', port: 9090 }] },
};

function ingress(backend: object, spec: object = {}, more: object = {}): StoredObject {
  return {
    kind: 'Ingress',
    metadata: { name: 'shop', namespace: 'prod', ...more },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: 'shop.test', http: { paths: [{ path: '/', backend }] } }],
      ...spec,
    },
  };
}

const toPort = (port: object, name = 'web'): object => ({ service: { name, port } });
const fine = toPort({ number: 80 });
const served = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };

async function saysOf(object: StoredObject, objects: readonly StoredObject[] = [nginx, web], params: object = {}) {
  return said(await worldOf(object, ...objects).look(check, params));
}

describe('a backend', () => {
  test('that does not exist is told with the exact field', async () => {
    const { drafts } = await worldOf(ingress(toPort({ number: 80 }, 'shop')), nginx, web).look(check);
    expect(drafts).toMatchObject([
      {
        discriminator: 'service-missing',
        severity: 'high',
        title: 'Ingress prod/shop sends traffic to what does not exist: Service prod/shop',
        next: 'Was the Service renamed or deleted? kubectl --context test -n prod describe ingress shop',
        evidence: [
          { label: 'spec.rules[0].http.paths[0].backend.service.name', value: 'shop', source: 'Ingress prod/shop' },
        ],
      },
    ]);
  });

  test('of the same name in another namespace is another', async () => {
    expect(await saysOf(ingress(fine), [nginx, { ...web, metadata: { name: 'web', namespace: 'dev' } }])).toHaveLength(
      1,
    );
  });

  test.each([
    ['number', { number: 80 }],
    ['name', { name: 'metrics' }],
  ])('is found by the %s of its port', async (_, port) => {
    expect(await saysOf(ingress(toPort(port)))).toEqual([]);
  });

  test.each([
    ['a number that only a port without a name could be taken for', { number: 8080 }, '8080'],
    ['a name that is not there', { name: 'http' }, 'http'],
  ])('is missed by %s', async (_, port, words) => {
    expect(await saysOf(ingress(toPort(port)))).toEqual([
      `high port-missing: Ingress prod/shop sends traffic to a port that is not there: ${words} of Service prod/web`,
    ]);
  });

  test('that is the default counts, and one that is no Service is legal', async () => {
    expect(await saysOf(ingress(fine, { defaultBackend: toPort({ number: 80 }, 'gone') }))).toHaveLength(1);
    expect(await saysOf(ingress({ resource: { kind: 'StorageBucket', name: 'static' } }))).toEqual([]);
  });

  test('that is a name elsewhere has no ports to compare', async () => {
    const external = { ...web, spec: { type: 'ExternalName', externalName: 'example.test' } };
    expect(await saysOf(ingress(fine), [nginx, external])).toEqual([]);
  });
});

describe('a class', () => {
  test('that does not exist is medium, but for those of GKE', async () => {
    expect(await saysOf(ingress(fine, { ingressClassName: 'traefik' }))).toEqual([
      'medium class-missing: Ingress prod/shop is of an IngressClass that does not exist: traefik',
    ]);
    for (const name of ['gce', 'gce-internal'])
      expect(await saysOf(ingress(fine, { ingressClassName: name }))).toEqual([]);
  });

  test('in the annotation of old is only doubted while nobody serves the Ingress', async () => {
    const old = ingress(
      fine,
      { ingressClassName: undefined },
      { annotations: { 'kubernetes.io/ingress.class': 'alb' } },
    );
    expect(await saysOf(old)).toHaveLength(1);
    expect(await saysOf({ ...old, ...served })).toEqual([]);
  });

  test('may be left out where there is a default, or where a controller serves it all the same', async () => {
    const none = ingress(fine, { ingressClassName: undefined });
    expect(await saysOf(none)).toEqual([
      'low no-class: Ingress prod/shop names no IngressClass, none is the default, and no controller says that it serves it',
    ]);
    const byDefault = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    expect(await saysOf(none, [{ ...nginx, metadata: { name: 'nginx', annotations: byDefault } }, web])).toEqual([]);
    expect(await saysOf({ ...none, ...served })).toEqual([]);
  });
});

describe('the Secret of a certificate', () => {
  const tls = ingress(fine, { tls: [{ hosts: ['shop.test'], secretName: 'shop-tls' }, { hosts: ['b.test'] }] });

  test('is only looked for when asked, and an empty name is legal', async () => {
    expect(await saysOf(tls)).toEqual([]);
    expect(await saysOf(tls, [nginx, web], { secrets: true })).toEqual([
      'high tls-secret-missing: Ingress prod/shop takes its certificate from a Secret that does not exist: shop-tls',
    ]);
    const secret = { kind: 'Secret', metadata: { name: 'shop-tls', namespace: 'prod' } };
    expect(await saysOf(tls, [nginx, web, secret], { secrets: true })).toEqual([]);
  });

  test('is not asked for by default', async () => {
    const world = worldOf(tls, nginx, web);
    await world.look(check);
    expect(world.api.asked().filter((path) => path.includes('/secrets'))).toEqual([]);
  });

  test('that may not be listed is hidden, and not said to be missing', async () => {
    const world = worldOf(tls, nginx, web);
    world.api.deny({ user: 'nobody', resources: ['secrets'] });
    const { drafts, observations } = await world.look(check, { secrets: true });
    expect(drafts).toEqual([]);
    expect(observations).toContainEqual(
      expect.objectContaining({ status: 'unknown', resource: expect.stringMatching(/\/secret\/\*$/) }),
    );
  });
});

test('what a load balancer says of a port is told', async () => {
  const broken = {
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.1', ports: [{ port: 443, error: 'QUOTA' }] }] } },
  };
  expect(await saysOf({ ...ingress(fine), ...broken })).toEqual([
    'high load-balancer-error: Ingress prod/shop has a load balancer that reports an error for port 443: QUOTA',
  ]);
});

test('classes that may not be read leave what was said of them open, not resolved', async () => {
  const world = worldOf(ingress(fine, { ingressClassName: 'traefik' }), web);
  world.api.deny({ user: 'nobody', resources: ['ingressclasses.networking.k8s.io'] });
  const samples = [{ at: 1, values: { uid: null, holding: ['class-missing'] } }];
  const { drafts, observations } = await world.look(check, {}, { history: { samples, open: new Map(), now: 2 } });
  expect(drafts).toEqual([]);
  expect(observations).toContainEqual(
    expect.objectContaining({ status: 'unknown', resource: expect.stringMatching(/\/ingress\/prod\/shop$/) }),
  );
});

test('one default class of several is enough', async () => {
  const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
  const other = { kind: 'IngressClass', metadata: { name: 'traefik', annotations } };
  expect(await saysOf(ingress(fine, { ingressClassName: undefined }), [nginx, other, web])).toEqual([]);
});
