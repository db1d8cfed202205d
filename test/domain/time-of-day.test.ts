import { expect, test } from 'vitest';
import { parseTimeOfDay } from '../../src/domain/time-of-day.ts';

test('a time of day has two digits on both sides', () => {
  expect(parseTimeOfDay('07:05')).toBe(425);
  expect(parseTimeOfDay('24:00')).toBe(1_440);
  expect([
    parseTimeOfDay('7:05'),
    parseTimeOfDay('07:5'),
    parseTimeOfDay('24:01'),
    parseTimeOfDay('07:60'),
    parseTimeOfDay('07:00\n'),
  ]).toEqual([null, null, null, null, null]);
});
