import { describe, expect, test } from 'vitest';
import { pageOf } from '../../../src/providers/kubernetes/page.ts';
import type { Kinds, KubeObject, Listing } from '../../../src/providers/kubernetes/reader.ts';
import { createTrimmer } from '../../../src/providers/kubernetes/trim.ts';
import { createApi, json, type StoredObject } from '../../support/kubernetes/api.ts';
import { connected } from '../../support/kubernetes/connected.ts';
import { hasRecordings, recordedAnswer, recording } from '../../support/kubernetes/recorded.ts';
import { kubernetesServer, recordedServer } from '../../support/kubernetes/server.ts';

const { signal } = new AbortController();
const together = { signal };
const users = [{ name: 'admin', groups: [] }];

/** A list of these items, as the server has them. */
async function listed<Name extends 'Pod' | 'Deployment' | 'Secret'>(
  name: Name,
  items: readonly unknown[],
): Promise<Listing<Kinds[Name]>> {
  const body = { kind: `${name}List`, apiVersion: 'v1', metadata: { resourceVersion: '1' }, items };
  await using server = await kubernetesServer({
    api: createApi([]),
    users,
    fault: ({ path }) => (path.includes('?limit=') ? { type: 'answer', answer: json(200, body) } : null),
  });
  const cluster = await connected(server.kubeconfig).reader.cluster({}, together);
  return await cluster.list(name, signal);
}

describe('objects as servers send them', () => {
  test('items have no kind, and get that of their list', async () => {
    const { objects } = await listed('Deployment', [{ metadata: { name: 'web', namespace: 'prod' }, spec: {} }]);
    expect(objects).toEqual([
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'prod' }, spec: {} },
    ]);
  });

  test('replicas that are absent stay absent', async () => {
    const { objects } = await listed('Deployment', [
      { metadata: { name: 'zero' }, spec: { selector: {} }, status: {} },
    ]);
    expect(objects[0]?.spec).not.toHaveProperty('replicas');
  });

  test('something without a name is hidden once, and the others are seen', async () => {
    const { objects, hidden } = await listed('Pod', [
      { metadata: { name: 'a', namespace: 'prod' } },
      { metadata: {} },
      null,
      'pod',
    ]);
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['a']);
    expect(hidden).toMatchObject([{ namespace: null, failure: { code: 'OBJECT_INVALID' } }]);
  });

  test('names with control characters come through as they are, to be shown as what they are', async () => {
    const name = 'web\u001b[31m\n';
    expect((await listed('Pod', [{ metadata: { name } }])).objects[0]?.metadata.name).toBe(name);
  });

  test('what is being deleted keeps when, how long it may take, and what it waits for', async () => {
    const metadata = {
      name: 'stuck',
      namespace: 'prod',
      deletionTimestamp: '2026-11-20T16:00:00Z',
      deletionGracePeriodSeconds: 30,
      finalizers: ['example.com/slow'],
    };
    expect((await listed('Pod', [{ metadata, status: {} }])).objects[0]?.metadata).toEqual(metadata);
  });

  test('an annotation of 5 MB is not kept, nor what was last applied', async () => {
    const huge = 'x'.repeat(5 * 1024 * 1024);
    const annotations = { huge, small: 'kept', 'kubectl.kubernetes.io/last-applied-configuration': huge };
    const { objects } = await listed('Pod', [{ metadata: { name: 'a', annotations } }]);
    expect(Object.keys(objects[0]?.metadata.annotations ?? {})).toEqual(['huge', 'small']);
    expect(JSON.stringify(objects).length).toBeLessThan(2_000);
  });
});

describe('secrets', () => {
  test('only the names of Secrets are asked for', async () => {
    await using server = await kubernetesServer({ api: createApi([SECRET]), users });
    const cluster = await connected(server.kubeconfig).reader.cluster({}, together);
    const { objects } = await cluster.list('Secret', signal);
    const request = server.requests().find(({ path }) => path.includes('/secrets'));
    expect(request?.headers['accept']).toMatch(/^application\/json;as=PartialObjectMetadataList;/);
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(['api-keys']);
  });

  test('a server that sends their values all the same sends them to nobody', async () => {
    const { objects } = await listed('Secret', [{ ...SECRET, stringData: { STRIPE_KEY: 'plain-hunter2' } }]);
    expect(objects).toEqual([
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'api-keys', namespace: 'prod', annotations: {} } },
    ]);
  });

  test.skipIf(!hasRecordings)('no planted secret of the recorded cluster crosses into an object', async () => {
    const raw = ['secrets-prod', 'configmaps-prod', 'pods-all', 'deployments'].map((name) => recording(name));
    expect(JSON.stringify(raw)).toContain('hunter2-lab-only');
    await using server = await recordedServer();
    const cluster = await connected(server.kubeconfig).reader.cluster({}, together);
    const kinds = ['Secret', 'ConfigMap', 'Pod', 'Deployment', 'ReplicaSet', 'CronJob', 'Job', 'StatefulSet'] as const;
    const lists = await Promise.all(kinds.map(async (kind) => cluster.list(kind, signal)));
    expect(lists.every(({ objects }) => objects.length > 0)).toBe(true);
    expect(JSON.stringify(lists)).not.toContain('hunter2');
  });
});

const SECRET: StoredObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'api-keys',
    namespace: 'prod',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"a":"hunter2"}}' },
  },
  data: { STRIPE_KEY: 'aHVudGVyMg==' },
};

describe('what objects share', () => {
  const trimmed = (items: readonly object[]) => {
    const trimmer = createTrimmer();
    return items.map((item) => trimmer.trim('Pod', 'v1', structuredClone(item)));
  };
  const pod = (name: string, image: string, node: string, more: object = {}): object => ({
    metadata: { name, namespace: 'prod', labels: { app: 'web' } },
    spec: {
      nodeName: node,
      containers: [
        { name: 'web', image, volumeMounts: [{ name: `kube-api-access-${name.padEnd(5, 'x').slice(0, 5)}` }] },
      ],
      ...more,
    },
    status: { phase: 'Running', podIP: '10.0.0.1' },
  });

  const specOf = (object: KubeObject | null | undefined): unknown =>
    (object as { spec?: unknown } | null | undefined)?.spec;

  test('two pods of one template hold one spec; the node is told beside it', () => {
    const [a, b] = trimmed([pod('a', 'web:1', 'node-a'), pod('b', 'web:1', 'node-b')]);
    expect(specOf(b)).toBe(specOf(a));
    expect([a, b]).toMatchObject([{ nodeName: 'node-a' }, { nodeName: 'node-b' }]);
  });

  test('a pod that differs in one leaf has its own, whatever stands before and after it', () => {
    const items = [
      pod('a', 'web:1', 'n'),
      pod('b', 'web:2', 'n'),
      pod('c', 'web:1', 'n', { hostNetwork: true }),
      pod('d', 'web:1', 'n'),
      pod('e', 'web:1', 'n', { tolerations: [{ key: 'x' }, { key: 'y' }] }),
      pod('f', 'web:1', 'n', { tolerations: [{ key: 'x' }] }),
      pod('g', 'web:1', 'n', { tolerations: [{ key: 'x', value: 'y' }] }),
      pod('h', 'web:1', 'n', { tolerations: null }),
      pod('i', 'web:1', 'n', { tolerations: {} }),
    ];
    expect(trimmed(items)).toEqual(items.map((item) => trimmed([item])[0]));
  });

  test.skipIf(!hasRecordings)('every recorded list is the same, object by object, as without sharing', () => {
    for (const [file, kind] of [
      ['pods-all', 'Pod'],
      ['replicasets', 'ReplicaSet'],
      ['nodes', 'Node'],
      ['endpointslices', 'EndpointSlice'],
    ] as const) {
      const { items } = JSON.parse(recordedAnswer(file).body) as { items: object[] };
      const trimmer = createTrimmer();
      const shared = items.map((item) => trimmer.trim(kind, 'v1', structuredClone(item)));
      expect(shared).toEqual(items.map((item) => createTrimmer().trim(kind, 'v1', structuredClone(item))));
    }
  });
});

describe('a page, item by item', () => {
  const page = (text: string) => pageOf(Buffer.from(text), (item) => item);
  const list = (items: unknown, metadata: object = {}): string => JSON.stringify({ kind: 'List', metadata, items });

  test.for([
    ['none', []],
    ['one', [{ metadata: { name: 'a' } }]],
    [
      'lists in items that begin like items',
      [
        { metadata: { name: 'a' }, spec: { templates: [{ metadata: { name: 'x' } }, { metadata: { name: 'y' } }] } },
        { metadata: { name: 'b' } },
      ],
    ],
    [
      'texts that look like the marks',
      [
        { metadata: { name: 'a' }, data: { x: '"items":[,{"metadata":{"name":"z"}}]', y: ']' } },
        { metadata: { name: 'é]🙂' } },
      ],
    ],
    [
      'items that begin otherwise',
      [
        { kind: 'A', metadata: {} },
        { kind: 'B', metadata: {} },
      ],
    ],
    ['items that are no maps', [1, 'two', null, [3]]],
  ])('%s: as the whole text parsed at once', ([, items]) => {
    expect(page(list(items, { continue: 'next' }))).toEqual({ items, token: 'next' });
  });

  test('managed fields are gone, wherever they stand; a text that mentions them is not touched', () => {
    const fields = [{ manager: 'a"]}', fieldsV1: { 'f:x': { 'k:{"name":"\\"}"}': {} } } }];
    const items = [
      { metadata: { name: 'a', managedFields: fields } },
      { metadata: { managedFields: fields, name: 'b' } },
      { metadata: { managedFields: fields }, data: { text: ',"managedFields":[' } },
      { metadata: { name: 'c', managedFields: [] } },
    ];
    expect(page(list(items))?.items).toEqual([
      { metadata: { name: 'a' } },
      { metadata: { name: 'b' } },
      { metadata: {}, data: { text: ',"managedFields":[' } },
      { metadata: { name: 'c' } },
    ]);
  });

  test('the metadata of a list may stand behind its items', () => {
    const text = '{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}],"metadata":{"continue":"t"},"x":[1]}';
    expect(page(text)).toEqual({ items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }], token: 't' });
  });
});
