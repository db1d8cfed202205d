import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/nodes.ts';
import type { History, Sample } from '../../../src/domain/check.ts';
import { json, text, type StoredObject } from '../../support/kubernetes/api.ts';
import { ago, NOW, said, worldOf } from '../../support/kubernetes/world.ts';

const HOUR = 3_600;
const DAY = 86_400;

interface Made {
  readonly conditions?: readonly object[];
  readonly spec?: object;
  readonly kubelet?: string;
  readonly age?: number;
}

function node(
  { conditions = [ready('True', 20 * DAY)], spec = {}, kubelet = 'v1.36.2', age = 30 * DAY }: Made = {},
  name = 'node-a',
): StoredObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, creationTimestamp: ago(age) },
    spec,
    status: {
      conditions,
      allocatable: { cpu: '4', memory: '16Gi' },
      nodeInfo: { kubeletVersion: kubelet },
    },
  };
}

const condition = (type: string, status: string, seconds: number, reason = 'Because'): object => ({
  type,
  status,
  reason,
  lastTransitionTime: ago(seconds),
});
const ready = (status: string, seconds: number, reason = 'KubeletReady'): object =>
  condition('Ready', status, seconds, reason);

function usage(cpu: string, memory: string): StoredObject {
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'NodeMetrics',
    metadata: { name: 'node-a' },
    usage: { cpu, memory },
  };
}

function history(
  samples: readonly (readonly [minutes: number, values: object])[],
  open: History['open'] = new Map(),
): { readonly history: History } {
  const earlier = samples.map(
    ([minutes, values]): Sample => ({
      at: NOW - minutes * 60_000,
      values: { uid: 'uid-node-a', holding: [], readySince: null, used: { cpu: null, memory: null }, ...values },
    }),
  );
  return { history: { samples: earlier, open, now: NOW } };
}

describe('a node', () => {
  test('that is ready is fine, and remembered for later looks', async () => {
    const { drafts, observations } = await worldOf(node(), usage('1', '4Gi')).look(check);
    expect(drafts).toEqual([]);
    const seen = observations.find(({ name }) => name === 'Node node-a');
    expect(seen?.status === 'seen' && check.sample?.(seen)).toEqual({
      uid: 'uid-node-a',
      holding: [],
      readySince: NOW - 20 * DAY * 1_000,
      used: { cpu: 25, memory: 25 },
    });
  });

  test.each([
    ['False', 'KubeletNotReady', 'is not ready (KubeletNotReady)'],
    ['Unknown', 'NodeStatusUnknown', 'is not heard of (NodeStatusUnknown)'],
  ])('whose Ready is %s for five minutes is critical', async (status, reason, words) => {
    const down = (seconds: number): StoredObject => node({ conditions: [ready(status, seconds, reason)] });
    expect(said(await worldOf(down(300)).look(check))).toEqual([`critical not-ready: Node node-a ${words}, for 5 min`]);
    expect(said(await worldOf(down(299)).look(check))).toEqual([]);
  });

  test('that is not heard of is one finding, though all its conditions are unknown', async () => {
    const unknown = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) =>
      condition(type, 'Unknown', HOUR, 'NodeStatusUnknown'),
    );
    expect(said(await worldOf(node({ conditions: unknown })).look(check))).toHaveLength(1);
  });

  test('under pressure is told for each kind, wherever the condition stands', async () => {
    const conditions = [
      condition('NetworkUnavailable', 'False', DAY),
      condition('MemoryPressure', 'True', HOUR),
      ready('True', DAY),
      condition('DiskPressure', 'Unknown', HOUR),
      condition('PIDPressure', 'True', 60),
    ];
    expect(said(await worldOf(node({ conditions })).look(check))).toEqual([
      'high pressure:DiskPressure: Node node-a has DiskPressure unknown, for 1 h',
      'high pressure:MemoryPressure: Node node-a has little memory, for 1 h',
    ]);
  });

  test('with conditions that others add is left alone, but for those that were named', async () => {
    const conditions = [
      ready('True', DAY),
      condition('EtcdIsVoter', 'True', DAY),
      condition('KernelDeadlock', 'True', HOUR, 'DockerHung'),
      condition('ReadonlyFilesystem', 'False', HOUR),
    ];
    const world = worldOf(node({ conditions }));
    expect(said(await world.look(check))).toEqual([]);
    expect(said(await world.look(check, { conditions: ['*'] }))).toEqual([
      'medium condition:KernelDeadlock: Node node-a says KernelDeadlock True (DockerHung), for 1 h',
    ]);
    expect(said(await world.look(check, { conditions: ['Frequent*'] }))).toEqual([]);
  });

  test('that bears no times is as old as anything', async () => {
    const bare = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n' },
      status: { conditions: [{ type: 'Ready', status: 'False' }] },
    };
    expect(said(await worldOf(bare).look(check))).toEqual(['critical not-ready: Node n is not ready']);
  });

  test('that is closed to new pods is low after a day, by its taint or by earlier looks', async () => {
    const cordoned = (seconds: number | null): StoredObject =>
      node({
        spec: {
          unschedulable: true,
          taints: [
            { key: 'other', effect: 'NoSchedule' },
            {
              key: 'node.kubernetes.io/unschedulable',
              effect: 'NoSchedule',
              ...(seconds === null ? {} : { timeAdded: ago(seconds) }),
            },
          ],
        },
      });
    expect(said(await worldOf(cordoned(DAY)).look(check))).toEqual([
      'low cordoned: Node node-a is closed to new pods, for 1 d',
    ]);
    expect(said(await worldOf(cordoned(DAY - 1)).look(check))).toEqual([]);
    expect(said(await worldOf(cordoned(null)).look(check))).toEqual([]);
    const holding = { holding: ['cordoned'] };
    expect(
      said(
        await worldOf(cordoned(null)).look(
          check,
          {},
          history([
            [30, holding],
            [1_500, holding],
          ]),
        ),
      ),
    ).toHaveLength(1);
    expect(
      said(
        await worldOf(cordoned(null)).look(
          check,
          {},
          history([
            [30, holding],
            [1_400, holding],
          ]),
        ),
      ),
    ).toEqual([]);
  });
});

describe('a node that goes and comes back', () => {
  const back = (seconds: number): object => ({ readySince: NOW - seconds * 1_000 });

  test('twice within a day is flapping, though no look met it away', async () => {
    const world = worldOf(node({ conditions: [ready('True', HOUR)] }));
    expect(
      said(
        await world.look(
          check,
          {},
          history([
            [30, back(HOUR)],
            [90, back(5 * HOUR)],
          ]),
        ),
      ),
    ).toEqual(['medium flapping: Node node-a was away 2 times in the last day']);
    expect(said(await world.look(check, { flaps: 3 }, history([[90, back(5 * HOUR)]])))).toEqual([]);
  });

  test('once, or longer ago, or as another machine of that name, is not', async () => {
    const world = worldOf(node({ conditions: [ready('True', HOUR)] }));
    expect(said(await world.look(check, {}, history([[30, back(HOUR)]])))).toEqual([]);
    expect(said(await world.look(check, {}, history([[90, back(25 * HOUR)]])))).toEqual([]);
    expect(said(await world.look(check, {}, history([[90, { ...back(5 * HOUR), uid: 'uid-before' }]])))).toEqual([]);
  });

  test('and is away again counts as away twice', async () => {
    const world = worldOf(node({ conditions: [ready('False', 60)] }));
    expect(said(await world.look(check, {}, history([[30, back(5 * HOUR)]])))).toEqual([
      'medium flapping: Node node-a was away 2 times in the last day',
    ]);
  });

  test('does not begin with joining the cluster', async () => {
    const young = worldOf(node({ age: 6 * HOUR, conditions: [ready('True', HOUR)] }));
    expect(said(await young.look(check, {}, history([[90, back(6 * HOUR - 60)]])))).toEqual([]);
  });
});

describe('how much of a node is used', () => {
  const before = (cpu: number, memory: number): object => ({ used: { cpu, memory } });

  test('is told when it was above the limit at two looks in a row', async () => {
    const world = worldOf(node(), usage('3600m', '14Gi'));
    expect(said(await world.look(check))).toEqual([]);
    expect(said(await world.look(check, {}, history([[30, before(85, 70)]])))).toEqual([
      'medium cpu: Node node-a uses 90 % of its processors',
    ]);
    expect(said(await world.look(check, { usage: 60 }, history([[30, before(85, 70)]])))).toHaveLength(2);
  });

  test('must come well below the limit before it is over', async () => {
    const world = worldOf(node(), usage('3100m', '1Gi'));
    const open = new Map([['cpu', 'medium']] as const);
    expect(said(await world.look(check, {}, history([[30, before(85, 1)]], open)))).toHaveLength(1);
    expect(said(await world.look(check, {}, history([[30, before(85, 1)]])))).toEqual([]);
    const low = worldOf(node(), usage('3000m', '1Gi'));
    expect(said(await low.look(check, {}, history([[30, before(85, 1)]], open)))).toEqual([]);
  });

  test('is not measured where the API is not served or dead, which the report says and which is nothing unknown', async () => {
    const dead = worldOf(node());
    dead.api.say('/apis/metrics.k8s.io/v1beta1/nodes?resourceVersion=0', text(503, 'service unavailable\n'));
    const without = worldOf(node());
    without.api.say('/apis/metrics.k8s.io/v1beta1/nodes?resourceVersion=0', text(404, '404 page not found\n'));
    for (const world of [dead, without]) {
      const { observations, drafts } = await world.look(check);
      expect(drafts).toEqual([]);
      expect(observations.filter(({ status }) => status === 'unknown')).toEqual([]);
      const seen = observations.filter((each) => each.status === 'seen');
      expect(check.summary?.(seen)).toMatch(/^How much of the nodes is used was not measured: .*(?:not served|503)/);
    }
  });

  test('is unknown where it may not be read', async () => {
    const world = worldOf(node());
    world.api.deny({ user: 'ops-reader', resources: ['nodes.metrics.k8s.io'] });
    expect((await world.look(check)).observations.filter(({ status }) => status === 'unknown')).toMatchObject([
      {
        name: 'metrics of the nodes',
        failure: { code: 'FORBIDDEN', message: expect.stringContaining('metrics.k8s.io') },
      },
    ]);
  });
});

test.each([
  ['v1.33.9', 0],
  ['v1.32.1', 1],
  ['v1.36.9+k3s1', 0],
  ['v1.37.0', 1],
  ['strange', 0],
])('a kubelet %s beside an API server 1.36', async (kubelet, findings) => {
  const world = worldOf(node({ kubelet }));
  world.api.say('/version', json(200, { major: '1', minor: '36+', gitVersion: 'v1.36.2' }));
  const { drafts } = await world.look(check);
  expect(drafts.map(({ discriminator }) => discriminator)).toEqual(findings === 0 ? [] : ['kubelet-skew']);
});

test('who may not list nodes is told the rule that would show them', async () => {
  const world = worldOf(node({ conditions: [ready('False', DAY)] }));
  world.api.deny({ user: 'ops-reader', resources: ['nodes'] });
  const { observations, drafts } = await world.look(check);
  expect(drafts).toEqual([]);
  expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
    {
      resource: expect.stringMatching(/^kubernetes:.*\/\*$/),
      failure: { message: expect.stringContaining('{apiGroups: [""], resources: ["nodes"], verbs: ["list"]}') },
    },
  ]);
});
