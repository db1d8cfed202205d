import { expect, test } from 'vitest';
import { isWithinActiveHours } from '../../src/scheduler/active-hours.ts';

const within = (from: string, to: string, at: string, zone = 'UTC') =>
  isWithinActiveHours({ from, to }, zone, Date.parse(at));

test.each([
  ['08:00', '17:00', '2026-01-05T08:00:00Z', true],
  ['08:00', '17:00', '2026-01-05T07:59:59Z', false],
  ['08:00', '17:00', '2026-01-05T16:59:59Z', true],
  ['08:00', '17:00', '2026-01-05T17:00:00Z', false],
  ['08:00', '24:00', '2026-01-05T23:59:00Z', true],
  ['00:00', '24:00', '2026-01-05T00:00:00Z', true],
  ['22:00', '06:00', '2026-01-05T23:00:00Z', true],
  ['22:00', '06:00', '2026-01-05T05:59:00Z', true],
  ['22:00', '06:00', '2026-01-05T06:00:00Z', false],
  ['22:00', '06:00', '2026-01-05T12:00:00Z', false],
])('%s to %s at %s: %s', (from, to, at, inside) => {
  expect(within(from, to, at)).toBe(inside);
});

test('the wall clock is that of the zone', () => {
  expect(within('09:00', '17:00', '2026-01-05T15:00:00Z', 'America/New_York')).toBe(true);
  expect(within('09:00', '17:00', '2026-01-05T13:59:00Z', 'America/New_York')).toBe(false);
  expect(within('17:00', '18:00', '2026-01-05T11:30:00Z', 'Asia/Kolkata')).toBe(true);
});

test('an hour that comes twice in autumn is inside both times, and one that is skipped in spring never comes', () => {
  expect(within('01:00', '02:00', '2026-11-01T05:30:00Z', 'America/New_York')).toBe(true);
  expect(within('01:00', '02:00', '2026-11-01T06:30:00Z', 'America/New_York')).toBe(true);
  expect(within('02:00', '03:00', '2026-03-08T06:59:00Z', 'America/New_York')).toBe(false);
  expect(within('02:00', '03:00', '2026-03-08T07:00:00Z', 'America/New_York')).toBe(false);
});

test.each(['9:00', '24:30', '7', '', 'bad', '24:00'])(
  'a beginning of %s is never inside: hours must not fail open',
  (from) => {
    expect(within(from, '23:00', '2026-01-05T12:00:00Z')).toBe(false);
  },
);

test('hours without length are never', () => {
  expect(within('08:00', '08:00', '2026-01-05T08:00:00Z')).toBe(false);
});

const fridayNight = (at: string) =>
  isWithinActiveHours({ from: '22:00', to: '06:00', days: ['fri'] }, 'Europe/Berlin', Date.parse(at));

test('a window over midnight belongs to the day on which it began', () => {
  expect(fridayNight('2026-01-09T22:00:00+01:00')).toBe(true);
  expect(fridayNight('2026-01-10T05:59:00+01:00')).toBe(true);
  expect(fridayNight('2026-01-09T05:00:00+01:00')).toBe(false);
  expect(fridayNight('2026-01-10T23:00:00+01:00')).toBe(false);
});

test('Monday morning belongs to Sunday night', () => {
  expect(
    isWithinActiveHours({ from: '22:00', to: '06:00', days: ['sun'] }, 'UTC', Date.parse('2026-01-05T03:00:00Z')),
  ).toBe(true);
});
