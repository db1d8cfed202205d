import { expect, test } from 'vitest';
import { covers, meet, overlap } from '../../../src/providers/aws/iam-pattern.ts';

test.each([
  ['*', 'iam:passrole', true],
  ['*', '*', true],
  ['iam:*', 'iam:passrole', true],
  ['iam:pass*', 'iam:passrole', true],
  ['iam:*role', 'iam:passrole', true],
  ['iam:pass?ole', 'iam:passrole', true],
  ['iam:passrole', 'iam:passroles', false],
  ['iam:passrole?', 'iam:passrole', false],
  ['s3:*', 'iam:passrole', false],
  ['', '', true],
  ['*', '', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['role/*', 'role/app-*', true],
  ['role/app-*', 'role/*', false],
  ['role/app-?', 'role/app-*', false],
  ['role/app-?', 'role/app-?', true],
  ['role/**', 'role/*', true],
])('%s covers %s: %s', (wide, narrow, expected) => {
  expect(covers(wide, narrow)).toBe(expected);
});

test.each([
  ['a*', '*b', true],
  ['a*', 'b*', false],
  ['a?c', 'a*', true],
  ['role/app-*', 'role/*-prod', true],
  ['role/app-1', 'role/app-2', false],
  ['*', '', true],
  ['?', '', false],
  ['a*b*c', '*x*', true],
  ['abc', 'abc', true],
])('%s and %s have something in common: %s', (one, other, expected) => {
  expect(overlap(one, other)).toBe(expected);
  expect(overlap(other, one)).toBe(expected);
});

test('what two patterns have in common is the narrower one; where neither is, one of them, said to be too much', () => {
  expect(meet('*', 'role/a')).toEqual({ pattern: 'role/a', exact: true });
  expect(meet('role/a', '*')).toEqual({ pattern: 'role/a', exact: true });
  expect(meet('a*', '*b')).toEqual({ pattern: 'a*', exact: false });
  expect(meet('a', 'b')).toBeNull();
});

test('every text that a covered pattern stands for fits the wider one', () => {
  const alphabet = ['a', 'b', '*', '?'];
  const patterns = alphabet.flatMap((a) => alphabet.flatMap((b) => alphabet.map((c) => a + b + c)));
  const texts = [
    '',
    ...['a', 'b'].flatMap((a) => [a, ...['a', 'b'].flatMap((b) => [a + b, `${a}${b}a`, `${a}${b}b`])]),
  ];
  const pairs = patterns.flatMap((wide) => patterns.map((narrow) => [wide, narrow] as const));
  const wrong = pairs.filter(([wide, narrow]) => {
    const fitting = texts.filter((text) => covers(narrow, text));
    const common = fitting.filter((text) => covers(wide, text));
    return (covers(wide, narrow) && common.length < fitting.length) || (common.length > 0 && !overlap(wide, narrow));
  });
  expect(wrong).toEqual([]);
});
