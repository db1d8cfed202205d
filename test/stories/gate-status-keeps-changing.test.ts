import { expect, test } from 'vitest';
import { aDraft, endedIn, gateHouse, scale } from '../support/gate/house.ts';

/**
 * A deployment whose status never rests: every read finds it with another resourceVersion. A gate that sealed the
 * whole version would never apply anything; one that sent none would overwrite what somebody else did.
 */
test('a target whose status keeps changing is not stale, and what somebody else does to it is still noticed', async () => {
  await using house = await gateHouse();
  house.fake.cluster.seed('web', 4);
  house.fake.cluster.restless('before-reads');

  const first = house.approved(await house.made(aDraft([scale('web', 2)])));
  for (let hour = 0; hour < 20; hour++) house.fake.cluster.moveStatus('web');
  endedIn(await house.pursued(first), 'verified');
  expect(house.fake.cluster.get('web')?.replicas).toBe(2);

  const second = house.approved(await house.made(aDraft([scale('web', 3)])));
  house.fake.cluster.setReplicas('web', 5);
  endedIn(await house.pursued(second), 'stale');
  expect(house.fake.cluster.get('web')?.replicas).toBe(5);
  expect(house.fake.writes()).toHaveLength(1);
});

test('one that changes between every look and the write is refused by the target, and never overwritten', async () => {
  await using house = await gateHouse();
  house.fake.cluster.seed('web', 4);
  const plan = house.approved(await house.made(aDraft([scale('web', 2)])));
  house.fake.cluster.restless('after-reads');
  const failed = endedIn(await house.pursued(plan), 'failed');
  expect(failed.progress).toMatchObject([{ status: 'refused', because: 'moved' }]);
  expect(house.fake.writes()).toEqual([]);
});
