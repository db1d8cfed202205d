import { beforeEach, expect, it } from 'vitest';
import { createRate, type Rate } from '../../../src/mcp/http/rate.ts';

const EACH = { burst: 3, perSecond: 2 };
const ALL = { burst: 10, perSecond: 10 };

let at = 0;
let rate: Rate;
beforeEach(() => {
  at = 1_000;
  rate = createRate(EACH, ALL, () => at);
});

/** How many of so many requests at once are let in. */
function letIn(caller: string, requests: number): number {
  return Array.from({ length: requests }, () => rate.take(caller)).filter((wait) => wait === null).length;
}

it('a caller may come at once as often as its burst, and then as fast as its allowance comes back', () => {
  expect(letIn('a', 5)).toBe(3);
  at += 1_000;
  expect(letIn('a', 5)).toBe(2);
});

it('a caller that waits as long as it was told is let in, and no sooner', () => {
  letIn('a', 3);
  const wait = rate.take('a') ?? 0;
  expect(wait).toBe(500);
  at += wait / 2;
  expect(rate.take('a')).toBe(wait / 2);
  at += wait / 2;
  expect(rate.take('a')).toBeNull();
});

it('an allowance does not grow beyond its burst, however long nobody came', () => {
  letIn('a', 3);
  at += 3_600_000;
  expect(letIn('a', 5)).toBe(3);
});

it('a caller does not use up what others may', () => {
  letIn('a', 100);
  expect(letIn('b', 3)).toBe(3);
});

it('all together have no more than theirs, whatever they call themselves', () => {
  const names = Array.from({ length: 100 }, (_, index) => `caller-${index}`);
  expect(names.filter((name) => rate.take(name) === null)).toHaveLength(10);
  expect(rate.take('another')).toBe(100);
  at += 100;
  expect(rate.take('another')).toBeNull();
});

it('a clock that goes back gives nothing and takes nothing', () => {
  letIn('a', 3);
  at -= 500;
  expect(rate.take('a')).toBe(500);
  at += 500;
  expect(rate.take('a')).toBeNull();
});

it('who was silent longest is forgotten when there are more than 1,024, and begins anew', () => {
  rate = createRate({ burst: 1, perSecond: 0.001 }, { burst: 10_000, perSecond: 1 }, () => at);
  expect([rate.take('first'), rate.take('second')]).toEqual([null, null]);
  expect(rate.take('first')).not.toBeNull();
  for (let index = 0; index < 1_023; index += 1) rate.take(`caller-${index}`);
  expect(rate.take('first')).not.toBeNull();
  expect(rate.take('second')).toBeNull();
});
