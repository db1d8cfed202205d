import { expect, test } from 'vitest';
import { suggest } from '../../src/domain/suggest.ts';

const KEYS = ['checks', 'every', 'cron', 'timezone', 'activeHours'];

test.each([
  ['chekcs', 'checks'],
  ['check', 'checks'],
  ['evry', 'every'],
  ['timzeone', 'timezone'],
  ['ACTIVEHOURS', 'activeHours'],
  ['crno', 'cron'],
])('the slip %s suggests %s', (word, meant) => {
  expect(suggest(word, KEYS)).toBe(meant);
});

test.each(['', 'x', 'policy', 'completely different', 'x'.repeat(100_000)])(
  'a word that is near nothing suggests nothing',
  (word) => {
    expect(suggest(word, KEYS)).toBeNull();
  },
);

test('the nearest candidate wins, the first among equals', () => {
  expect(suggest('host/disc', ['host/disks', 'host/disk', 'host/risk'])).toBe('host/disk');
  expect(suggest('ab', ['aa', 'bb'])).toBe('aa');
});

test('two neighbours swapped are one slip, so a short word still finds its like', () => {
  expect(suggest('mno', ['mon', 'tue'])).toBe('mon');
});
