import { createHash } from 'node:crypto';
import { assert, integer, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { nextEvery, numberOf, phaseOf } from '../../src/scheduler/phase.ts';

const HOUR = 3_600_000;

test('the next slot is strictly later, also at the very instant of one', () => {
  const quarterPast = (at: string) => new Date(nextEvery(HOUR, 15 * 60_000, Date.parse(at))).toISOString();
  expect(quarterPast('2026-01-01T10:10:00Z')).toBe('2026-01-01T10:15:00.000Z');
  expect(quarterPast('2026-01-01T10:14:59.999Z')).toBe('2026-01-01T10:15:00.000Z');
  expect(quarterPast('2026-01-01T10:15:00Z')).toBe('2026-01-01T11:15:00.000Z');
  expect(quarterPast('2026-01-01T10:15:00.001Z')).toBe('2026-01-01T11:15:00.000Z');
});

test('however one comes to ask, the slots are the same: none drifts, none is lost', () => {
  assert(
    property(
      integer({ min: 60_000, max: 366 * 24 * HOUR }),
      string({ minLength: 1, maxLength: 64 }),
      integer({ min: 0, max: 4_000_000_000_000 }),
      (everyMs, name, at) => {
        const phase = phaseOf(name, everyMs);
        const next = nextEvery(everyMs, phase, at);
        expect(phase).toBeGreaterThanOrEqual(0);
        expect(phase).toBeLessThan(everyMs);
        expect((next - phase) % everyMs).toBe(0);
        expect(next).toBeGreaterThan(at);
        expect(next - everyMs).toBeLessThanOrEqual(at);
      },
    ),
  );
});

test('a phase is milliseconds and follows from the name alone', () => {
  const first32Bits = Number.parseInt(createHash('sha256').update('heartbeat').digest('hex').slice(0, 8), 16);
  expect(numberOf('heartbeat')).toBe(first32Bits);
  expect(phaseOf('heartbeat', 30 * 60_000)).toBe(first32Bits % 1_800_000);
  expect(phaseOf('heartbeat', 90_500)).toBe(first32Bits % 90_500);
});

test('a thousand names are spread over the half hour: no minute has more than three times its share', () => {
  const perMinute = new Map<number, number>();
  for (let index = 0; index < 1_000; index++) {
    const minute = Math.floor(phaseOf(`runbook-${index}`, 30 * 60_000) / 60_000);
    perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
  }
  expect(perMinute.size).toBe(30);
  expect(Math.max(...perMinute.values())).toBeLessThan(100);
});
