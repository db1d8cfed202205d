import { expect, test } from 'vitest';
import { readYaml } from '../../src/runbooks/yaml-tree.ts';
import { said } from '../support/runbook-source.ts';

const read = (text: string) => readYaml({ file: 'a.yaml', text, firstLine: 1 });
const refusals = (text: string) => read(text).mistakes.map(said);

const BOMB = [
  'a: &a [x,x,x,x,x,x,x,x,x,x]',
  ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map(
    (name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join(',')}]`,
  ),
].join('\n');

test.each([
  ['an alias bomb', BOMB, 'RUNBOOK_YAML_REFUSED 1:10 aliases make this more than 10000 values'],
  [
    'an alias of itself',
    'a: &a [*a]',
    'RUNBOOK_YAML_REFUSED 1:8 nested deeper than 24 levels; an alias may point at itself',
  ],
  [
    'an alias of nothing',
    'a: *nope',
    'RUNBOOK_YAML_REFUSED 1:4 the alias "nope" points at nothing above it; put it in quotes if it is text',
  ],
  [
    'an unknown tag',
    'a: !!js/function "x"',
    'RUNBOOK_YAML_REFUSED 1:4 the tag "!!js/function" is not accepted; a runbook is plain data',
  ],
  ['a private tag', 'a: !exec ls', 'RUNBOOK_YAML_REFUSED 1:4 the tag "!exec" is not accepted; a runbook is plain data'],
  ['a known tag', 'a: !!binary aGk=', expect.stringContaining('RUNBOOK_YAML_REFUSED 1:')],
  [
    'a merge key',
    'a: &a {x: 1}\nb:\n  <<: *a',
    'RUNBOOK_YAML_REFUSED 3:3 merge keys (<<) are not accepted; write the keys out',
  ],
  ['a duplicate key', 'a: 1\nb: 2\na: 3', 'RUNBOOK_KEY_DUPLICATE 3:1 the key "a" is written twice'],
  ['a duplicate key within', 'a: { b: 1, b: 2 }', 'RUNBOOK_KEY_DUPLICATE 1:12 the key "b" is written twice'],
  [
    'a second document',
    'a: 1\n---\nb: 2',
    'RUNBOOK_YAML_REFUSED 2:1 a second YAML document begins here; one file holds one runbook',
  ],
  ['a tab', 'a:\n\t- b', 'RUNBOOK_YAML_INVALID 2:1 a tab is used as indentation; YAML wants spaces'],
  [
    'a directive',
    '%YAML 1.1\n---\na: yes',
    'RUNBOOK_YAML_REFUSED 1:1 YAML directives (%) are not accepted; take the line out',
  ],
  ['a list', '- a', 'RUNBOOK_YAML_INVALID 1:1 a runbook is a map of keys such as "checks:", not a list or a text'],
  ['a text', 'hello', 'RUNBOOK_YAML_INVALID 1:1 a runbook is a map of keys such as "checks:", not a list or a text'],
  ['nothing', '', 'RUNBOOK_YAML_INVALID 1:1 there is nothing here; a runbook is a map of keys such as "checks:"'],
  [
    'only comments',
    '# a\n',
    'RUNBOOK_YAML_INVALID 1:1 there is nothing here; a runbook is a map of keys such as "checks:"',
  ],
  ['the prototype', 'a:\n  __proto__: { x: 1 }', 'RUNBOOK_YAML_REFUSED 2:3 the key "__proto__" is not accepted'],
  ['a key that is a list', '? [a, b]\n: c', 'RUNBOOK_YAML_REFUSED 1:3 a key must be plain text, not a list or a map'],
  ['half a character', 'a: "\\ud800"', 'RUNBOOK_YAML_REFUSED 1:4 half of a surrogate pair, which is no character'],
  [
    'a number beyond all',
    'a: 1e400',
    'RUNBOOK_YAML_REFUSED 1:4 "1e400" is not a number that can be kept exactly; put it in quotes if it is text',
  ],
  [
    'a number that would be rounded',
    'a: 9007199254740993',
    'RUNBOOK_YAML_REFUSED 1:4 "9007199254740993" is not a number that can be kept exactly; put it in quotes if it is text',
  ],
  [
    'no number',
    'a: .nan',
    'RUNBOOK_YAML_REFUSED 1:4 ".nan" is not a number that can be kept exactly; put it in quotes if it is text',
  ],
  [
    'two colons on a line',
    'every: 30m: x',
    'RUNBOOK_YAML_INVALID 1:8 a second ": " on one line; put the value in quotes',
  ],
  [
    'a quote without an end',
    'a: "x',
    expect.stringContaining('RUNBOOK_YAML_INVALID 1:6 not YAML: Missing closing "quote'),
  ],
])('%s is refused with its place', (_, text, expected) => {
  expect(refusals(text)).toEqual([expected]);
  expect(read(text).tree).toBeNull();
});

test.each([
  ['a million open brackets', `a: ${'['.repeat(1_000_000)}`, '1:28 nested deeper than 24 levels'],
  ['half a million lists in lists on one line', '- '.repeat(500_000), 'more than 20000 pieces of YAML'],
  [
    'blocks in blocks',
    Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    '25:25 nested deeper than 24 levels',
  ],
  [
    'sixty thousand keys',
    Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n'),
    '4001:1 more than 20000 pieces of YAML',
  ],
  ['hundreds of thousands of anchors', `a: ${'&x '.repeat(200_000)}`, 'more than 20000 pieces of YAML'],
])('%s are refused before they cost anything', (_, text, expected) => {
  expect(refusals(text)).toEqual([expect.stringContaining(expected)]);
});

test.each([
  ['cron: */30 * * * *', '1:7 a text that begins with "*" must stand in quotes: "*/30 * * * *"'],
  ['cron: * * * * *', '1:7 a text that begins with "*" must stand in quotes: "* * * * *"'],
  ['cron: @daily', '1:7 a text that begins with "@" must stand in quotes: "@daily"'],
  ['checks:\n  - *', '2:5 a text that begins with "*" must stand in quotes: "*"'],
])('%s is told that quotes are missing, once', (text, expected) => {
  expect(refusals(text)).toEqual([`RUNBOOK_YAML_INVALID ${expected}`]);
});

test('at most ten complaints are listed', () => {
  expect(refusals(`a: "${'\\x'.repeat(50)}"`)).toHaveLength(10);
});

test('what was a trap in YAML 1.1 is plain text', () => {
  expect(read('a: yes\nb: n\nc: 07:00\nd: 1_000\ne: 2026-01-01\nf: on\ng: 012').tree?.value).toEqual({
    a: 'yes',
    b: 'n',
    c: '07:00',
    d: '1_000',
    e: '2026-01-01',
    f: 'on',
    g: 12,
  });
});

test('a modest alias is plain data', () => {
  expect(read('a: &a { x: 1 }\nb: *a').tree?.value).toEqual({ a: { x: 1 }, b: { x: 1 } });
});

test('keys that name things of every object are only keys', () => {
  expect(Object.keys(read('constructor: 1\ntoString: 2\nhasOwnProperty: 3').tree?.value ?? {})).toEqual([
    'constructor',
    'toString',
    'hasOwnProperty',
  ]);
});

test('every key and value knows its place, and what is not there that of what would hold it', () => {
  const tree = readYaml({ file: 'a.md', text: 'a: 1\nb:\n  - c: { d: e }\n', firstLine: 2 }).tree;
  expect(tree?.keyAt(['b', 0, 'c', 'd'])).toEqual({ line: 4, column: 10 });
  expect(tree?.valueAt(['b', 0, 'c', 'd'])).toEqual({ line: 4, column: 13 });
  expect(tree?.valueAt(['b', 0, 'c', 'missing'])).toEqual({ line: 4, column: 8 });
  expect(tree?.keyAt(['nowhere'])).toEqual({ line: 2, column: 1 });
});
