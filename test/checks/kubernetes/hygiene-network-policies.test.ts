import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/hygiene-network-policies.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

function policy(spec: object): StoredObject {
  return {
    kind: 'NetworkPolicy',
    metadata: { name: 'web', namespace: 'prod' },
    spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ...spec },
  };
}
const pod = (app: string, namespace = 'prod'): StoredObject => ({
  kind: 'Pod',
  metadata: { name: app, namespace, labels: { app } },
});
const namespace = (name: string, labels: object = {}): StoredObject => ({
  kind: 'Namespace',
  metadata: { name, labels },
});
const from = (...peers: readonly object[]): object => ({ ingress: [{ from: peers, ports: [{ port: 80 }] }] });
const api = { podSelector: { matchLabels: { app: 'api' } } };

async function saysOf(objects: readonly StoredObject[], params: object = {}) {
  return said(await worldOf(...objects).look(check, params));
}

describe('what a policy guards', () => {
  test('must be there, or be made by something there', async () => {
    expect(await saysOf([policy({})])).toEqual([
      'low selects-nothing: NetworkPolicy prod/web selects nothing: no pod, and nothing that makes pods, has these labels',
    ]);
    expect(await saysOf([policy({}), pod('web')])).toEqual([]);
    const deployment = {
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'prod' },
      spec: { replicas: 0, template: { metadata: { labels: { app: 'web' } } } },
    };
    expect(await saysOf([policy({}), deployment])).toEqual([]);
  });

  test('is in its own namespace', async () => {
    expect(await saysOf([policy({}), pod('web', 'dev')])).toHaveLength(1);
  });
});

describe('a policy for every pod', () => {
  test.each([
    ['a default-deny', { podSelector: {} }],
    ['a default-deny of both directions', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }],
    ['a default-deny with no rules at all', { podSelector: {}, ingress: [] }],
  ])('that is %s is fine, and allows nobody', async (_, spec) => {
    expect(await saysOf([policy(spec)], { rules: ['all'] })).toEqual([]);
  });

  test.each([
    ['a rule of nothing', { ingress: [{}] }],
    ['every address', { ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] }],
  ])('that has %s lets everybody in', async (_, spec) => {
    expect(await saysOf([policy({ podSelector: {}, ...spec })])).toEqual([
      'low allows-all-ingress: NetworkPolicy prod/web lets everybody in',
    ]);
  });

  test.each([
    ['to some ports', { ingress: [{ ports: [{ port: 80 }] }] }],
    ['but for some', { ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }] }],
  ])('that lets everybody in %s is fine', async (_, spec) => {
    expect(await saysOf([policy({ podSelector: {}, ...spec })])).toEqual([]);
  });

  test('that lets everything out is told to who asks', async () => {
    const out = policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{}] });
    expect(await saysOf([out])).toEqual([]);
    expect(await saysOf([out], { rules: ['all'] })).toHaveLength(1);
  });
});

describe('a peer', () => {
  test('of the same namespace must be there', async () => {
    expect(await saysOf([policy(from(api)), pod('web'), pod('api', 'dev')])).toEqual([
      'low peer-selects-nothing:ingress: NetworkPolicy prod/web lets in, or out to, what does not exist (ingress)',
    ]);
    expect(await saysOf([policy(from(api)), pod('web'), pod('api')])).toEqual([]);
  });

  test('of other namespaces is found by their labels, of which the name is one', async () => {
    const inDev = { ...api, namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'dev' } } };
    expect(await saysOf([policy(from(inDev)), pod('web'), pod('api', 'dev'), namespace('dev')])).toEqual([]);
    expect(
      await saysOf([policy(from(inDev)), pod('web'), pod('api'), namespace('dev'), namespace('prod')]),
    ).toHaveLength(1);
    const team = { namespaceSelector: { matchLabels: { team: 'ops' } } };
    expect(await saysOf([policy(from(team)), pod('web'), namespace('dev')])).toHaveLength(1);
    expect(await saysOf([policy(from(team)), pod('web'), namespace('dev', { team: 'ops' })])).toEqual([]);
  });

  test('may be addresses, or every pod', async () => {
    expect(await saysOf([policy(from({ ipBlock: { cidr: '10.0.0.0/8' } }, { podSelector: {} })), pod('web')])).toEqual(
      [],
    );
  });

  test('in namespaces that were not chosen is not doubted', async () => {
    const elsewhere = { ...api, namespaceSelector: {} };
    expect(await saysOf([policy(from(elsewhere)), pod('web')], { excludeNamespaces: ['dev'] })).toEqual([]);
  });
});

test('nothing is said where pods may not be read', async () => {
  const world = worldOf(policy({}));
  world.api.deny({ user: 'nobody', resources: ['pods'] });
  const { drafts, observations } = await world.look(check);
  expect(drafts).toEqual([]);
  expect(observations).toContainEqual(
    expect.objectContaining({ status: 'unknown', resource: expect.stringMatching(/^kubernetes:[^/]+\/\*$/) }),
  );
});

test('a policy that names no types is for what comes in, and for what goes out only with rules for that', async () => {
  const untyped = (spec: object): StoredObject => policy({ podSelector: {}, policyTypes: undefined, ...spec });
  expect(await saysOf([untyped({ ingress: [{}] })])).toHaveLength(1);
  expect(await saysOf([untyped({ egress: [{}] })], { rules: ['allows-all-egress'] })).toHaveLength(1);
  const { drafts } = await worldOf(untyped({ ingress: [{}] })).look(check);
  expect(drafts[0]?.evidence).toEqual([
    { label: 'spec.ingress[0].from', value: null, source: 'NetworkPolicy prod/web' },
  ]);
});
