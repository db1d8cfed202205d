import { describe, expect, test } from 'vitest';
import type { PolicyWindow } from '../../../src/domain/policy.ts';
import { isInWindow, nextTime, windowWords } from '../../../src/maker/policy/window.ts';
import { decided, policyWith, question } from '../../support/policy.ts';

const ALWAYS: PolicyWindow = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  from: '00:00',
  to: '24:00',
  timezone: 'UTC',
  notBefore: null,
  notAfter: null,
};
const office: PolicyWindow = {
  ...ALWAYS,
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  to: '17:00',
  timezone: 'Europe/Amsterdam',
};
const isOpen = (window: PolicyWindow, at: string) => isInWindow(window, Date.parse(at));

describe('office hours in Amsterdam', () => {
  test.each([
    ['2026-11-24T09:00:00+01:00', true],
    ['2026-11-24T08:59:59.999+01:00', false],
    ['2026-11-24T16:59:59.999+01:00', true],
    ['2026-11-24T17:00:00+01:00', false],
    ['2026-11-28T10:00:00+01:00', false],
    ['2026-07-01T07:30:00Z', true],
    ['2026-11-25T07:30:00Z', false],
  ])('%s: %s', (at, open) => {
    expect(isOpen(office, at)).toBe(open);
  });
});

describe('nights on which the clock is set', () => {
  const night: PolicyWindow = { ...ALWAYS, from: '02:00', to: '03:00', timezone: 'Europe/Amsterdam' };

  test('an hour that comes twice in autumn is in both times', () => {
    expect(isOpen(night, '2026-10-25T02:30:00+02:00')).toBe(true);
    expect(isOpen(night, '2026-10-25T02:30:00+01:00')).toBe(true);
    expect(isOpen(night, '2026-10-25T03:00:00+01:00')).toBe(false);
  });

  test('an hour that is skipped in spring never comes', () => {
    const hours = Array.from({ length: 48 }, (_, half) => Date.parse('2026-03-29T00:00:00+01:00') + half * 30 * 60_000);
    expect(hours.filter((at) => isInWindow(night, at) === true)).toEqual([]);
    expect(isOpen(night, '2026-03-28T02:30:00+01:00')).toBe(true);
  });

  test('a window around the skipped hour is an hour shorter', () => {
    const around: PolicyWindow = { ...night, from: '01:00', to: '04:00' };
    expect(isOpen(around, '2026-03-29T01:59:59+01:00')).toBe(true);
    expect(isOpen(around, '2026-03-29T03:59:59+02:00')).toBe(true);
    expect(isOpen(around, '2026-03-29T04:00:00+02:00')).toBe(false);
  });

  test('south of the equator it is the other way round', () => {
    const sydney: PolicyWindow = { ...night, timezone: 'Australia/Sydney' };
    expect(isOpen(sydney, '2026-04-05T02:30:00+11:00')).toBe(true);
    expect(isOpen(sydney, '2026-04-05T02:30:00+10:00')).toBe(true);
    expect(isOpen(sydney, '2026-10-04T03:00:00+11:00')).toBe(false);
  });
});

describe('over midnight', () => {
  const friday: PolicyWindow = { ...ALWAYS, days: ['fri'], from: '22:00', to: '06:00', timezone: 'Europe/Amsterdam' };

  test.each([
    ['2026-11-27T22:00:00+01:00', true],
    ['2026-11-28T05:59:59+01:00', true],
    ['2026-11-28T06:00:00+01:00', false],
    ['2026-11-27T05:00:00+01:00', false],
    ['2026-11-28T22:00:00+01:00', false],
  ])('the day is the one it began on: %s is %s', (at, open) => {
    expect(isOpen(friday, at)).toBe(open);
  });

  test('the morning of Monday belongs to Sunday', () => {
    expect(isOpen({ ...friday, days: ['sun'] }, '2026-11-30T03:00:00+01:00')).toBe(true);
  });
});

describe('instants', () => {
  const freeze: PolicyWindow = {
    ...ALWAYS,
    notBefore: Date.parse('2026-12-18T00:00:00Z'),
    notAfter: Date.parse('2027-01-04T00:00:00Z'),
  };

  test.each([
    ['2026-12-17T23:59:59.999Z', false],
    ['2026-12-18T00:00:00Z', true],
    ['2027-01-04T00:00:00Z', true],
    ['2027-01-04T00:00:00.001Z', false],
  ])('both are included: %s is %s', (at, open) => {
    expect(isOpen(freeze, at)).toBe(open);
  });

  test('24:00 is the end of the day', () => {
    const evening: PolicyWindow = { ...ALWAYS, from: '20:00' };
    expect(isOpen(evening, '2026-11-24T23:59:59.999Z')).toBe(true);
    expect(isOpen(evening, '2026-11-25T00:00:00Z')).toBe(false);
  });

  test.each([
    ['no length', { from: '09:00', to: '09:00' }],
    ['a beginning at 24:00', { from: '24:00', to: '09:00' }],
    ['hours that are none', { from: '9', to: '17:00' }],
    ['a zone that is none', { timezone: 'Europe/Nowhere' }],
    ['an offset for a zone', { timezone: '+01:00' }],
  ])('%s is not known to be open, nor to be closed', (_, but) => {
    expect(isOpen({ ...ALWAYS, ...but }, '2026-11-24T12:00:00Z')).toBeNull();
  });
});

test('a freeze denies within its window and nowhere else', () => {
  const policy = policyWith(
    'id: freeze\neffect: deny\nwindow: { notBefore: "2026-12-18T00:00:00Z", notAfter: "2027-01-04T00:00:00Z" }',
  );
  expect(decided(policy, question({ at: Date.parse('2026-12-25T12:00:00Z') }))).toBe('deny freeze');
  expect(decided(policy, question({ at: Date.parse('2026-11-24T12:00:00Z') }))).toBe('queue');
});

describe('when it opens, or closes, next', () => {
  const next = (window: PolicyWindow, at: string, wanted: 'open' | 'closed') => {
    const found = nextTime(window, Date.parse(at), wanted);
    return found === null ? null : new Date(found).toISOString();
  };

  test('after the weekend', () => {
    expect(next(office, '2026-11-27T18:00:00+01:00', 'open')).toBe('2026-11-30T08:00:00.000Z');
    expect(next(office, '2026-11-30T08:59:59.500+01:00', 'open')).toBe('2026-11-30T08:00:00.000Z');
  });

  test('now, when it is open', () => {
    expect(next(office, '2026-11-27T12:00:00.123+01:00', 'open')).toBe('2026-11-27T11:00:00.123Z');
  });

  test('a week later, when its hour is skipped by the clock', () => {
    const sunday: PolicyWindow = { ...ALWAYS, days: ['sun'], from: '02:00', to: '03:00', timezone: 'Europe/Amsterdam' };
    expect(next(sunday, '2026-03-28T12:00:00+01:00', 'open')).toBe('2026-04-05T00:00:00.000Z');
  });

  test('not before its first instant, however far away that is', () => {
    const far: PolicyWindow = { ...office, notBefore: Date.parse('2027-06-05T12:00:00+02:00') };
    expect(next(far, '2026-11-24T12:00:00Z', 'open')).toBe('2027-06-07T07:00:00.000Z');
  });

  test('never again after its last', () => {
    expect(
      next({ ...office, notAfter: Date.parse('2026-11-27T17:00:00Z') }, '2026-11-27T18:00:00Z', 'open'),
    ).toBeNull();
  });

  test('it closes at its end, or after its last instant', () => {
    expect(next(office, '2026-11-27T12:00:00+01:00', 'closed')).toBe('2026-11-27T16:00:00.000Z');
    const freeze: PolicyWindow = { ...ALWAYS, notBefore: 0, notAfter: Date.parse('2027-01-04T00:00:00Z') };
    expect(next(freeze, '2026-11-27T12:00:00Z', 'closed')).toBe('2027-01-04T00:00:00.001Z');
    expect(next(ALWAYS, '2026-11-27T12:00:00Z', 'closed')).toBeNull();
  });
});

test.each([
  [['mon', 'tue', 'wed', 'thu', 'fri'], 'mon-fri'],
  [['sun', 'sat'], 'sat, sun'],
  [['fri'], 'fri'],
  [['mon', 'wed', 'fri'], 'mon, wed, fri'],
  [ALWAYS.days, 'every day'],
] as const)('the days %s are said as %s', (days, words) => {
  expect(windowWords({ ...ALWAYS, days })).toBe(`${words} 00:00-24:00 UTC`);
});
