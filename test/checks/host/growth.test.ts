import { array, assert, integer, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growthOf, type Point } from '../../../src/checks/host/growth.ts';

const HALF_HOUR = 1_800_000;
const every = (amounts: readonly number[], step = HALF_HOUR): Point[] =>
  amounts.map((amount, index) => ({ at: index * step, amount }));

describe('growth', () => {
  test('that is steady tells when the room is used up', () => {
    expect(growthOf(every([10, 20, 30, 40]), 60, 1)).toEqual({
      perHour: 20,
      fullInMs: 3 * 3_600_000,
      watchedMs: 1.5 * 3_600_000,
      points: 4,
    });
  });

  test('needs three looks and an hour', () => {
    expect(growthOf(every([10, 20], 3_600_000), 20, 1)).toBeNull();
    expect(growthOf(every([10, 20, 30], HALF_HOUR - 1), 20, 1)).toBeNull();
    expect(growthOf(every([10, 20, 30]), 20, 1)).not.toBeNull();
  });

  test('is drawn no further ahead than twelve times as long as was watched', () => {
    expect(growthOf(every([10, 20, 30]), 240, 1)).not.toBeNull();
    expect(growthOf(every([10, 20, 30]), 241, 1)).toBeNull();
  });

  test('is not moved by one burst, nor by one clean-up', () => {
    expect(growthOf(every([10, 11, 90, 13, 14, 15, 16, 17, 18, 95]), 20, 1)?.perHour).toBeLessThan(4);
    expect(growthOf(every([10, 20, 30, 5, 50, 60, 70]), 50, 1)?.perHour).toBeCloseTo(20, 5);
  });

  test('is over once a clean-up has freed most of it, until it reaches its old height again', () => {
    expect(growthOf(every([10, 20, 30, 40, 50, 60, 70, 20]), 10, 1)).toBeNull();
    expect(growthOf(every([10, 20, 30, 40, 50, 60, 70, 69.5]), 10, 1)).not.toBeNull();
  });

  test('is none of what is cleaned up in turns, of what shrinks and of what stays', () => {
    expect(growthOf(every([10, 20, 30, 40, 10, 20, 30, 10, 20]), 10, 1)).toBeNull();
    expect(growthOf(every([40, 30, 20]), 10, 1)).toBeNull();
    expect(growthOf(every([40, 40, 40]), 10, 1)).toBeNull();
  });

  test('has an end that is never before now, whatever the points are', () => {
    assert(
      property(
        array(record({ at: integer({ min: 0, max: 1e9 }), amount: integer({ min: 0, max: 1e15 }) }), {
          maxLength: 120,
        }),
        integer({ min: 0, max: 1e15 }),
        (points, room) => {
          const growth = growthOf(points, room, 0);
          expect(
            growth === null || (growth.fullInMs >= 0 && growth.perHour > 0 && Number.isFinite(growth.fullInMs)),
          ).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});
