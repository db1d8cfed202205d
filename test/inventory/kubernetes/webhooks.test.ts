import { expect, test } from 'vitest';
import { source } from '../../../src/inventory/kubernetes/webhooks.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { collectIn } from '../../support/kubernetes/inventory.ts';
import { worldOf } from '../../support/kubernetes/world.ts';

function configuration(kind: string, webhooks: readonly object[]): StoredObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'policies', uid: 'uid-of-policies' },
    webhooks,
  };
}

test('each webhook is a fact, with where it goes, what it is asked about, and what happens without it', async () => {
  const { facts } = await collectIn(
    worldOf(
      configuration('ValidatingWebhookConfiguration', [
        {
          name: 'images.test',
          failurePolicy: 'Ignore',
          sideEffects: 'None',
          clientConfig: { service: { namespace: 'guard', name: 'gate', path: '/check' }, caBundle: 'LS0t' },
          rules: [
            { operations: ['UPDATE', 'CREATE'], apiGroups: ['apps', ''], resources: ['pods'], scope: 'Namespaced' },
            { operations: ['*'], apiGroups: [''], resources: ['secrets', 'configmaps'] },
          ],
          namespaceSelector: { matchExpressions: [{ key: 'guarded', operator: 'DoesNotExist' }] },
          objectSelector: {},
        },
      ]),
      configuration('MutatingWebhookConfiguration', [
        { name: 'inject.test', clientConfig: { url: 'https://ops:hunter2@hook.example.com:8443/in?token=abc#x' } },
      ]),
    ),
    source,
  );
  expect(facts).toEqual({
    'webhook/ValidatingWebhookConfiguration/policies/images.test': {
      uid: 'uid-of-policies',
      goesTo: 'Service guard/gate:443/check',
      failurePolicy: 'Ignore',
      rules: ['* configmaps,secrets (*)', 'CREATE,UPDATE pods,pods.apps (Namespaced)'],
      namespaces: ['!guarded'],
      objects: [],
      sideEffects: 'None',
    },
    'webhook/MutatingWebhookConfiguration/policies/inject.test': {
      uid: 'uid-of-policies',
      goesTo: 'https://hook.example.com:8443/in',
      failurePolicy: 'Fail',
      rules: [],
      namespaces: null,
      objects: null,
      sideEffects: null,
    },
  });
});

test('a certificate that is renewed changes nothing; an address that is none is kept out', async () => {
  const of = (caBundle: string): StoredObject =>
    configuration('MutatingWebhookConfiguration', [{ name: 'a.test', clientConfig: { url: 'not one', caBundle } }]);
  const before = await collectIn(worldOf(of('old')), source);
  expect(await collectIn(worldOf(of('new')), source)).toEqual(before);
  expect(Object.values(before.facts)).toMatchObject([{ goesTo: '(not an address)' }]);
});

test('one of the two lists that could not be read hides all', async () => {
  const world = worldOf(configuration('MutatingWebhookConfiguration', [{ name: 'a.test' }]));
  world.api.deny({ user: 'ana', resources: ['validatingwebhookconfigurations.admissionregistration.k8s.io'] });
  expect(await collectIn(world, source)).toMatchObject({ hidden: { 'webhook/*': 'FORBIDDEN' } });
});
