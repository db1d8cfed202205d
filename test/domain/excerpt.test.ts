import { expect, test } from 'vitest';
import { excerpt, keyed, othersWords } from '../../src/domain/excerpt.ts';

const TOKEN = 'ghp4x9K2mQ7vR1tY8wZ3bN6cJ5';

test.each([
  ['every day', '"every day"'],
  ['a\nb\u001b[31m', '"a\\u{a}b\\u{1b}[31m"'],
  ['x-'.repeat(40), `"${'x-'.repeat(24)}…"`],
  [TOKEN, '(26 characters, not shown)'],
  ['https://ana:hunter2@a.test/x', '"https://…@a.test/x"'],
  [5, '"5"'],
  [null, '"null"'],
  [undefined, '""'],
  [['a'], '"a list"'],
  [{ a: 1 }, '"a map"'],
])('%j is shown as %s', (value, shown) => {
  expect(excerpt(value)).toBe(shown);
});

test('a value stands beside its key, unless it may be a credential', () => {
  expect(keyed('every', '30 min')).toBe('"every: 30 min"');
  expect(keyed('every', TOKEN)).toBe('the value of "every" (26 characters, not shown)');
});

test("another's words are one line without what may be a credential", () => {
  expect(othersWords(`bad value ${TOKEN} here\nand more`)).toBe('bad value … here');
});
