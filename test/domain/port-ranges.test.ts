import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePortRanges, portRangeText, type PortRange } from '../../src/domain/port-ranges.ts';

const texts = (...ranges: readonly PortRange[]): readonly string[] => mergePortRanges(ranges).map(portRangeText);
const tcp = (from: number, to = from): PortRange => ({ protocol: 'tcp', from, to });

test('what overlaps or touches is one range, and protocols stay apart', () => {
  expect(texts(tcp(443), tcp(80), tcp(81, 90), tcp(85, 100), { protocol: 'UDP', from: 81, to: 81 })).toEqual([
    '80-100/tcp',
    '443/tcp',
    '81/udp',
  ]);
});

test('a range within another adds nothing, and one that is written the wrong way round is the same', () => {
  expect(texts(tcp(1, 100), tcp(20, 30))).toEqual(['1-100/tcp']);
  expect(texts(tcp(100, 1))).toEqual(['1-100/tcp']);
});

const anyRange = fc.record({
  protocol: fc.constantFrom('tcp', 'udp'),
  from: fc.integer({ min: 0, max: 40 }),
  to: fc.integer({ min: 0, max: 40 }),
});

function portsOf(ranges: readonly PortRange[]): ReadonlySet<string> {
  return new Set(
    ranges.flatMap(({ protocol, from, to }) =>
      Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => `${protocol} ${Math.min(from, to) + index}`),
    ),
  );
}

test('whatever is put in, the same ports come out, in ranges that neither overlap nor touch', () => {
  fc.assert(
    fc.property(fc.array(anyRange), (ranges) => {
      const merged = mergePortRanges(ranges);
      expect(portsOf(merged)).toEqual(portsOf(ranges));
      const gaps = merged.flatMap((range, index) => {
        const before = merged[index - 1];
        return before === undefined || before.protocol !== range.protocol ? [] : [range.from - before.to];
      });
      expect(gaps.filter((gap) => gap < 2)).toEqual([]);
      expect(merged.filter(({ from, to }) => from > to)).toEqual([]);
    }),
  );
});

test('the order in which ranges come makes no difference', () => {
  fc.assert(
    fc.property(fc.array(anyRange), (ranges) => {
      expect(texts(...ranges.toReversed())).toEqual(texts(...ranges));
      expect(texts(...mergePortRanges(ranges))).toEqual(texts(...ranges));
    }),
  );
});
