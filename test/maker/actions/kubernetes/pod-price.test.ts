import { expect, test } from 'vitest';
import type { ActionSettings } from '../../../../src/domain/action-settings.ts';
import type { CostDelta } from '../../../../src/domain/money.ts';
import type { Prices } from '../../../../src/domain/prices.ts';
import { action as deleteResource } from '../../../../src/maker/actions/kubernetes/delete-resource.ts';
import { action as scaleWorkload } from '../../../../src/maker/actions/kubernetes/scale-workload.ts';
import type { StoredObject } from '../../../support/kubernetes/api.ts';
import { worldOf, type World } from '../../../support/kubernetes/world.ts';

const perUnit: Prices = { currency: 'EUR', vcpuHour: 0.02, gibHour: 0.01, nodeHour: {} };
const perNode: Prices = { currency: 'EUR', vcpuHour: null, gibHour: null, nodeHour: { big: 0.8 } };

/** Four pods, each of half a CPU and a GiB: 0.02 EUR an hour by `perUnit`, an eighth of the node by `perNode`. */
const web: StoredObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'prod', uid: 'uid-web' },
  spec: {
    replicas: 4,
    template: { spec: { containers: [{ name: 'web', resources: { requests: { cpu: '500m', memory: '1Gi' } } }] } },
  },
  status: { replicas: 4 },
};
const node: StoredObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-a', labels: { 'node.kubernetes.io/instance-type': 'big' } },
  status: { allocatable: { cpu: '4', memory: '16Gi' } },
};

async function costOfScaling(world: World, prices: Prices | undefined, replicas: number): Promise<CostDelta> {
  const context = contextWith(prices);
  const params = scaleWorkload.params.safeParse({ namespace: 'prod', name: 'web', replicas });
  if (!params.success) throw new Error('no parameters');
  const observed = await scaleWorkload.observe(world.reader, params.data, context);
  if (observed.status === 'unknown') throw new Error(observed.failure.message);
  return scaleWorkload.cost(params.data, { observed: observed.value, preview: NO_PREVIEW }, context.settings);
}

test('scaling costs so many pods more, or saves so many', async () => {
  expect(await costOfScaling(worldOf(web), perUnit, 6)).toEqual({
    amount: 29.22,
    currency: 'EUR',
    per: 'month',
    basis: 'estimated: 0.5 vCPU and 1 GiB a pod, 0.02 EUR a vCPU hour, 0.01 EUR a GiB hour',
  });
  expect((await costOfScaling(worldOf(web), perUnit, 1)).amount).toBe(-43.83);
  expect(await costOfScaling(worldOf(web), perUnit, 4)).toMatchObject({
    amount: 0,
    basis: 'the number of replicas stays',
  });
});

test('by the nodes, where only these have a price', async () => {
  expect((await costOfScaling(worldOf(web, node), perNode, 5)).amount).toBe(73.05);
});

test('nodes that may not be read leave it unknown, and say so', async () => {
  const world = worldOf(web, node);
  world.api.deny({ user: 'ops', resources: ['nodes'] });
  expect(await costOfScaling(world, perNode, 5)).toMatchObject({
    amount: null,
    currency: 'EUR',
    basis: 'the nodes, which have the price, could not be read',
  });
});

test('without prices nothing is known, and nothing is guessed', async () => {
  expect(await costOfScaling(worldOf(web, node), undefined, 5)).toMatchObject({
    amount: null,
    basis: expect.stringContaining('no prices are configured'),
  });
});

test('deleting a workload saves what its pods cost', async () => {
  const context = contextWith(perUnit);
  const params = deleteResource.params.safeParse({ kind: 'Deployment', namespace: 'prod', name: 'web' });
  if (!params.success) throw new Error('no parameters');
  const observed = await deleteResource.observe(worldOf(web).reader, params.data, context);
  if (observed.status === 'unknown') throw new Error(observed.failure.message);
  const seen = { observed: observed.value, preview: NO_PREVIEW };
  expect(deleteResource.cost(params.data, seen, context.settings).amount).toBe(-58.44);
});

const NO_PREVIEW = { summary: '', noop: false, by: 'server', after: {}, shown: {}, diff: [] } as const;

function contextWith(prices: Prices | undefined) {
  const settings: ActionSettings = {
    host: { pruneRoots: [], keepOut: [], units: [], commands: {} },
    ...(prices === undefined ? {} : { prices }),
  };
  return { clock: { now: () => 0, monotonic: () => 0 }, signal: new AbortController().signal, settings };
}
