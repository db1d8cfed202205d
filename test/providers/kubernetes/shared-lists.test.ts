import { expect, test } from 'vitest';
import { createKubernetesReader } from '../../../src/providers/kubernetes/reader.ts';
import { createApi, FAKE_UID, status, type StoredObject } from '../../support/kubernetes/api.ts';

function pod(name: string, namespace = 'prod'): StoredObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: { containers: [{ name: 'a' }] } };
}

function world(...objects: readonly StoredObject[]) {
  const api = createApi(objects);
  const reader = createKubernetesReader({
    contexts: async () => ['test'],
    open: async () => ({ context: 'test', server: 'https://x', ask: async (call) => api.answer(call) }),
  });
  return { api, reader };
}

const { signal } = new AbortController();

test('one list serves all who ask for it in a run, and the next run reads again', async () => {
  const { api, reader } = world(pod('a'), pod('b'));
  const run = { signal };
  const [first, second] = await Promise.all([reader.cluster({}, run), reader.cluster({}, run)]);
  await Promise.all([first.list('Pod', signal), second.list('Pod', signal)]);
  expect(first.uid).toBe(FAKE_UID);
  expect(api.asked()).toEqual(['/api/v1/namespaces/kube-system?resourceVersion=0', '/api/v1/pods?limit=500']);
  await (await reader.cluster({}, { signal })).list('Pod', signal);
  expect(api.asked()).toHaveLength(4);
});

test('all pages are read, and each object once', async () => {
  const { api, reader } = world(...Array.from({ length: 1_201 }, (_, index) => pod(`pod-${index}`)));
  const cluster = await reader.cluster({}, { signal });
  const { objects, hidden } = await cluster.list('Pod', signal);
  expect([objects.length, hidden]).toEqual([1_201, []]);
  expect(api.asked().filter((path) => path.startsWith('/api/v1/pods'))).toHaveLength(3);
});

test('named namespaces are listed one by one; one that does not exist is hidden, not empty', async () => {
  const { api, reader } = world(pod('a'), pod('b', 'other'));
  const cluster = await reader.cluster({ namespaces: ['prod', 'gone'] }, { signal });
  const { objects, hidden } = await cluster.list('Pod', signal);
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a']);
  expect(hidden).toMatchObject([{ namespace: 'gone', failure: { code: 'NO_SUCH_NAMESPACE' } }]);
  expect(api.asked()).toContain('/api/v1/namespaces/gone');
});

test('what may not be listed is hidden, with the rule that would show it', async () => {
  const { api, reader } = world(pod('a'));
  api.deny({ user: 'ops-reader', resources: ['nodes'] });
  const cluster = await reader.cluster({}, { signal });
  const { hidden } = await cluster.list('Node', signal);
  expect(hidden).toMatchObject([
    {
      namespace: null,
      failure: {
        code: 'FORBIDDEN',
        message: expect.stringContaining('{apiGroups: [""], resources: ["nodes"], verbs: ["list"]}'),
      },
    },
  ]);
});

test('a kind that the cluster does not have is not hidden from who may not list it; one that it has is', async () => {
  const { api, reader } = world(pod('a'));
  const optional = 'httproutes.gateway.networking.k8s.io';
  const refused = status(403, 'Forbidden', `${optional} is forbidden: User "ana" cannot list resource "httproutes"`);
  api.say('/apis/gateway.networking.k8s.io/v1/httproutes?limit=500', refused);
  const cluster = await reader.cluster({}, { signal });
  expect(await cluster.list('HTTPRoute', signal)).toMatchObject({ served: false, hidden: [] });
  api.put({ kind: 'HTTPRoute', metadata: { name: 'shop', namespace: 'prod' } });
  const later = await reader.cluster({}, { signal });
  expect((await later.list('HTTPRoute', signal)).hidden).toMatchObject([{ failure: { code: 'FORBIDDEN' } }]);
});
