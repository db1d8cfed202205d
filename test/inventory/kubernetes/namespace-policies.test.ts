import { describe, expect, test } from 'vitest';
import { source } from '../../../src/inventory/kubernetes/namespace-policies.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { collectIn } from '../../support/kubernetes/inventory.ts';
import { worldOf } from '../../support/kubernetes/world.ts';

const namespace = (name: string, labels: object = {}): StoredObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, uid: `uid-of-${name}`, labels },
});
const inProd = (apiVersion: string, kind: string, name: string, spec: object): StoredObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'prod', uid: `uid-of-${name}` },
  spec,
});
const policy = (name: string, spec: object): StoredObject =>
  inProd('networking.k8s.io/v1', 'NetworkPolicy', name, spec);

async function prodWith(...objects: readonly StoredObject[]) {
  return (await collectIn(worldOf(namespace('prod'), ...objects), source)).facts['namespace-policy/prod'];
}

const NOTHING = {
  uid: 'uid-of-prod',
  podSecurity: {},
  deniesByDefault: { ingress: false, egress: false },
  networkPolicies: {},
  quotas: {},
  limitRanges: [],
};

test('a namespace without any policy is a fact too', async () => {
  expect(await prodWith()).toEqual(NOTHING);
});

test('labels of Pod Security, quotas and limit ranges are in it, and other labels are not', async () => {
  const { facts } = await collectIn(
    worldOf(
      namespace('prod', {
        team: 'shop',
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/enforce-version': 'latest',
      }),
      {
        ...inProd('v1', 'ResourceQuota', 'small', { hard: { pods: '6', 'requests.cpu': '3' } }),
        status: { used: { pods: '5' } },
      },
      inProd('v1', 'LimitRange', 'z', {}),
      inProd('v1', 'LimitRange', 'a', {}),
    ),
    source,
  );
  expect(facts['namespace-policy/prod']).toEqual({
    ...NOTHING,
    podSecurity: { enforce: 'restricted', 'enforce-version': 'latest' },
    quotas: { small: { pods: '6', 'requests.cpu': '3' } },
    limitRanges: ['a', 'z'],
  });
});

describe('what is denied by default', () => {
  test.each([
    ['a policy for every pod', { podSelector: {} }, { ingress: true, egress: false }],
    [
      'one that says both ways',
      { podSelector: {}, policyTypes: ['Egress', 'Ingress'] },
      { ingress: true, egress: true },
    ],
    ['one with rules for what goes out', { podSelector: {}, egress: [{}] }, { ingress: true, egress: true }],
    ['one about what goes out alone', { podSelector: {}, policyTypes: ['Egress'] }, { ingress: false, egress: true }],
    ['one for some pods', { podSelector: { matchLabels: { app: 'web' } } }, { ingress: false, egress: false }],
  ])('%s', async (_, spec, expected) => {
    expect((await prodWith(policy('p', spec)))?.['deniesByDefault']).toEqual(expected);
  });
});

test('a policy is the same whatever the order of its rules, peers, ports and labels', async () => {
  const peers = [
    { ipBlock: { cidr: '10.0.0.7/24', except: ['10.0.0.128/25'] } },
    { namespaceSelector: {}, podSelector: { matchLabels: { app: 'web', tier: 'front' } } },
  ];
  const ports = [{ port: 443 }, { port: 8_000, endPort: 8_010, protocol: 'TCP' }, { port: 'dns', protocol: 'UDP' }, {}];
  const rules = [{ from: peers, ports }, { ports: [{ port: 80 }] }];
  const one = await prodWith(policy('p', { podSelector: {}, ingress: rules }));
  const other = await prodWith(
    policy('p', {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [rules[1], { ports: ports.toReversed(), from: peers.toReversed() }],
    }),
  );
  expect(other).toEqual(one);
  expect(one?.['networkPolicies']).toEqual({
    p: {
      uid: 'uid-of-p',
      pods: [],
      ways: ['Ingress'],
      ingress: [
        {
          peers: [
            { addresses: ['10.0.0.0/24'], except: ['10.0.0.128/25'] },
            { namespaces: [], pods: ['app=web', 'tier=front'] },
          ],
          ports: ['443/TCP', '8000-8010/TCP', 'dns/UDP', 'every port/TCP'],
        },
        { peers: null, ports: ['80/TCP'] },
      ],
      egress: null,
    },
  });
});

test('a namespace whose policies could not be read is known to be there, and its value is incomparable', async () => {
  const world = worldOf(namespace('prod'), namespace('dev'));
  world.api.deny({ user: 'ana', resources: ['resourcequotas'], namespaces: ['prod'] });
  const { facts, hidden } = await collectIn(world, source, { namespaces: ['prod', 'dev'] });
  expect(Object.keys(facts).toSorted()).toEqual(['namespace-policy/dev', 'namespace-policy/prod']);
  expect(hidden).toEqual({ 'namespace-policy/prod': 'FORBIDDEN' });
});

test('namespaces that were not chosen are no facts, and a list of them that is hidden hides all', async () => {
  const world = worldOf(namespace('prod'), namespace('dev'));
  const { facts } = await collectIn(world, source, { excludeNamespaces: ['kube-*', 'dev'] });
  expect(Object.keys(facts)).toEqual(['namespace-policy/prod']);
  world.api.say('/api/v1/namespaces?resourceVersion=0', { status: 500, headers: {}, body: 'no' });
  expect((await collectIn(world, source)).hidden).toEqual({ 'namespace-policy/*': 'HTTP_500' });
});
