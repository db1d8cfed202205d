import { describe, expect, test } from 'vitest';
import type { PlanId } from '../../src/domain/id.ts';
import { CLAIMS_EACH, gateRace } from '../support/gate/racers.ts';
import { aDraft, gateHouse, scale } from '../support/gate/house.ts';
import { tempFolder } from '../support/temp.ts';

const MINUTES = 300_000;

describe('several processes at once', () => {
  test('claim one grant a thousand times: one of them wins, and one write is made', { timeout: MINUTES }, async () => {
    const folder = tempFolder();
    await using house = await gateHouse({ folder });
    house.fake.cluster.seed('web', 4);
    const { id } = house.approved(await house.made(aDraft([scale('web', 2)])));
    const came = (await gateRace('claims', folder, house.fake, [id, id, id, id])).flat();
    expect(came).toHaveLength(4 * CLAIMS_EACH);
    expect(came.filter((outcome) => outcome === 'ended applied')).toHaveLength(1);
    expect(came.filter((outcome) => outcome === 'PLAN_STATE')).toHaveLength(4 * CLAIMS_EACH - 1);
    expect(house.fake.writes()).toHaveLength(1);
    expect(house.entries('apply-began')).toHaveLength(1);
  });

  test('see one plan through: all find it verified, and one write is made', { timeout: MINUTES }, async () => {
    const folder = tempFolder();
    await using house = await gateHouse({ folder });
    house.fake.cluster.seed('web', 4);
    const { id } = house.approved(await house.made(aDraft([scale('web', 2)])));
    const came = await gateRace('pursues', folder, house.fake, [id, id, id]);
    expect(came.flat()).toEqual(['ended verified', 'ended verified', 'ended verified']);
    expect(house.fake.writes()).toHaveLength(1);
  });

  test('apply two plans to one target: one after the other, from claim to verdict', { timeout: MINUTES }, async () => {
    const folder = tempFolder();
    await using house = await gateHouse({ folder });
    for (const name of ['web', 'api']) house.fake.cluster.seed(name, 4);
    const ids: PlanId[] = [];
    for (const name of ['web', 'api']) ids.push(house.approved(await house.made(aDraft([scale(name, 1)]))).id);
    expect((await gateRace('pursues', folder, house.fake, ids)).flat()).toEqual(['ended verified', 'ended verified']);
    const order = house
      .entries()
      .filter(({ verb }) => verb !== 'plan-sealed' && verb !== 'plan-authorised' && verb !== 'audit-began')
      .map(({ object }) => object);
    const turns = order.filter((object, index) => object !== order[index - 1]);
    expect(turns).toHaveLength(2);
    expect(house.fake.writes()).toHaveLength(2);
    expect(house.gate.store.fence(`fake:${house.fake.cluster.uid}`)).toBe(2);
  });
});
