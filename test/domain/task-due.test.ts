import { expect, test } from 'vitest';
import { isTaskDue } from '../../src/domain/task-due.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const MINUTE = 60_000;

test('a task that never ran is due, whatever its interval says', () => {
  expect(isTaskDue(null, '30m', NOW)).toBe(true);
  expect(isTaskDue(null, 'hourly', NOW)).toBe(true);
});

test.each([
  ['30m', 30, true],
  ['30m', 29, false],
  ['30', 30, true],
  ['1h30m', 90, true],
  ['1d', 1_439, false],
  ['0m', 0, true],
])('with an interval of %s and a last run %i minutes ago it is due: %s', (interval, minutesAgo, due) => {
  expect(isTaskDue(NOW - minutesAgo * MINUTE, interval, NOW)).toBe(due);
});

test('an interval that is no duration is never due a second time', () => {
  expect(isTaskDue(NOW - 1_000 * MINUTE, 'hourly', NOW)).toBe(false);
});

test('a last run in the future is not due: the clock was set back', () => {
  expect(isTaskDue(NOW + MINUTE, '30m', NOW)).toBe(false);
});
