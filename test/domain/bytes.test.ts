import { describe, expect, test } from 'vitest';
import { formatBytes, parseBytes } from '../../src/domain/bytes.ts';

test.each([
  [0, '0 B'],
  [1, '1 B'],
  [1_023, '1023 B'],
  [1_024, '1 KiB'],
  [1_536, '1.5 KiB'],
  [10 * 1_024, '10 KiB'],
  [1_023.4 * 1_024, '1023 KiB'],
  [1_023.9 * 1_024, '1 MiB'],
  [12.4 * 2 ** 30, '12 GiB'],
  [1.8 * 2 ** 40, '1.8 TiB'],
  [2_000 * 2 ** 50, '2000 PiB'],
  [-2 * 2 ** 20, '-2 MiB'],
  [9.97 * 2 ** 20, '10 MiB'],
])('%f bytes are written %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

describe('sizes as they are written', () => {
  test.each([
    ['512', 512],
    ['10 MiB', 10 * 2 ** 20],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['1 GB', 1e9],
    ['2kib', 2_048],
    ['7 kB', 7_000],
    ['0 B', 0],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each(['', 'MiB', '1 MB/s', '1,5 GiB', '-1 B', '1e9', 'ten', '1  GiB', '99999999 PiB', '1 XB'])(
    '%j is none',
    (text) => {
      expect(parseBytes(text)).toBeNull();
    },
  );
});
