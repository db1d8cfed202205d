import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/control-plane.ts';
import type { History } from '../../../src/domain/check.ts';
import { createKubernetesReader, NoAnswer } from '../../../src/providers/kubernetes/reader.ts';
import { status, text, type StoredObject } from '../../support/kubernetes/api.ts';
import { ago, NOW, said, worldOf } from '../../support/kubernetes/world.ts';
import { look } from '../../support/look.ts';

const READYZ = '/readyz?verbose';
const WELL = '[+]ping ok\n[+]etcd ok\n[+]poststarthook/rbac/bootstrap-roles ok\nreadyz check passed\n';

function api(state: string, seconds: number): StoredObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io', uid: 'uid-metrics', creationTimestamp: ago(86_400) },
    spec: { group: 'metrics.k8s.io', service: { namespace: 'kube-system', name: 'metrics-server' } },
    status: {
      conditions: [
        { type: 'Other', status: 'False', lastTransitionTime: ago(86_400) },
        { type: 'Available', status: state, reason: 'MissingEndpoints', lastTransitionTime: ago(seconds) },
      ],
    },
  };
}

function worldWith(readyz: ReturnType<typeof text>, ...objects: readonly StoredObject[]) {
  const world = worldOf(...objects);
  world.api.say(READYZ, readyz);
  return world;
}

function held(minutes: number, ...holding: readonly string[]): { readonly history: History } {
  const values = { uid: null, holding: [...holding] };
  return { history: { samples: [{ at: NOW - minutes * 60_000, values }], open: new Map(), now: NOW } };
}

test('an API server that is ready, with its extensions available, is fine', async () => {
  const { drafts, observations } = await worldWith(text(200, WELL), api('True', 86_400)).look(check);
  expect(drafts).toEqual([]);
  expect(observations.filter((each) => each.status === 'unknown')).toEqual([]);
});

describe('what the API server says of its parts', () => {
  test('is told at once, etcd as critical', async () => {
    const failing = WELL.replace(
      '[+]etcd ok',
      '[-]etcd failed: reason withheld\n[-]informer-sync failed: reason withheld',
    );
    expect(said(await worldWith(text(500, failing)).look(check))).toEqual([
      'critical readyz:etcd: The API server says that etcd is not ready',
      'high readyz:informer-sync: The API server says that informer-sync is not ready',
    ]);
  });

  test('is told of a part that is starting only when it was so at an earlier look', async () => {
    const starting = WELL.replace('bootstrap-roles ok', 'bootstrap-roles failed: not finished').replace(
      '[+]posts',
      '[-]posts',
    );
    const world = worldWith(text(500, starting));
    expect(said(await world.look(check))).toEqual([]);
    const key = 'starting poststarthook/rbac/bootstrap-roles';
    expect(said(await world.look(check, {}, held(5, key)))).toHaveLength(1);
    expect(said(await world.look(check, {}, held(4, key)))).toEqual([]);
    expect(said(await world.look(check, {}, held(30, 'readyz etcd')))).toEqual([]);
  });

  test('counts what was left out on purpose as well', async () => {
    expect(said(await worldWith(text(200, WELL.replace('[+]etcd ok', '[+]etcd excluded: ok'))).look(check))).toEqual(
      [],
    );
  });

  test('is unknown where it may not be asked, with the rule that allows it', async () => {
    const denied = status(403, 'Forbidden', 'forbidden: User "nobody" cannot get path "/readyz"');
    const { observations, drafts } = await worldWith(denied, api('False', 600)).look(check);
    expect(drafts).toMatchObject([{ discriminator: 'api-down' }]);
    expect(observations.filter((each) => each.status === 'unknown')).toMatchObject([
      {
        resource: expect.stringMatching(/\/readyz\/api-server$/),
        failure: { code: 'FORBIDDEN', message: expect.stringContaining('nonResourceURLs: ["/readyz"]') },
      },
    ]);
  });

  test('is unknown where something else answers', async () => {
    const { observations } = await worldWith(text(502, 'Bad Gateway')).look(check);
    expect(observations.filter((each) => each.status === 'unknown')).toMatchObject([{ failure: { code: 'HTTP_502' } }]);
  });
});

test('an API server that lists and does not answer for itself is unknown, with the reason', async () => {
  const world = worldOf();
  const reader = createKubernetesReader({
    contexts: async () => ['test'],
    open: async () => ({
      context: 'test',
      server: 'https://cluster.test:6443',
      ask: async (call) => {
        if (call.path === READYZ) throw new NoAnswer('TIMEOUT', 'no answer within 15 s');
        return world.api.answer(call);
      },
    }),
  });
  const { observations } = await look(check, reader, {}, { now: NOW });
  expect(observations.filter((each) => each.status === 'unknown')).toMatchObject([
    { name: 'The API server', failure: { code: 'TIMEOUT', message: 'no answer within 15 s' } },
  ]);
});

describe('an API that others serve', () => {
  test.each(['False', 'Unknown'])('and whose Available is %s for five minutes is down', async (state) => {
    expect(said(await worldWith(text(200, WELL), api(state, 300)).look(check))).toEqual([
      'high api-down: APIService v1beta1.metrics.k8s.io is not available (MissingEndpoints), for 5 min',
    ]);
    expect(said(await worldWith(text(200, WELL), api(state, 299)).look(check))).toEqual([]);
  });

  test('is told with the Service that should serve it', async () => {
    const { drafts } = await worldWith(text(200, WELL), api('False', 300)).look(check);
    expect(drafts[0]?.evidence).toContainEqual({
      label: 'spec.service',
      value: 'kube-system/metrics-server',
      source: 'APIService v1beta1.metrics.k8s.io',
    });
  });

  test('is hidden where it may not be listed, and the API server is asked all the same', async () => {
    const world = worldWith(text(500, '[-]etcd failed: reason withheld\n'), api('False', 600));
    world.api.deny({ user: 'ops-reader', resources: ['apiservices.apiregistration.k8s.io'] });
    const { drafts, observations } = await world.look(check);
    expect(drafts).toMatchObject([{ discriminator: 'readyz:etcd' }]);
    expect(observations.filter((each) => each.status === 'unknown')).toMatchObject([
      { resource: expect.stringMatching(/\/apiservice\/\*$/), failure: { code: 'FORBIDDEN' } },
    ]);
  });
});
