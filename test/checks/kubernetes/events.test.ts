import { expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/events.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { pod, replicaSet, warning, type EventLike } from '../../support/kubernetes/pods.ts';
import { secondLook } from '../../support/kubernetes/two-looks.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

const HALF_AN_HOUR = 1_800_000;

async function saidOf(...objects: readonly StoredObject[]): Promise<readonly string[]> {
  return said(await worldOf(...objects).look(check));
}

const event = (more: Partial<EventLike> = {}): StoredObject =>
  warning({ reason: 'BackOff', about: 'Pod/prod/web-1-bcdfg', count: 3, ...more });
const WEB = [replicaSet('web-1', 'web'), pod({ name: 'web-1-bcdfg', owner: 'ReplicaSet/web-1' })];

test('three of one reason in half an hour are told under the Deployment, two are not', async () => {
  expect(await saidOf(...WEB, event())).toEqual(['info BackOff: Deployment prod/web: BackOff 3 times in 30 min']);
  expect(await saidOf(...WEB, event({ count: 2 }))).toEqual([]);
  expect(said(await worldOf(...WEB, event({ count: 2 })).look(check, { atLeast: 2 }))).toHaveLength(1);
});

test('those of several pods count together, and each reason by itself', async () => {
  expect(
    await saidOf(
      ...WEB,
      pod({ name: 'web-1-2456z', owner: 'ReplicaSet/web-1' }),
      event({ count: 2 }),
      event({ count: 1, about: 'Pod/prod/web-1-2456z' }),
      event({ count: 4, reason: 'FailedMount' }),
    ),
  ).toEqual([
    'info BackOff: Deployment prod/web: BackOff 3 times in 30 min',
    'info FailedMount: Deployment prod/web: FailedMount 4 times in 30 min',
  ]);
});

test('those about a pod that is gone are told under what made it, and never under its name', async () => {
  expect(await saidOf(replicaSet('web-1', 'web'), event({ about: 'Pod/prod/web-1-xwvts' }))).toEqual([
    'info BackOff: Deployment prod/web: BackOff 3 times in 30 min',
  ]);
  expect(await saidOf(event({ about: 'Pod/prod/agent-xwvts' }))).toEqual([
    'info BackOff: Pod prod/agent: BackOff 3 times in 30 min',
  ]);
  expect(await saidOf(event({ about: 'Pod/prod/db-0' }))).toEqual([
    'info BackOff: Pod prod/db-0: BackOff 3 times in 30 min',
  ]);
});

test('an event is of now for half an hour, by whichever field says when it was last seen', async () => {
  expect(await saidOf(event({ first: 1_800, last: 1_800 }))).toHaveLength(1);
  expect(await saidOf(event({ first: 1_801, last: 1_801 }))).toEqual([]);
  const newer = { firstTimestamp: null, lastTimestamp: null, count: null, eventTime: ago(1_700) };
  expect(await saidOf(event({ more: { ...newer, series: { count: 9, lastObservedTime: ago(60) } } }))).toEqual([
    'info BackOff: Pod prod/web-1: BackOff 9 times in 30 min',
  ]);
  expect(await saidOf(event({ more: newer }))).toEqual([]);
});

test('of an event that goes on, what was counted since the look before is told', async () => {
  const goesOn = (count: number): StoredObject => ({
    ...event({ count, first: 86_400, last: 60 }),
    metadata: { name: 'web.1', namespace: 'prod', uid: 'event-of-web' },
  });
  const after = async (before: number, now: number, between = HALF_AN_HOUR): Promise<readonly string[]> =>
    (await secondLook(check, { first: worldOf(goesOn(before)), second: worldOf(goesOn(now)), between })).map(
      ({ title }) => title,
    );
  expect(await after(900, 902)).toEqual([]);
  expect(await after(900, 903)).toEqual([expect.stringContaining('BackOff 3 times')]);
  // A look of hours ago does not say how often it was lately: 960 in a day are 20 in half an hour.
  expect(await after(900, 960, 8 * HALF_AN_HOUR)).toEqual([expect.stringContaining('BackOff 20 times')]);
});

test('of an old event that nobody remembers, the average of its life counts', async () => {
  expect(await saidOf(event({ count: 48, first: 86_400 }))).toEqual([]);
  expect(await saidOf(event({ count: 144, first: 86_400 }))).toEqual([expect.stringContaining('BackOff 3 times')]);
});

test('objects of no namespace are told as themselves, and events of another type not at all', async () => {
  const about = { involvedObject: { kind: 'Node', name: 'node-a' } };
  expect(await saidOf(event({ reason: 'EvictionThresholdMet', more: about }))).toEqual([
    'info EvictionThresholdMet: Node node-a: EvictionThresholdMet 3 times in 30 min',
  ]);
  expect(await saidOf(event({ more: { ...about, type: 'Normal' } }))).toEqual([]);
});

test('events that may not be read hide everything', async () => {
  const world = worldOf(...WEB, event());
  world.api.deny({ user: 'ana', resources: ['events'] });
  const { observations, drafts } = await world.look(check);
  expect(drafts).toEqual([]);
  expect(observations.filter(({ status }) => status === 'unknown')).toMatchObject([
    { resource: expect.stringMatching(/^kubernetes:[0-9a-f-]+\/\*$/) },
  ]);
});
