import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/webhooks.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { pod } from '../../support/kubernetes/pods.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

function configuration(webhook: object = {}, kind = 'ValidatingWebhookConfiguration'): StoredObject {
  const service = { namespace: 'policy', name: 'guard', port: 443 };
  return {
    kind,
    metadata: { name: 'guard', creationTimestamp: ago(86_400) },
    webhooks: [
      {
        name: 'pods.guard.test',
        clientConfig: { service },
        rules: [{ operations: ['CREATE'], resources: ['pods'] }],
        ...webhook,
      },
    ],
  };
}
const service: StoredObject = {
  kind: 'Service',
  metadata: { name: 'guard', namespace: 'policy' },
  spec: { selector: { app: 'guard' }, ports: [{ port: 443 }] },
};
const slice = (ready: boolean): StoredObject => ({
  kind: 'EndpointSlice',
  metadata: { name: 'guard-x', namespace: 'policy', labels: { 'kubernetes.io/service-name': 'guard' } },
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
});
const guard = (seconds: number): StoredObject =>
  pod({
    name: 'guard-1',
    namespace: 'policy',
    metadata: { labels: { app: 'guard' } },
    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(seconds) }],
  });

describe('a webhook whose Service does not exist', () => {
  test.each([
    ['critical', {}],
    ['critical', { failurePolicy: 'Fail' }],
    ['high', { failurePolicy: 'Ignore' }],
  ])('is %s with %j', async (severity, webhook) => {
    for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])
      expect(said(await worldOf(configuration(webhook, kind)).look(check))).toEqual([
        `${severity} service-missing:pods.guard.test: ${kind} guard has a webhook with nothing behind it: pods.guard.test asks Service policy/guard, which does not exist`,
      ]);
  });

  test('outside of the chosen namespaces is not said to be missing', async () => {
    expect(said(await worldOf(configuration()).look(check, { excludeNamespaces: ['policy'] }))).toEqual([]);
  });

  test('where Services may not be read is not said to be missing', async () => {
    const world = worldOf(configuration());
    world.api.deny({ user: 'nobody', resources: ['services'] });
    const { drafts, observations } = await world.look(check);
    expect(drafts).toEqual([]);
    expect(observations.some(({ status }) => status === 'unknown')).toBe(true);
  });
});

describe('a webhook with nothing ready behind it', () => {
  test.each([
    [120, 1],
    [119, 0],
  ])('for %i seconds: %i', async (seconds, count) => {
    expect(said(await worldOf(configuration(), service, slice(false), guard(seconds)).look(check))).toHaveLength(count);
  });

  test('says so in words, and not once one is ready', async () => {
    expect(said(await worldOf(configuration(), service, slice(false), guard(600)).look(check))).toEqual([
      'critical not-ready:pods.guard.test: ValidatingWebhookConfiguration guard has a webhook that nobody answers: pods.guard.test asks Service policy/guard (0 of 1 pod ready), for 10 min',
    ]);
    expect(said(await worldOf(configuration(), service, slice(true), guard(600)).look(check))).toEqual([]);
  });

  test('is told by the pods where no slice says anything', async () => {
    const running = pod({ name: 'guard-1', namespace: 'policy', metadata: { labels: { app: 'guard' } } });
    expect(said(await worldOf(configuration(), service, running).look(check))).toEqual([]);
    const waiting = pod({
      name: 'guard-1',
      namespace: 'policy',
      phase: 'Pending',
      metadata: { labels: { app: 'guard' } },
    });
    expect(said(await worldOf(configuration(), service, waiting).look(check))).toHaveLength(1);
  });
});

test('the port is 443 unless it says another, and must be there', async () => {
  const plain = { ...service, spec: { selector: { app: 'guard' }, ports: [{ port: 8443 }] } };
  expect(said(await worldOf(configuration(), plain, slice(true)).look(check))).toEqual([
    'critical port-missing:pods.guard.test: ValidatingWebhookConfiguration guard has a webhook with nothing behind it: pods.guard.test asks Service policy/guard, port 443, which is not there',
  ]);
});

test('a webhook at a URL is outside of the cluster', async () => {
  expect(said(await worldOf(configuration({ clientConfig: { url: 'https://guard.test/' } })).look(check))).toEqual([]);
});

test('one port of several is enough', async () => {
  const two = { ...service, spec: { selector: { app: 'guard' }, ports: [{ port: 8443 }, { port: 443 }] } };
  expect(said(await worldOf(configuration(), two, slice(true)).look(check))).toEqual([]);
});

test('nothing is said of pods that may not be read', async () => {
  const world = worldOf(configuration(), service, guard(600));
  world.api.deny({ user: 'nobody', resources: ['pods'] });
  expect(said(await world.look(check))).toEqual([]);
});
