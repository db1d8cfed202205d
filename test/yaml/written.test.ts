import { expect, test } from 'vitest';
import { YAML_RULES } from '../../src/runbooks/yaml.ts';
import { readYaml } from '../../src/yaml/strict-yaml.ts';
import { placeOf, writtenAt } from '../../src/yaml/written.ts';

const { tree } = readYaml({ file: 'a.yaml', text: 'a:\n  - b: 1\n    c: null\n', firstLine: 1 }, YAML_RULES);
if (tree === null) throw new Error('the text of this test is no YAML');

test('what is written is found, and nothing that an object or a list has besides', () => {
  expect(writtenAt(tree, ['a', 0, 'b'])).toBe(1);
  expect(writtenAt(tree, ['a', 0, 'c'])).toBeNull();
  for (const path of [['a', 1], ['a', 'length'], ['a', 0, 'toString'], ['constructor'], ['a', 0, 'b', 'c']])
    expect(writtenAt(tree, path), path.join('.')).toBeUndefined();
});

test('the place of a value is its own, and of what is missing that of the key it is missing from', () => {
  expect(placeOf(tree, ['a', 0, 'b'])).toEqual({ line: 2, column: 8 });
  expect(placeOf(tree, ['a', 0, 'missing'])).toEqual({ line: 2, column: 5 });
  expect(placeOf(tree, ['missing'])).toEqual({ line: 1, column: 1 });
});
