import { expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/posture-namespaces.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { said, worldOf } from '../../support/kubernetes/world.ts';

function namespace(name: string, labels: object = {}, metadata: object = {}): StoredObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels, ...metadata } };
}

function webhook(rule: object, kind = 'ValidatingWebhookConfiguration'): StoredObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'policy' },
    webhooks: [{ name: 'pods.policy.test', rules: [rule] }],
  };
}

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const ON_PODS = { resources: ['pods'], operations: ['CREATE'] };

async function rulesAt(objects: readonly StoredObject[], params: object = {}): Promise<readonly string[]> {
  const { drafts } = await worldOf(...objects).look(check, params);
  return drafts.map(({ discriminator }) => discriminator).toSorted();
}

test('a namespace that nothing guards is low, and the command only reads', async () => {
  const look = await worldOf(namespace('shop')).look(check, {});
  expect(said(look)).toEqual(['low pod-security-not-enforced: Namespace shop lets in pods of any kind']);
  expect(look.drafts[0]?.next).toContain('kubectl get namespace/shop --show-labels');
  expect(look.drafts[0]?.evidence).toMatchObject([{ label: `metadata.labels["${ENFORCE}"]`, value: null }]);
});

test.each([
  ['restricted', []],
  ['baseline', ['pod-security-below-restricted']],
  ['privileged', ['pod-security-below-baseline', 'pod-security-below-restricted']],
])('enforcing %s', async (level, rules) => {
  expect(await rulesAt([namespace('shop', { [ENFORCE]: level })])).toEqual([]);
  expect(await rulesAt([namespace('shop', { [ENFORCE]: level })], { rules: ['all'] })).toEqual(rules);
});

test('warning and auditing refuse nothing', async () => {
  const labels = { 'pod-security.kubernetes.io/warn': 'restricted', 'pod-security.kubernetes.io/audit': 'restricted' };
  expect(await rulesAt([namespace('shop', labels)])).toEqual(['pod-security-not-enforced']);
});

test.each([
  [webhook(ON_PODS), true],
  [webhook(ON_PODS, 'MutatingWebhookConfiguration'), true],
  [webhook({ ...ON_PODS, scope: 'Namespaced' }), true],
  [webhook({ ...ON_PODS, resources: ['*/*'] }), true],
  [webhook({ ...ON_PODS, scope: 'Cluster' }), false],
  [webhook({ ...ON_PODS, resources: ['certificates', 'pods/log'] }), false],
])('a webhook on pods is taken for a policy engine: %#', async (hook, guards) => {
  expect(await rulesAt([namespace('shop'), hook])).toEqual(guards ? [] : ['pod-security-not-enforced']);
});

test('one rule of one webhook is enough', async () => {
  const other = { name: 'other.test', rules: [{ resources: ['certificates'] }] };
  const hook = { ...webhook(ON_PODS), webhooks: [other, { name: 'pods.test', rules: [...other.rules, ON_PODS] }] };
  expect(await rulesAt([namespace('shop'), hook])).toEqual([]);
});

test('the cluster’s own namespaces, those that are going and those that were not chosen are left out', async () => {
  const going = namespace('doomed', {}, { deletionTimestamp: '2026-11-20T16:00:00Z' });
  expect(await rulesAt([namespace('kube-public'), going])).toEqual([]);
  const look = await worldOf(namespace('shop'), namespace('other')).look(check, { namespaces: ['sh*'] });
  expect(look.drafts.map(({ title }) => title)).toEqual(['Namespace shop lets in pods of any kind']);
  expect(await rulesAt([namespace('kube-public')], { system: true })).toHaveLength(2);
});

test('webhooks that may not be read hide everything, unless no rule needs them', async () => {
  const world = worldOf(namespace('shop'));
  world.api.deny({ user: 'ops-reader', resources: ['validatingwebhookconfigurations.admissionregistration.k8s.io'] });
  const hidden = async (params: object): Promise<readonly string[]> =>
    (await world.look(check, params)).observations.flatMap(({ status, resource }) =>
      status === 'unknown' ? [resource.replace(/^[^/]*/, '')] : [],
    );
  expect(await hidden({})).toEqual(['/*']);
  expect(await hidden({ rules: ['pod-security-below-baseline'] })).toEqual([]);
});
