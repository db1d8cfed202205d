import { expect, test } from 'vitest';
import type { Timetable } from '../../src/domain/slot.ts';
import { fingerprintOf } from '../../src/scheduler/fingerprint.ts';

const cron = (expression: string, zone = 'Europe/Berlin') =>
  fingerprintOf({ schedule: { kind: 'cron', expression }, zone });
const every = (everyMs: number, zone = 'Europe/Berlin') =>
  fingerprintOf({ schedule: { kind: 'every', everyMs }, zone });

test('another interval, expression or zone of a cron is another fingerprint', () => {
  const all = [every(60_000), every(60_001), cron('0 9 * * *'), cron('0 10 * * *'), cron('0 9 * * *', 'UTC')];
  expect(new Set(all).size).toBe(all.length);
});

test('an expression that is only written another way is the same', () => {
  expect(cron(' 0  9 * * MON ')).toBe(cron('0 9 * * mon'));
});

test('the zone does not move the slots of an interval', () => {
  expect(every(60_000, 'Asia/Kolkata')).toBe(every(60_000, 'UTC'));
});

test('what decides only what becomes of a slot leaves it alone', () => {
  const plain: Timetable = {
    runbook: 'heartbeat',
    schedule: { kind: 'every', everyMs: 60_000 },
    zone: 'UTC',
    activeHours: null,
    overlap: 'skip',
    catchUpMs: 0,
  };
  const edited: Timetable = {
    ...plain,
    activeHours: { from: '08:00', to: '17:00' },
    overlap: 'queue-one',
    catchUpMs: 5,
  };
  expect(fingerprintOf(edited)).toBe(fingerprintOf(plain));
});
