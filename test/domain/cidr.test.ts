import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeCidrs } from '../../src/domain/cidr.ts';

test.each([
  [['10.0.0.0/24', '10.0.1.0/24'], ['10.0.0.0/23']],
  [
    ['10.0.1.0/24', '10.0.2.0/24'],
    ['10.0.1.0/24', '10.0.2.0/24'],
  ],
  [['10.0.0.0/8', '10.1.2.3'], ['10.0.0.0/8']],
  [['192.168.1.77/24'], ['192.168.1.0/24']],
  [['0.0.0.0/1', '128.0.0.0/1'], ['0.0.0.0/0']],
  [
    ['255.255.255.255', '0.0.0.0'],
    ['0.0.0.0/32', '255.255.255.255/32'],
  ],
  [
    ['::/0', '0.0.0.0/0'],
    ['0.0.0.0/0', '::/0'],
  ],
  [['2001:DB8:0:0::/33', '2001:db8:8000::/33'], ['2001:db8::/32']],
  [['2001:db8:0:1:0:0:0:1'], ['2001:db8:0:1::1/128']],
  [['fe80:0:0:1:0:0:0:0/64'], ['fe80:0:0:1::/64']],
  [
    ['0:0:1:0:0:0:0:0', '1:0:0:0:0:0:0:1'],
    ['0:0:1::/128', '1::1/128'],
  ],
  [['::ffff:10.0.0.1'], ['::ffff:a00:1/128']],
  [[' 10.0.0.1 '], ['10.0.0.1/32']],
])('%j is %j', (texts, merged) => {
  expect(mergeCidrs(texts)).toEqual(merged);
});

test('what is no block of addresses stands as it was, each once, at the end', () => {
  const odd = [
    '10.0.0',
    '10.0.0.256',
    '10.0.0.1/33',
    '::1::',
    ':::',
    '1:2:3',
    '2001:db8::/129',
    'any',
    '1.2.3.4:80',
    '',
  ];
  expect(mergeCidrs([...odd, 'any', '10.0.0.1'])).toEqual(['10.0.0.1/32', ...odd.toSorted()]);
});

/** Blocks within one /24, so that a test can count all of its addresses. */
const smallBlock = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }))
  .map(([last, length]) => `10.0.0.${last}/${length}`);

function addressesOf(blocks: readonly string[]): ReadonlySet<number> {
  return new Set(
    blocks.flatMap((block) => {
      const [, last = '', length = ''] = /^10\.0\.0\.(\d+)\/(\d+)$/.exec(block) ?? [];
      const size = 2 ** (32 - Number(length));
      const first = Math.floor(Number(last) / size) * size;
      return Array.from({ length: size }, (_, index) => first + index);
    }),
  );
}

test('whatever is put in, the same addresses come out, and no two blocks that are one', () => {
  fc.assert(
    fc.property(fc.array(smallBlock), (blocks) => {
      const merged = mergeCidrs(blocks);
      expect(addressesOf(merged)).toEqual(addressesOf(blocks));
      expect(mergeCidrs(merged)).toEqual(merged);
      expect(mergeCidrs(blocks.toReversed())).toEqual(merged);
      const size = merged.reduce((sum, block) => sum + addressesOf([block]).size, 0);
      expect(size).toBe(addressesOf(merged).size);
    }),
  );
});

test('an address of IPv6 is written in one way, however it came', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const [text = ''] = mergeCidrs([address]);
      expect(text).toMatch(/^[0-9a-f:]+\/128$/);
      expect(mergeCidrs([text])).toEqual([text]);
      expect(new URL(`http://[${text.slice(0, -4)}]/`).hostname).toBe(`[${text.slice(0, -4)}]`);
      expect(new URL(`http://[${address}]/`).hostname).toBe(`[${text.slice(0, -4)}]`);
    }),
  );
});
