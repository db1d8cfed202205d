import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/disruption-budgets.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { pod } from '../../support/kubernetes/pods.ts';
import { secondLook } from '../../support/kubernetes/two-looks.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

function budget(spec: object, status: object = {}): StoredObject {
  return {
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'prod', uid: 'uid-pdb', creationTimestamp: ago(86_400) },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status,
  };
}

function deployment(replicas: number, labels: object = { app: 'web' }): StoredObject {
  return {
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'prod' },
    spec: { replicas, template: { metadata: { labels } } },
  };
}
const scaler = (minReplicas: number): StoredObject => ({
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'prod' },
  spec: { minReplicas, maxReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
});

async function saysOf(object: StoredObject, objects: readonly StoredObject[] = [deployment(3)], params: object = {}) {
  return said(await worldOf(object, ...objects).look(check, params));
}

describe('a budget that never lets a pod go', () => {
  test.each([{ maxUnavailable: 0 }, { maxUnavailable: '0%' }, { minAvailable: '100%' }])('%j', async (spec) => {
    expect(await saysOf(budget(spec))).toEqual([
      expect.stringMatching(/^medium never-allows: PodDisruptionBudget prod\/web never lets a pod go: /),
    ]);
  });

  test.each([{ maxUnavailable: 1 }, { maxUnavailable: '1%' }, { minAvailable: '50%' }, { minAvailable: 2 }])(
    'is not %j of three',
    async (spec) => {
      expect(await saysOf(budget(spec))).toEqual([]);
    },
  );

  test('needs all that there are, by replicas, with shares rounded up', async () => {
    expect(await saysOf(budget({ minAvailable: 3 }))).toEqual([
      'medium needs-all:replicas: PodDisruptionBudget prod/web needs all pods that there are at the least: minAvailable 3',
    ]);
    expect(await saysOf(budget({ minAvailable: '50%' }), [deployment(1)])).toHaveLength(1);
    expect(await saysOf(budget({ minAvailable: '50%' }), [deployment(2)])).toEqual([]);
  });

  test('needs all that its autoscaler may leave, whatever runs now', async () => {
    expect(await saysOf(budget({ minAvailable: 2 }), [deployment(5), scaler(2)])).toEqual([
      'medium needs-all:autoscaler: PodDisruptionBudget prod/web needs all pods that there are at the least: minAvailable 2',
    ]);
    expect(await saysOf(budget({ minAvailable: 2 }), [deployment(1), scaler(3)])).toEqual([]);
  });

  test('protects nothing while nothing is to run', async () => {
    expect(await saysOf(budget({ minAvailable: 1 }), [deployment(0)])).toEqual([]);
  });
});

describe('by its own figures', () => {
  const status = (seconds: number, more: object): object => ({
    expectedPods: 3,
    disruptionsAllowed: 0,
    ...more,
    conditions: [
      { type: 'Other', status: 'True' },
      { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', lastTransitionTime: ago(seconds) },
    ],
  });

  test.each([
    [900, 1],
    [899, 0],
  ])('lets none go for %i seconds, by the type of the condition: %i', async (seconds, count) => {
    expect(
      await saysOf(budget({ minAvailable: 2 }, status(seconds, { currentHealthy: 2, desiredHealthy: 2 }))),
    ).toHaveLength(count);
  });

  test('is short of pods', async () => {
    expect(await saysOf(budget({ minAvailable: 2 }, status(1_200, { currentHealthy: 1, desiredHealthy: 2 })))).toEqual([
      'medium short: PodDisruptionBudget prod/web lacks healthy pods: 1 of 2 healthy, for 20 min',
    ]);
  });

  test('is fine when it allows, whatever stands first among its conditions', async () => {
    const allowed = {
      expectedPods: 3,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      conditions: [
        { type: 'X', status: 'False' },
        { type: 'DisruptionAllowed', status: 'True' },
      ],
    };
    expect(await saysOf(budget({ minAvailable: 2 }, allowed))).toEqual([]);
  });

  test('can not stand in the way when it asks for nothing', async () => {
    expect(await saysOf(budget({ selector: {} }, status(86_400, {})))).toEqual([]);
  });

  test('is told once where what it asks for is the cause', async () => {
    const told = await saysOf(budget({ maxUnavailable: 0 }, status(86_400, { currentHealthy: 3, desiredHealthy: 3 })));
    expect(told.map((line) => line.split(':', 1)[0])).toEqual(['medium never-allows']);
  });
});

describe('a budget that selects nothing', () => {
  const lost = worldOf(budget({ minAvailable: 1 }), deployment(3, { app: 'api' }));

  test('is told once that has lasted an hour', async () => {
    expect(said(await lost.look(check))).toEqual([]);
    expect(await secondLook(check, { first: lost, second: lost, between: 3_600_000 })).toMatchObject([
      { discriminator: 'selects-nothing', severity: 'low' },
    ]);
    expect(await secondLook(check, { first: lost, second: lost, between: 3_599_000 })).toEqual([]);
  });

  test.each([
    [
      'when a pod has its labels',
      budget({ minAvailable: 1 }),
      pod({ name: 'web-1', metadata: { labels: { app: 'web' } } }),
    ],
    ['when it selects all', budget({ minAvailable: 1, selector: {} }), deployment(3, { app: 'api' })],
    ['when nothing is to run now', budget({ minAvailable: 1 }), deployment(0)],
  ])('is not told %s', async (_, object, other) => {
    const world = worldOf(object, other);
    expect(await secondLook(check, { first: world, second: world, between: 7_200_000 })).toEqual([]);
  });

  test('is not told where pods may not be read', async () => {
    const blind = worldOf(budget({ minAvailable: 1 }), deployment(3, { app: 'api' }));
    blind.api.deny({ user: 'nobody', resources: ['pods'] });
    expect(await secondLook(check, { first: lost, second: blind, between: 7_200_000 })).toEqual([]);
  });
});

test('what becomes of unhealthy pods is only asked when wanted', async () => {
  expect(await saysOf(budget({ maxUnavailable: 1 }), [deployment(3)], { evictionPolicy: true })).toHaveLength(1);
  const decided = budget({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
  expect(await saysOf(decided, [deployment(3)], { evictionPolicy: true })).toEqual([]);
});

test.each([
  [{ disruptionsAllowed: 0, expectedPods: 2 }, 1],
  [{ disruptionsAllowed: 1, expectedPods: 2 }, 0],
  [{ disruptionsAllowed: 0, expectedPods: 0 }, 0],
  [{ expectedPods: 2 }, 0],
])('without its condition a budget is told by its figures: %j', async (status, count) => {
  const { metadata, ...rest } = budget({ minAvailable: 2 }, { currentHealthy: 2, desiredHealthy: 2, ...status });
  const untimed = { ...rest, metadata: { name: metadata.name, namespace: 'prod' } };
  expect(await saysOf(untimed)).toHaveLength(count);
});

test('a budget whose condition says no while there are no pods stands in no way', async () => {
  const conditions = [{ type: 'DisruptionAllowed', status: 'False', lastTransitionTime: ago(86_400) }];
  expect(await saysOf(budget({ minAvailable: 2 }, { expectedPods: 0, conditions }))).toEqual([]);
});
