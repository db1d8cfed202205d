import { expect, test } from 'vitest';
import { formatDuration, parseDuration, suggestDuration } from '../../src/domain/duration.ts';

test.each([
  ['30m', 1_800_000],
  ['30', 1_800_000],
  ['0m', 0],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['2d', 172_800_000],
  ['30M', 1_800_000],
  ['250ms', 250],
  [' 5s ', 5_000],
])('%s is a duration', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  ' ',
  '1w',
  '30 m',
  '1h 30m',
  '1h30',
  '-5m',
  'PT30M',
  'h',
  '1e3s',
  '.5h',
  '5.m',
  '1h30m!',
  `${'9'.repeat(400)}d`,
])('%s is none', (text) => {
  expect(parseDuration(text)).toBeNull();
});

test('a number without a unit takes the unit that is asked for', () => {
  expect(parseDuration('30', 's')).toBe(30_000);
  expect(parseDuration('30m', 's')).toBe(1_800_000);
});

test.each([
  ['30 min', '30m'],
  ['1 hour 30 minutes', '1h30m'],
  ['1h, 30m', '1h30m'],
  ['PT30M', '30m'],
  ['1w', '7d'],
  ['2 days', '2d'],
  ['every 5 minutes', '5m'],
  ['hourly', '1h'],
  ['45', '45m'],
  ['10 secs', '10s'],
])('%s was probably meant as %s', (text, better) => {
  expect(suggestDuration(text)).toBe(better);
});

test.each(['', 'soon', '3 moons', '1y'])('%s suggests nothing', (text) => {
  expect(suggestDuration(text)).toBeNull();
});

test('a duration is said in its two largest units', () => {
  expect(formatDuration(100_800_000)).toBe('1 d 4 h');
  expect(formatDuration(720_000)).toBe('12 min');
  expect(formatDuration(850)).toBe('850 ms');
});
