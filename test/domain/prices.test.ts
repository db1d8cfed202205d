import { expect, test } from 'vitest';
import { podsCost, type NodeShape, type Prices } from '../../src/domain/prices.ts';

const perUnit: Prices = { currency: 'EUR', vcpuHour: 0.03, gibHour: 0.004, nodeHour: {} };
const perNode: Prices = { currency: 'EUR', vcpuHour: null, gibHour: null, nodeHour: { big: 0.4, small: 0.1 } };
const half = { vcpu: 0.5, gib: 1, unsaid: 0 };
const nodes: readonly NodeShape[] = [
  { type: 'big', vcpu: 8, gib: 32, count: 1 },
  { type: 'small', vcpu: 2, gib: 4, count: 3 },
];

test('by the price of CPU and memory, a month of 730.5 hours', () => {
  expect(podsCost(perUnit, 2, half, [])).toEqual({
    amount: 27.76,
    currency: 'EUR',
    per: 'month',
    basis: 'estimated: 0.5 vCPU and 1 GiB a pod, 0.03 EUR a vCPU hour, 0.004 EUR a GiB hour',
  });
  expect(podsCost(perUnit, -2, half, []).amount).toBe(-27.76);
  expect(podsCost(perUnit, 0, half, []).amount).toBe(0);
});

test('by the larger share of the priced nodes, in their mean', () => {
  // big: 0.5/8 of 0.4 = 0.025; small: 0.5/2 of 0.1 = 0.025, 1/4 of it as well.
  expect(podsCost(perNode, 1, half, nodes)).toMatchObject({
    amount: 18.26,
    basis: expect.stringContaining('1 big, 3 small'),
  });
  expect(podsCost(perNode, 1, { vcpu: 0, gib: 4, unsaid: 0 }, nodes).amount).toBe(63.92);
});

test('what is not known is null with its reason, never nought', () => {
  for (const [prices, requests, shapes, reason] of [
    [undefined, half, nodes, /no prices/],
    [perUnit, null, [], /neither CPU nor memory/],
    [perNode, half, [], /no price is configured for the types/],
    [perNode, half, [{ type: 'toString', vcpu: 2, gib: 4, count: 1 }], /no price is configured for the types/],
  ] as const) {
    const { amount, basis } = podsCost(prices, 2, requests, shapes);
    expect([amount, basis]).toEqual([null, expect.stringMatching(reason)]);
  }
});

test('containers that ask for nothing make it a lower bound, and that is said', () => {
  expect(podsCost(perUnit, 1, { ...half, unsaid: 2 }, []).basis).toContain('at least: 2 of its containers');
});
