import { describe, expect, test } from 'vitest';
import type { InventorySource } from '../../../src/domain/inventory.ts';
import { source as exposures } from '../../../src/inventory/kubernetes/exposures.ts';
import { source as grants } from '../../../src/inventory/kubernetes/grants.ts';
import { source as images } from '../../../src/inventory/kubernetes/images.ts';
import { source as policies } from '../../../src/inventory/kubernetes/namespace-policies.ts';
import { source as privileged } from '../../../src/inventory/kubernetes/privileged-workloads.ts';
import { source as webhooks } from '../../../src/inventory/kubernetes/webhooks.ts';
import type { KubernetesReader } from '../../../src/providers/kubernetes/reader.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { driftBetween } from '../../support/kubernetes/inventory.ts';
import { pod, replicaSet, running } from '../../support/kubernetes/pods.ts';
import { worldOf, type World } from '../../support/kubernetes/world.ts';

const SOURCES: readonly InventorySource<KubernetesReader>[] = [
  exposures,
  grants,
  images,
  policies,
  privileged,
  webhooks,
];
const RBAC = 'rbac.authorization.k8s.io/v1';
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const service = (spec: object, uid = 'service-1'): StoredObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'prod', uid },
  spec: { type: 'LoadBalancer', ports: [{ port: 443 }], loadBalancerSourceRanges: ['10.0.0.0/8'], ...spec },
});
const role = (rules: readonly object[]): StoredObject => ({
  apiVersion: RBAC,
  kind: 'ClusterRole',
  metadata: { name: 'reader' },
  rules,
});
const bound = (subject: string, name = 'readers'): StoredObject => ({
  apiVersion: RBAC,
  kind: 'ClusterRoleBinding',
  metadata: { name, uid: `uid-of-${name}` },
  roleRef: { kind: 'ClusterRole', name: 'reader' },
  subjects: [{ kind: 'User', name: subject }],
});
const webhook = (url: string): StoredObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'inject', uid: 'webhook-1' },
  webhooks: [{ name: 'inject.test', clientConfig: { url } }],
});
const namespace = (level: string): StoredObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'prod', uid: 'prod-1', labels: { 'pod-security.kubernetes.io/enforce': level } },
});
const deployment = (spec: object, uid = 'deployment-1'): StoredObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'prod', uid },
  spec: { template: { spec: { containers: [{ name: 'app', image: 'web:1' }], ...spec } } },
});
const READ = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] };

/** A small cluster; what is given stands in place of what it has. */
function cluster(...changed: readonly StoredObject[]): World {
  return worldOf(
    namespace('restricted'),
    service({}),
    role([READ]),
    bound('ana'),
    webhook('https://hook.test/a'),
    deployment({}),
    replicaSet('web-1', 'web'),
    pod({ name: 'web-1-a', owner: 'ReplicaSet/web-1', statuses: [running({ imageID: `web@${digest('a')}` })] }),
    ...changed,
  );
}

const since = (second: World, first = cluster()) => driftBetween(first, second, SOURCES);
const UNCHANGED = { drifted: [], incomparable: [] };

test('a cluster in which nothing of it changed has not drifted, whatever was restarted, scaled or written anew', async () => {
  const second = cluster(
    service({ ports: [{ port: 443, name: 'https' }], loadBalancerSourceRanges: ['10.128.0.0/9', '10.0.0.0/9'] }),
    role([
      { verbs: ['list'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
    ]),
    replicaSet('web-2', 'web'),
    pod({ name: 'web-2-a', owner: 'ReplicaSet/web-2', statuses: [running({ imageID: digest('a') })] }),
  );
  second.api.remove('Pod', 'web-1-a', 'prod');
  second.api.remove('ReplicaSet', 'web-1', 'prod');
  expect(await since(second)).toEqual(UNCHANGED);
});

describe('what was widened is told', () => {
  test.each<[string, readonly string[], readonly StoredObject[]]>([
    ['a port', ['changed public-service prod/web'], [service({ ports: [{ port: 443 }, { port: 22 }] })]],
    ['sources', ['changed public-service prod/web'], [service({ loadBalancerSourceRanges: ['0.0.0.0/0'] })]],
    ['a verb', ['changed grant User/ana'], [role([{ ...READ, verbs: ['get', 'list', 'delete'] }])]],
    ['one more user', ['added grant User/eve'], [bound('eve', 'more')]],
    [
      'where a webhook sends to',
      ['changed webhook MutatingWebhookConfiguration/inject/inject.test'],
      [webhook('https://evil.test/a')],
    ],
    ['what a namespace enforces', ['changed namespace-policy prod'], [namespace('privileged')]],
    [
      'a workload that becomes privileged',
      ['added privileged-workload prod/Deployment/web', 'added host-port prod/Deployment/web'].toSorted(),
      [deployment({ hostNetwork: true })],
    ],
    [
      'a tag that was moved',
      ['changed image prod/Deployment/web/app'],
      [pod({ name: 'web-1-a', owner: 'ReplicaSet/web-1', statuses: [running({ imageID: digest('b') })] })],
    ],
  ])('%s', async (_, drifted, changed) => {
    expect(await since(cluster(...changed))).toEqual({ drifted, incomparable: [] });
  });
});

test('what was deleted and made again shows, though it is as before', async () => {
  expect(await since(cluster(service({}, 'service-2'), deployment({}, 'deployment-2')))).toEqual({
    drifted: ['changed image prod/Deployment/web/app', 'changed public-service prod/web'],
    incomparable: [],
  });
});

test('what is gone is removed', async () => {
  const second = cluster();
  second.api.remove('Service', 'web', 'prod');
  second.api.remove('ClusterRoleBinding', 'readers');
  expect(await since(second)).toEqual({
    drifted: ['removed grant User/ana', 'removed public-service prod/web'],
    incomparable: [],
  });
});

test('what can no longer be read is incomparable, neither gone nor changed, and resolves nothing', async () => {
  const second = cluster(service({ ports: [{ port: 22 }] }), role([]));
  second.api.deny({
    user: 'ana',
    resources: ['services', 'clusterroles.rbac.authorization.k8s.io', 'networkpolicies.networking.k8s.io', 'pods'],
  });
  expect(await since(second)).toEqual({
    drifted: [],
    incomparable: [
      'grant/* FORBIDDEN',
      'host-port/* FORBIDDEN',
      'image/* FORBIDDEN',
      'namespace-policy/kube-system FORBIDDEN',
      'namespace-policy/prod FORBIDDEN',
      'privileged-workload/* FORBIDDEN',
      'public-service/* FORBIDDEN',
    ].toSorted(),
  });
});

test('of a workload that is scaled to nought nothing runs; when it does again, what it ran before is what counts', async () => {
  const stopped = cluster();
  stopped.api.remove('Pod', 'web-1-a', 'prod');
  expect(await since(stopped)).toEqual({ drifted: ['removed image prod/Deployment/web/app'], incomparable: [] });
  expect(await since(cluster(), stopped)).toEqual({
    drifted: ['added image prod/Deployment/web/app'],
    incomparable: [],
  });
});
