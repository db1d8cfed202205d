import { describe, expect, test } from 'vitest';
import { openConnections } from '../../../src/providers/kubernetes/open.ts';
import { createKubernetesReader, type KubernetesReader } from '../../../src/providers/kubernetes/reader.ts';
import { hasRecordings, recordedAuthorizer, recording } from '../../support/kubernetes/recorded.ts';
import { recordedServer } from '../../support/kubernetes/server.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const { signal } = new AbortController();

function readerOf(kubeconfig: string): KubernetesReader {
  return createKubernetesReader(
    openConnections({ env: { KUBECONFIG: kubeconfig }, home: '/nowhere', clock, learn: () => undefined }),
  );
}

describe.skipIf(!hasRecordings)('the recorded cluster over TLS', () => {
  test('the admin sees every pod; the kubeconfig leads there', async () => {
    await using server = await recordedServer();
    const reader = readerOf(server.kubeconfig);
    const cluster = await reader.cluster({}, { signal });
    const pods = await cluster.list('Pod', signal);
    expect([cluster.context, cluster.server, pods.objects.length, pods.hidden]).toEqual(['admin', server.url, 31, []]);
    expect(await reader.contexts()).toEqual(['admin', 'ops-reader', 'ops-operator', 'nobody']);
  });

  test('who logs in with a client certificate is known by it', async () => {
    await using server = await recordedServer({ as: 'ops-reader', login: 'certificate' });
    const cluster = await readerOf(server.kubeconfig).cluster({}, { signal });
    const [pods, nodes] = await Promise.all([cluster.list('Pod', signal), cluster.list('Node', signal)]);
    expect(pods.objects).toHaveLength(31);
    expect(nodes.hidden).toMatchObject([{ namespace: null, failure: { code: 'FORBIDDEN' } }]);
    expect(new Set(server.requests().map(({ user }) => user))).toEqual(new Set(['ops-reader']));
  });

  test.for([
    ['403-nobody-pods', 'nobody'],
    ['403-reader-secrets', 'ops-reader'],
    ['403-reader-nodes', 'ops-reader'],
    ['403-reader-delete-pod', 'ops-reader'],
    ['403-reader-patch-scale', 'ops-reader'],
    ['403-anonymous-secrets', 'system:anonymous'],
  ] as const)('%s is refused in the recorded words', ([name, user]) => {
    const { request, response } = recording(name);
    const groups = user === 'system:anonymous' ? ['system:unauthenticated'] : ['system:authenticated'];
    const refusal = recordedAuthorizer().refuse({ name: user, groups }, request);
    expect(refusal?.status).toBe(403);
    expect(JSON.parse(refusal?.body ?? '')).toEqual(response.json);
  });

  test.for(['pod-log', 'token-list-pods', 'patch-scale-dryrun', 'anonymous-pods-allowed-by-binding'] as const)(
    '%s was allowed, and is',
    (name) => {
      const { as, request } = recording(name);
      const users = {
        admin: { name: 'admin', groups: ['system:masters'] },
        'ops-operator': { name: 'ops-operator', groups: ['ops'] },
        anon: { name: 'system:anonymous', groups: ['system:unauthenticated'] },
        'bearer token': { name: 'system:serviceaccount:prod:ci', groups: ['system:serviceaccounts'] },
      };
      expect(recordedAuthorizer().refuse(users[as as keyof typeof users], request)).toBeNull();
    },
  );
});
