import { describe, expect, test } from 'vitest';
import { parseJsonPath, valueAt } from '../../src/domain/json-path.ts';

describe('a path', () => {
  test.each([
    ['$', []],
    ['$.a', ['a']],
    ['a.b', ['a', 'b']],
    ['$.a[0].b-c', ['a', 0, 'b-c']],
    ['$["a key"]', ['a key']],
    ["$['it\\'s']", ["it's"]],
    ['[3]', [3]],
    ['$.größe', ['größe']],
  ])('%s has the steps %j', (path, steps) => {
    expect(parseJsonPath(path)).toEqual(steps);
  });

  test.each(['$..a', '$.*', '$[*]', '$[-1]', '$[?(@.a)]', '$.a b', '$["a', '$.', '', '$[1:2]', '$.1a'])(
    '%j is none',
    (path) => {
      expect(parseJsonPath(path)).toBeNull();
    },
  );
});

test.each([
  [{ a: [{ b: null }] }, ['a', 0, 'b'], null],
  [{ a: [1] }, ['a', 'length'], undefined],
  [{ a: [1] }, ['a', 1], undefined],
  [{ a: { 0: 'x' } }, ['a', 0], undefined],
  [{}, ['__proto__'], undefined],
  [{ a: 'text' }, ['a', 'length'], undefined],
  [5, [], 5],
])('in %j, %j leads to %j', (document, steps, value) => {
  expect(valueAt(document, steps)).toBe(value);
});
