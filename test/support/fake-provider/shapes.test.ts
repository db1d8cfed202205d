import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fakeProvider, type FakeProvider } from './server.ts';

const folder = join(
  process.env['RECORDINGS_DIR'] ?? fileURLToPath(new URL('../../../../shared/recordings', import.meta.url)),
  'k8s',
);

const recordingSchema = z.object({
  request: z.object({ method: z.string(), path: z.string(), body: z.unknown().optional() }),
  response: z.object({
    status: z.number(),
    headers: z.record(z.string(), z.string()),
    json: z.record(z.string(), z.unknown()).optional(),
    body: z.string().optional(),
  }),
});

function recorded(name: string): z.infer<typeof recordingSchema> {
  return recordingSchema.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
}

const DEPLOYMENTS = '/apis/apps/v1/namespaces/prod/deployments';
const MERGE = 'application/merge-patch+json';

/** Asks the fake, and says what the recordings say of the real one. */
async function ask(
  fake: FakeProvider,
  method: string,
  path: string,
  body?: unknown,
  contentType = 'application/json',
): Promise<{ status: number; contentType: string | null; body: unknown }> {
  const response = await fetch(`${fake.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${fake.token}`, 'content-type': contentType },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type');
  const document: unknown = type === 'application/json' ? JSON.parse(text) : text;
  return { status: response.status, contentType: type, body: document };
}

function answerOf({ response }: z.infer<typeof recordingSchema>): unknown {
  const contentType = response.headers['content-type'];
  return { status: response.status, contentType, body: response.json ?? response.body };
}

/** The keys of a document all the way down, without its values. */
function shape(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]));
}

describe.skipIf(!existsSync(folder))('the fake answers as the recorded API server did', () => {
  test('a scale, and one of nought', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('zero', 0);
    const got = await ask(fake, 'GET', `${DEPLOYMENTS}/zero/scale`);
    expect(shape(got)).toEqual(shape(answerOf(recorded('scale-get'))));
    expect(got.body).toMatchObject({ spec: {}, status: { replicas: 0, selector: 'app=zero' } });
  });

  test('a dry run of scaling, which leaves the version and the deployment', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 3);
    const before = fake.cluster.get('web');
    const { request } = recorded('patch-scale-dryrun');
    const got = await ask(fake, request.method, request.path, request.body, MERGE);
    expect(shape(got)).toEqual(shape(answerOf(recorded('patch-scale-dryrun'))));
    expect(got.body).toMatchObject({ spec: { replicas: 5 }, status: { replicas: 3 } });
    expect(fake.cluster.get('web')).toEqual(before);
    expect(fake.writes()).toEqual([]);
  });

  test('a scale with a resourceVersion that is old', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('zero', 0);
    const { request } = recorded('scale-patch-with-resourceversion-stale');
    const got = await ask(fake, request.method, request.path, request.body, MERGE);
    expect(got).toEqual(answerOf(recorded('scale-patch-with-resourceversion-stale')));
    expect(fake.writes()).toEqual([]);
  });

  test('a patch of a type that is none', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 3);
    const got = await ask(fake, 'PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 1 } });
    expect(got).toEqual(answerOf(recorded('415-patch-type')));
  });

  test('a deletion of another object of that name', async () => {
    await using fake = await fakeProvider();
    const uid = fake.cluster.seed('web', 3);
    const { request, response } = recorded('409-delete-uid-precondition');
    const got = await ask(fake, 'DELETE', `${DEPLOYMENTS}/web`, request.body);
    const message = String(response.json?.['message'])
      .replace('Pod "api-b798765d7-rq4v9"', 'Deployment "web"')
      .replace('49ffa2ed-fe07-45c5-93b3-b36010c44629', uid);
    expect(got.body).toEqual({ ...response.json, message, details: { name: 'web', kind: 'Deployment' } });
    expect(fake.cluster.get('web')?.uid).toBe(uid);
  });

  test('a creation of what is there', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 3);
    const got = await ask(fake, 'POST', DEPLOYMENTS, deployment('web'));
    const { json } = recorded('409-already-exists').response;
    expect(got.body).toEqual({
      ...json,
      message: 'deployments.apps "web" already exists',
      details: { name: 'web', group: 'apps', kind: 'deployments' },
    });
  });

  test('a deployment that is invalid in four ways', async () => {
    await using fake = await fakeProvider();
    const { request } = recorded('422-invalid');
    const got = await ask(fake, request.method, request.path, request.body);
    expect(got).toEqual(answerOf(recorded('422-invalid')));
  });

  test('a denial, of scaling and of deleting', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 3);
    fake.cluster.deny('patch', 'deployments/scale');
    const { request, response } = recorded('403-reader-patch-scale');
    const got = await ask(fake, request.method, request.path, request.body, MERGE);
    const message = String(response.json?.['message']).replace('ops-reader', 'holdfast');
    expect(got).toEqual({ status: 403, contentType: 'application/json', body: { ...response.json, message } });
  });

  test('a refusal by an admission policy', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('x', 1);
    fake.cluster.admit({ policy: 'no-latest-tag', why: 'images tagged :latest are not admitted here' });
    const got = await ask(fake, 'PATCH', `${DEPLOYMENTS}/x/scale?dryRun=All`, { spec: { replicas: 2 } }, MERGE);
    expect(got).toEqual(answerOf(recorded('vap-denied')));
  });

  test('a token that is wrong', async () => {
    await using fake = await fakeProvider();
    const response = await fetch(`${fake.url}${DEPLOYMENTS}/web`, { headers: { authorization: 'Bearer other' } });
    expect(await response.json()).toEqual(recorded('401-bad-token').response.json);
  });

  test('a storage that is away, and a server that is busy', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 3);
    fake.fault('write', { kind: 'storage-away' });
    fake.fault('write', { kind: 'too-many' });
    const scale = () => ask(fake, 'PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 1 } }, MERGE);
    expect(await scale()).toEqual(answerOf(recorded('etcd-frozen-write')));
    expect(await scale()).toEqual(answerOf(recorded('429-too-many-requests')));
    expect(fake.cluster.get('web')?.replicas).toBe(3);
  });

  test.for(['allowed', 'denied'] as const)('a review of an access that is %s', async (name) => {
    await using fake = await fakeProvider();
    if (name === 'denied') fake.cluster.deny('patch', 'deployments/scale');
    const got = await ask(fake, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          namespace: 'prod',
          verb: 'patch',
          group: 'apps',
          resource: 'deployments',
          subresource: 'scale',
        },
      },
    });
    const { status, json } = recorded(`selfsubjectaccessreview-${name}`).response;
    expect(got.status).toBe(status);
    expect(got.body).toMatchObject({ kind: json?.['kind'], apiVersion: json?.['apiVersion'] });
    expect(shape(got.body)).toMatchObject({ status: shape(json?.['status']) as object });
  });

  test('the namespace that a cluster is known by, and a deployment', async () => {
    await using fake = await fakeProvider();
    fake.cluster.seed('web', 3);
    const { body } = await ask(fake, 'GET', '/api/v1/namespaces/kube-system');
    expect(body).toMatchObject({ kind: 'Namespace', metadata: { name: 'kube-system', uid: fake.cluster.uid } });
    const real = recorded('deployment-web-before').response.json;
    const fakeOne = await ask(fake, 'GET', `${DEPLOYMENTS}/web`);
    expect(missing(shape(fakeOne.body), shape(real))).toEqual([]);
  });
});

/** Paths that `is` has and `real` has not, or has as another type. */
function missing(is: unknown, real: unknown, path = '$'): readonly string[] {
  if (typeof is !== 'object' || is === null) return is === real ? [] : [path];
  if (typeof real !== 'object' || real === null) return [path];
  const theirs = new Map(Object.entries(real));
  return Object.entries(is).flatMap(([key, item]) => missing(item, theirs.get(key), `${path}.${key}`));
}

function deployment(name: string): unknown {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: 'registry.lab/x:1' }] } },
    },
  };
}
