import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/autoscalers.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { secondLook } from '../../support/kubernetes/two-looks.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

function scaler(spec: object = {}, status: object = {}): StoredObject {
  return {
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'prod', uid: 'uid-hpa', creationTimestamp: ago(86_400) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }],
      ...spec,
    },
    status: { currentReplicas: 3, ...status },
  };
}

function deployment(...resources: readonly object[]): StoredObject {
  const containers = resources.map((each, index) => ({ name: `app${index}`, resources: each }));
  return {
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'prod' },
    spec: { template: { spec: { containers } } },
  };
}
const sized = deployment({ requests: { cpu: '100m' } });

function condition(type: string, status: string, reason: string, seconds: number): object {
  return {
    conditions: [
      { type: 'AbleToScale', status: 'True' },
      { type, status, reason, lastTransitionTime: ago(seconds) },
    ],
  };
}

async function saysOf(object: StoredObject, objects: readonly StoredObject[] = [sized], params: object = {}) {
  return said(await worldOf(object, ...objects).look(check, params));
}

describe('what is to be scaled', () => {
  test('must exist', async () => {
    expect(await saysOf(scaler(), [])).toEqual([
      'high target-missing: HorizontalPodAutoscaler prod/web scales what does not exist: Deployment web',
    ]);
    expect(await saysOf(scaler())).toEqual([]);
  });

  test('is told once, not by the conditions again', async () => {
    const told = await saysOf(scaler({}, condition('AbleToScale', 'False', 'FailedGetScale', 86_400)), []);
    expect(told.map((line) => line.split(':', 1)[0])).toEqual(['high target-missing']);
  });

  test('must have a number of replicas', async () => {
    const daemon = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web' } };
    expect(await saysOf(scaler(daemon))).toEqual([
      'high target-not-scalable: HorizontalPodAutoscaler prod/web is to scale what has no number of replicas: DaemonSet web',
    ]);
    expect(
      await saysOf({ kind: 'HorizontalPodAutoscaler', metadata: { name: 'web', namespace: 'prod' } }),
    ).toHaveLength(1);
  });

  test('of a kind of others can not be told', async () => {
    const rollout = { scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' } };
    expect(await saysOf(scaler(rollout))).toEqual([]);
  });

  test('that may not be read is not said to be missing', async () => {
    const world = worldOf(scaler());
    world.api.deny({ user: 'nobody', resources: ['deployments.apps'] });
    expect(said(await world.look(check))).toEqual([]);
  });
});

describe('a share of a request', () => {
  test('needs one in every container, or a limit, or one of the pod', async () => {
    expect(await saysOf(scaler(), [deployment({ requests: { cpu: '1' } }, { requests: { memory: '1Gi' } })])).toEqual([
      'high requests-missing: HorizontalPodAutoscaler prod/web measures a share of a request that is not there: container app1 (cpu)',
    ]);
    expect(await saysOf(scaler(), [deployment({ limits: { cpu: '1' } })])).toEqual([]);
    const ofPod = {
      spec: { template: { spec: { resources: { requests: { cpu: '1' } }, containers: [{ name: 'app' }] } } },
    };
    expect(await saysOf(scaler(), [{ ...sized, ...ofPod }])).toEqual([]);
  });

  test('is what no metric at all means, and not what a value of its own is', async () => {
    expect(await saysOf(scaler({ metrics: undefined }), [deployment({})])).toHaveLength(1);
    const value = { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue' } } };
    expect(await saysOf(scaler({ metrics: [value] }), [deployment({})])).toEqual([]);
    const external = { type: 'External', external: {} };
    expect(await saysOf(scaler({ metrics: [external] }), [deployment({})])).toEqual([]);
  });
});

describe('an autoscaler that can not scale', () => {
  test.each([
    [300, 1],
    [299, 0],
  ])('for %i seconds by the time of its condition: %i', async (seconds, count) => {
    const status = condition('ScalingActive', 'False', 'FailedGetResourceMetric', seconds);
    expect(await saysOf(scaler({}, status))).toHaveLength(count);
  });

  test('is told by the type of the condition, not by its place', async () => {
    expect(await saysOf(scaler({}, condition('ScalingActive', 'False', 'FailedGetResourceMetric', 600)))).toEqual([
      'high not-scaling:ScalingActive: HorizontalPodAutoscaler prod/web can not scale: FailedGetResourceMetric, for 10 min',
    ]);
  });

  test('because its target was scaled to nothing is meant', async () => {
    expect(await saysOf(scaler({}, condition('ScalingActive', 'False', 'ScalingDisabled', 600)))).toEqual([]);
  });
});

describe('at its limits', () => {
  test('too few replicas at the least is where it is meant to be', async () => {
    const status = condition('ScalingLimited', 'True', 'TooFewReplicas', 86_400);
    expect(await saysOf(scaler({}, { currentReplicas: 2, ...status }))).toEqual([]);
  });

  test.each([
    [900, 1],
    [899, 0],
  ])('at its most for %i seconds: %i', async (seconds, count) => {
    const status = condition('ScalingLimited', 'True', 'TooManyReplicas', seconds);
    expect(await saysOf(scaler({}, { currentReplicas: 5, ...status }))).toHaveLength(count);
  });

  test('is medium, and low where it has nothing to choose', async () => {
    const status = { currentReplicas: 5, ...condition('ScalingLimited', 'True', 'TooManyReplicas', 1_200) };
    expect(await saysOf(scaler({}, status))).toEqual([
      'medium maxed: HorizontalPodAutoscaler prod/web stands at its most: 5 replicas, for 20 min',
    ]);
    expect((await saysOf(scaler({ minReplicas: 5 }, status)))[0]).toMatch(/^low maxed/);
  });

  test('without the condition by two looks', async () => {
    const world = worldOf(scaler({}, { currentReplicas: 5 }), sized);
    expect(said(await world.look(check))).toEqual([]);
    const drafts = await secondLook(check, { first: world, second: world, between: 900_000 });
    expect(drafts).toMatchObject([{ discriminator: 'maxed', severity: 'medium' }]);
    expect(await secondLook(check, { first: world, second: world, between: 899_000 })).toEqual([]);
  });
});

test('what is a matter of taste is told to who asks', async () => {
  expect(await saysOf(scaler(), [sized], { fewerThan: 3 })).toHaveLength(1);
  expect(await saysOf(scaler(), [sized], { fewerThan: 2 })).toEqual([]);
  expect(await saysOf(scaler({ maxReplicas: 2 }), [sized], { fixed: true })).toEqual([
    'low fixed: HorizontalPodAutoscaler prod/web has nothing to choose',
  ]);
  expect(await saysOf(scaler({ maxReplicas: 2 }))).toEqual([]);
});

test('a metric of one container asks for its request alone', async () => {
  const ofApp0 = { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'app0' } };
  const scaled = scaler({ metrics: [ofApp0] });
  expect(await saysOf(scaled, [deployment({ requests: { cpu: '1' } }, {})])).toEqual([]);
  expect(await saysOf(scaled, [deployment({}, { requests: { cpu: '1' } })])).toHaveLength(1);
});
