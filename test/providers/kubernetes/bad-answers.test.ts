import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/providers/kubernetes/call.ts';
import type { Kinds, Listing } from '../../../src/providers/kubernetes/reader.ts';
import type { Patience } from '../../../src/providers/kubernetes/transport.ts';
import { makeAuthority } from '../../support/http/certificates.ts';
import { closedPort, httpServer } from '../../support/http/servers.ts';
import { createApi, json, status, text, type FakeApi, type StoredObject } from '../../support/kubernetes/api.ts';
import { connected, IMPATIENT } from '../../support/kubernetes/connected.ts';
import { hasRecordings, recordedAnswer } from '../../support/kubernetes/recorded.ts';
import {
  kubernetesServer,
  recordedServer,
  type Arrived,
  type Fault,
  type KubernetesServer,
} from '../../support/kubernetes/server.ts';
import { tempFolder } from '../../support/temp.ts';

const { signal } = new AbortController();
const together = { signal };
const strangers = makeAuthority(Date.now());
afterAll(() => strangers[Symbol.dispose]());

function pod(name: string, more: object = {}): StoredObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'prod' }, spec: { containers: [] }, ...more };
}

const PODS = Array.from({ length: 1_201 }, (_, index) => pod(`pod-${String(index).padStart(4, '0')}`));
const isPage = ({ path }: Arrived): boolean => path.startsWith('/api/v1/pods?limit');

function serve(
  fault: (arrived: Arrived) => Fault | null,
  objects: readonly StoredObject[] = PODS,
): Promise<KubernetesServer<FakeApi>> {
  return kubernetesServer({ api: createApi(objects), users: [{ name: 'admin', groups: [] }], fault });
}

async function podsOf(server: KubernetesServer<FakeApi>, patience?: Patience): Promise<Listing<Kinds['Pod']>> {
  const cluster = await connected(server.kubeconfig, patience === undefined ? {} : { patience }).reader.cluster(
    {},
    together,
  );
  return cluster.list('Pod', signal);
}

/** The nth request for a page of pods is answered so; from 0. */
function atPage(wanted: number, fault: Fault): (arrived: Arrived) => Fault | null {
  let page = -1;
  return (arrived) => {
    if (!isPage(arrived)) return null;
    page += 1;
    return page === wanted ? fault : null;
  };
}

const answer = (given: Answer): Fault => ({ type: 'answer', answer: given });

describe('a list that expires while it is read', () => {
  const expired = (token: string | null): Fault =>
    answer(
      json(410, {
        kind: 'Status',
        status: 'Failure',
        reason: 'Expired',
        code: 410,
        metadata: { continue: token ?? '' },
      }),
    );

  test('goes on with the fresh token of the 410, and what came twice stands once', async () => {
    await using server = await serve(atPage(2, expired('400')));
    const { objects, hidden } = await podsOf(server);
    expect([objects.length, hidden]).toEqual([1_201, []]);
    expect(new Set(objects.map(({ metadata }) => metadata.name)).size).toBe(1_201);
    expect(server.requests().filter(isPage).at(-1)?.path).toContain('continue=900');
  });

  test('is read again from its beginning when the 410 has no token', async () => {
    await using server = await serve(atPage(1, expired(null)));
    const { objects, hidden } = await podsOf(server);
    expect([objects.length, hidden]).toEqual([1_201, []]);
    expect(server.requests().filter(isPage)).toHaveLength(5);
  });

  test('is hidden when it expires again and again, and not half a list', async () => {
    await using server = await serve((arrived) => (isPage(arrived) ? expired('500') : null));
    const { objects, hidden } = await podsOf(server);
    expect(objects).toEqual([]);
    expect(hidden).toMatchObject([{ namespace: null, failure: { code: 'HTTP_410' } }]);
    expect(server.requests().filter(isPage)).toHaveLength(4);
  });

  test.skipIf(!hasRecordings)('the recorded 410 holds such a token', async () => {
    const recorded = recordedAnswer('410-expired-continue');
    await using server = await serve(atPage(1, answer(recorded)));
    await podsOf(server);
    const token = new URL(server.requests().filter(isPage)[2]?.path ?? '', 'http://x').searchParams.get('continue');
    expect(token).toMatch(/^eyJ2Ijoi/);
  });
});

describe('a server that is too busy', () => {
  test.skipIf(!hasRecordings)('is asked again after its Retry-After, in plain text (recorded)', async () => {
    await using server = await serve(atPage(0, answer(recordedAnswer('429-too-many-requests'))));
    const { objects, hidden } = await podsOf(server);
    expect([objects.length, hidden]).toEqual([1_201, []]);
  });

  test('is asked three times and no more', async () => {
    const busy = { ...text(429, 'Too many requests, please try again later.\n'), headers: { 'retry-after': '0' } };
    await using server = await serve((arrived) => (isPage(arrived) ? answer(busy) : null));
    const { hidden } = await podsOf(server);
    expect(hidden).toMatchObject([{ failure: { code: 'TOO_MANY_REQUESTS' } }]);
    expect(server.requests().filter(isPage)).toHaveLength(3);
  });

  test('is not waited for longer than is reasonable', async () => {
    const busy = { ...status(429, 'TooManyRequests', 'later'), headers: { 'retry-after': '3600' } };
    await using server = await serve((arrived) => (isPage(arrived) ? answer(busy) : null));
    expect((await podsOf(server)).hidden).toMatchObject([{ failure: { code: 'TOO_MANY_REQUESTS' } }]);
    expect(server.requests().filter(isPage)).toHaveLength(1);
  });
});

describe('a frozen or broken server', () => {
  test('a list that hangs is given up, and what the API server remembers stands in, marked so', async () => {
    await using server = await serve((arrived) => (isPage(arrived) ? { type: 'silence' } : null));
    const { objects, hidden, remembered } = await podsOf(server, IMPATIENT);
    expect([objects.length, hidden, remembered]).toEqual([1_201, [], true]);
    expect(server.requests().at(-1)?.path).toBe('/api/v1/pods?resourceVersion=0');
  });

  test('the other lists of the run do not wait for a store that one of them found away', async () => {
    await using server = await serve(({ path }) => (path.includes('?limit=') ? { type: 'silence' } : null));
    const cluster = await connected(server.kubeconfig, { patience: IMPATIENT }).reader.cluster({}, together);
    const kinds = ['Pod', 'Job', 'Service', 'Deployment', 'DaemonSet', 'ConfigMap', 'Ingress', 'ReplicaSet'] as const;
    const lists = await Promise.all(kinds.map(async (kind) => cluster.list(kind, signal)));
    expect(lists.map(({ hidden, remembered }) => [hidden, remembered])).toEqual(kinds.map(() => [[], true]));
    const waited = server.requests().filter(({ path }) => path.includes('?limit=')).length;
    expect(waited).toBeLessThan(kinds.length);
  });

  test('a list that nothing answers is hidden as TIMEOUT', async () => {
    await using server = await serve(({ path }) => (path.startsWith('/api/v1/pods?') ? { type: 'silence' } : null));
    expect(await podsOf(server, IMPATIENT)).toMatchObject({
      objects: [],
      hidden: [{ namespace: null, failure: { code: 'TIMEOUT', message: expect.stringContaining('/api/v1/pods') } }],
    });
  });

  test('a page that breaks off is asked for once more', async () => {
    await using server = await serve(atPage(1, { type: 'reset', afterBytes: 2_000 }));
    const { objects, hidden, remembered } = await podsOf(server);
    expect([objects.length, hidden, remembered]).toEqual([1_201, [], false]);
  });

  test('pages that always break off are hidden, never half a list', async () => {
    await using server = await serve(({ path }) =>
      path.startsWith('/api/v1/pods?') ? { type: 'reset', afterBytes: 2_000 } : null,
    );
    expect(await podsOf(server)).toMatchObject({ objects: [], hidden: [{ failure: { code: 'ECONNRESET' } }] });
  });

  test.skipIf(!hasRecordings)('the dead metrics API (recorded) is hidden at once, and asked once', async () => {
    await using server = await recordedServer();
    const cluster = await connected(server.kubeconfig).reader.cluster({}, together);
    expect((await cluster.list('NodeMetrics', signal)).hidden).toMatchObject([{ failure: { code: 'HTTP_503' } }]);
    expect(server.requests().filter(({ path }) => path.includes('metrics.k8s.io'))).toHaveLength(1);
  });

  test('a cluster whose store is frozen is still known by its name', async () => {
    await using server = await serve(({ path }) => (path.includes('resourceVersion=0') ? null : { type: 'silence' }));
    expect((await connected(server.kubeconfig).reader.cluster({}, together)).context).toBe('admin');
  });
});

describe('answers that are no list', () => {
  test.for([
    ['a Status with 200', json(200, { kind: 'Status', metadata: {}, status: 'Failure', message: 'no' })],
    [
      'a page of a proxy',
      { ...text(200, '<html><body>Log in</body></html>'), headers: { 'content-type': 'text/html' } },
    ],
    ['half a list', text(200, '{"kind":"PodList","metadata":{},"items":[{"metadata":{"name":"a"}}')],
    ['items that are no list', json(200, { kind: 'PodList', metadata: {}, items: 'none' })],
  ] as const)('%s is hidden, not an empty list', async ([, given]) => {
    await using server = await serve((arrived) => (isPage(arrived) ? answer(given) : null));
    expect(await podsOf(server)).toMatchObject({ objects: [], hidden: [{ failure: { code: 'ANSWER_INVALID' } }] });
  });

  test('items of null are an empty list', async () => {
    const empty = json(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: null });
    await using server = await serve((arrived) => (isPage(arrived) ? answer(empty) : null));
    expect(await podsOf(server)).toMatchObject({ objects: [], hidden: [] });
  });

  test('an answer that is too long is given up', async () => {
    const log = text(200, 'x'.repeat(17 * 1024 * 1024));
    await using server = await serve(({ path }) => (path.endsWith('/log') ? answer(log) : null));
    const cluster = await connected(server.kubeconfig).reader.cluster({}, together);
    await expect(cluster.raw('/api/v1/namespaces/prod/pods/a/log', signal)).rejects.toMatchObject({
      code: 'ANSWER_TOO_LONG',
    });
  });
});

describe('who can not be reached or let in', () => {
  test('401 is said once for the cluster, after the credential was read anew', async () => {
    await using server = await serve(() => answer(status(401, 'Unauthorized', 'Unauthorized')));
    await expect(connected(server.kubeconfig).reader.cluster({}, together)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining('Log in again'),
    });
    expect(server.requests()).toHaveLength(2);
  });

  test('a certificate of another authority is not trusted, and the message says what to see', async () => {
    await using server = await serve(() => null);
    const cluster = {
      server: server.url,
      'certificate-authority-data': Buffer.from(strangers.root.cert).toString('base64'),
    };
    await expect(connected(kubeconfigFor(cluster)).reader.cluster({}, together)).rejects.toMatchObject({
      code: expect.stringMatching(/^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)$/),
      message: expect.stringContaining('certificate-authority'),
    });
    expect(server.requests()).toEqual([]);
  });

  test('the name that the certificate is held against is the one of tls-server-name', async () => {
    await using server = await serve(() => null);
    const cluster = { server: server.url, 'certificate-authority': server.ca };
    const user = { token: server.token('admin') };
    const other = kubeconfigFor({ ...cluster, 'tls-server-name': 'other.example' }, user);
    await expect(connected(other).reader.cluster({}, together)).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      message: expect.stringContaining('tls-server-name'),
    });
    const right = kubeconfigFor({ ...cluster, 'tls-server-name': 'localhost' }, user);
    expect((await connected(right).reader.cluster({}, together)).server).toBe(server.url);
  });

  test('a server that nobody runs is ECONNREFUSED, with its address', async () => {
    const server = `https://127.0.0.1:${await closedPort()}`;
    await expect(connected(kubeconfigFor({ server })).reader.cluster({}, together)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: expect.stringContaining(server),
    });
  });

  test('something that speaks no TLS is told from something that does not answer', async () => {
    await using plain = await httpServer((_, response) => response.end('hello'));
    const server = `https://127.0.0.1:${plain.port}`;
    await expect(connected(kubeconfigFor({ server })).reader.cluster({}, together)).rejects.toMatchObject({
      code: 'EPROTO',
      message: expect.stringContaining('see whether it speaks TLS'),
    });
  });

  test('an abort ends the waiting at once, and is no failure of the cluster', async () => {
    await using server = await serve(() => ({ type: 'silence' }));
    const stop = new AbortController();
    const waiting = connected(server.kubeconfig).reader.cluster({}, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('the run ended')), 50);
    await expect(waiting).rejects.toThrow('the run ended');
  });
});

function kubeconfigFor(cluster: object, user: object = {}): string {
  const path = join(tempFolder(), 'config');
  const config = {
    'current-context': 'it',
    clusters: [{ name: 'it', cluster }],
    users: [{ name: 'it', user }],
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
