import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readYaml } from '../../src/yaml/strict-yaml.ts';
import type { YamlRules } from '../../src/yaml/yaml-rules.ts';
import { said } from '../support/runbook-source.ts';

/** Of a file that there is not, with codes of one that there is. */
const NOTE: YamlRules = {
  noun: 'note',
  keys: '"title:"',
  codes: { invalid: 'RUNBOOK_YAML_INVALID', refused: 'RUNBOOK_YAML_REFUSED', duplicate: 'RUNBOOK_KEY_DUPLICATE' },
  aliases: 'counted',
  mayBeEmpty: false,
  most: { pieces: 20_000, levels: 24 },
};
const read = (text: string, but: Partial<YamlRules> = {}) =>
  readYaml({ file: 'a.yaml', text, firstLine: 1 }, { ...NOTE, ...but });
const refusals = (text: string, but: Partial<YamlRules> = {}) => read(text, but).mistakes.map(said);

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
    'RUNBOOK_YAML_REFUSED 1:4 the tag "!!js/function" is not accepted; a note is plain data',
  ],
  ['a private tag', 'a: !exec ls', 'RUNBOOK_YAML_REFUSED 1:4 the tag "!exec" is not accepted; a note is plain data'],
  ['a known tag', 'a: !!binary aGk=', expect.stringContaining('RUNBOOK_YAML_REFUSED 1:')],
  [
    'a merge key',
    'a: &a {x: 1}\nb:\n  <<: *a',
    'RUNBOOK_YAML_REFUSED 3:3 merge keys (<<) are not accepted; write the keys out',
  ],
  ['a duplicate key', 'a: 1\nb: 2\na: 3', 'RUNBOOK_KEY_DUPLICATE 3:1 the key "a" is written twice'],
  [
    'a duplicate key of several letters',
    'effect: 1\neffect: 2',
    'RUNBOOK_KEY_DUPLICATE 2:1 the key "effect" is written twice',
  ],
  ['a duplicate key with a colon', 'a:b: 1\na:b: 2', 'RUNBOOK_KEY_DUPLICATE 2:1 the key "a:b" is written twice'],
  ['a duplicate key in quotes', '"a: b": 1\n"a: b": 2', 'RUNBOOK_KEY_DUPLICATE 2:1 the key "a: b" is written twice'],
  ['a duplicate key without a value', '{ ab: 1, ab }', 'RUNBOOK_KEY_DUPLICATE 1:10 the key "ab" is written twice'],
  ['a duplicate key within', 'a: { b: 1, b: 2 }', 'RUNBOOK_KEY_DUPLICATE 1:12 the key "b" is written twice'],
  [
    'a second document',
    'a: 1\n---\nb: 2',
    'RUNBOOK_YAML_REFUSED 2:1 a second YAML document begins here; one file holds one note',
  ],
  ['a tab', 'a:\n\t- b', 'RUNBOOK_YAML_INVALID 2:1 a tab is used as indentation; YAML wants spaces'],
  [
    'a directive',
    '%YAML 1.1\n---\na: yes',
    'RUNBOOK_YAML_REFUSED 1:1 YAML directives (%) are not accepted; take the line out',
  ],
  ['a list', '- a', 'RUNBOOK_YAML_INVALID 1:1 a note is a map of keys such as "title:", not a list or a text'],
  ['no value', '~', 'RUNBOOK_YAML_INVALID 1:1 there is nothing here; a note is a map of keys such as "title:"'],
  ['a text', 'hello', 'RUNBOOK_YAML_INVALID 1:1 a note is a map of keys such as "title:", not a list or a text'],
  ['nothing', '', 'RUNBOOK_YAML_INVALID 1:1 there is nothing here; a note is a map of keys such as "title:"'],
  [
    'only comments',
    '# a\n',
    'RUNBOOK_YAML_INVALID 1:1 there is nothing here; a note is a map of keys such as "title:"',
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

test('a star without quotes inside a flow is told so too', () => {
  expect(refusals('a: { b: * }')).toEqual([
    expect.stringMatching(/^RUNBOOK_YAML_INVALID 1:9 not YAML: .*; a text that begins with "\*" must stand in quotes$/),
  ]);
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

test('an alias is a copy of the last thing above it that bears the name', () => {
  expect(read('a: &x 1\nb: *x\nc: &x { d: &x 2, e: *x }\nf: *x').tree?.value).toEqual({
    a: 1,
    b: 1,
    c: { d: 2, e: 2 },
    f: 2,
  });
});

test('what is written out without an alias is never too many values, whatever the limit of pieces', () => {
  const list = (length: number) => `{${Array.from({ length }, (_, index) => `k${index}`).join(',')}}`;
  for (const pieces of [3, 4, 5, 101, 102])
    for (const length of [1, 2, 50, 51])
      expect(refusals(list(length), { most: { pieces, levels: 5 } }).join(''), `${length} in ${pieces}`).not.toContain(
        'aliases',
      );
});

test('keys that name things of every object are only keys', () => {
  expect(Object.keys(read('constructor: 1\ntoString: 2\nhasOwnProperty: 3').tree?.value ?? {})).toEqual([
    'constructor',
    'toString',
    'hasOwnProperty',
  ]);
});

test('every key and value knows its place, and what is not there that of what would hold it', () => {
  const { tree } = readYaml({ file: 'a.md', text: 'a: 1\nb:\n  - c: { d: e }\n', firstLine: 2 }, NOTE);
  expect(tree?.keyAt(['b', 0, 'c', 'd'])).toEqual({ line: 4, column: 10 });
  expect(tree?.valueAt(['b', 0, 'c', 'd'])).toEqual({ line: 4, column: 13 });
  expect(tree?.valueAt(['b', 0, 'c', 'missing'])).toEqual({ line: 4, column: 8 });
  expect(tree?.keyAt(['nowhere'])).toEqual({ line: 2, column: 1 });
});

test('mistakes are counted from the line of the file on which the YAML begins, and name the file', () => {
  const { mistakes } = readYaml({ file: 'a.md', text: 'a: 1\na: 2', firstLine: 5 }, NOTE);
  expect(mistakes.map(({ where }) => where)).toEqual([{ file: 'a.md', line: 6, column: 1 }]);
});

test('where aliases are refused, none is followed, not even one of itself', () => {
  const refused = (text: string) => refusals(text, { aliases: 'refused' });
  expect(refused('a: &a 1\nb: *a')).toEqual([
    'RUNBOOK_YAML_REFUSED 2:4 the alias "*a" is not accepted: write it out, or put it in quotes if it is text',
  ]);
  expect(refused('a: &a [*a]')).toEqual([expect.stringContaining('RUNBOOK_YAML_REFUSED 1:8 the alias "*a"')]);
  expect(refused(BOMB)).toEqual([expect.stringContaining('RUNBOOK_YAML_REFUSED 2:8 the alias "*a"')]);
});

test.each(['', '# all of it is commented out\n', '---\n', '~'])(
  '%j is an empty map where a file may be empty',
  (text) => {
    expect(read(text, { mayBeEmpty: true })).toMatchObject({ tree: { value: {} }, mistakes: [] });
  },
);

test('a list is no empty map', () => {
  expect(refusals('[]', { mayBeEmpty: true })).toEqual([expect.stringContaining('1:1 a note is a map of keys')]);
});

test.each([
  ['flows', (depth: number) => `${'{ a: '.repeat(depth)}1${' }'.repeat(depth)}`],
  ['blocks', (depth: number) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
])('%s are read to the last level, counted from the outermost map, and not one deeper', (_, nested) => {
  const most = { pieces: 1_000, levels: 5 };
  // The innermost value is a level too.
  expect(refusals(nested(4), { most })).toEqual([]);
  expect(refusals(`${nested(5)}${nested(5).endsWith(':') ? ' 1' : ''}`, { most })).toEqual([
    expect.stringContaining('nested deeper than 5 levels'),
  ]);
});

test('as many pieces as are allowed are read, and not one more', () => {
  const text = '[a,a,a]';
  expect(refusals(`x: ${text}`, { most: { pieces: 10, levels: 5 } })).toEqual([]);
  expect(refusals(`x: ${text}`, { most: { pieces: 9, levels: 5 } })).toEqual([
    'RUNBOOK_YAML_REFUSED 1:10 more than 9 pieces of YAML; a note needs far fewer',
  ]);
});

test('each kind of trouble has the code of its file', () => {
  const codes = { invalid: 'CONFIG_INVALID', refused: 'CONFIG_UNREADABLE', duplicate: 'PLAN_FILE_INVALID' } as const;
  expect(
    ['- a', 'a: !x b', 'a: 1\na: 2'].flatMap((text) => read(text, { codes }).mistakes.map(({ code }) => code)),
  ).toEqual(['CONFIG_INVALID', 'CONFIG_UNREADABLE', 'PLAN_FILE_INVALID']);
});

test('whatever a text says there is a tree, or a mistake with a place in the text', () => {
  const pieces = [
    '- ',
    '\n',
    '  ',
    '[',
    ']',
    '{',
    '}',
    ': ',
    ',',
    '"',
    "'",
    '&a ',
    '*a',
    '!x ',
    '|',
    '#',
    '\t',
    '<<: ',
    '%Y',
    '? ',
    '---\n',
    'k',
    '\ud800',
    '1e999',
  ];
  const texts = fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      fc.oneof(texts, fc.string()),
      fc.constantFrom('counted', 'refused'),
      fc.boolean(),
      (text, aliases, mayBeEmpty) => {
        const { tree, mistakes } = read(text, { aliases, mayBeEmpty });
        expect(tree === null).toBe(mistakes.length > 0);
        const lines = text.split('\n');
        for (const { where } of mistakes) {
          expect(where.line).toBeGreaterThanOrEqual(1);
          expect(where.line).toBeLessThanOrEqual(lines.length);
          expect(where.column).toBeGreaterThanOrEqual(1);
          expect(where.column).toBeLessThanOrEqual((lines[where.line - 1] ?? '').length + 1);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test('plain JSON is read as it is, whatever it holds', () => {
  const plain = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
  fc.assert(
    fc.property(plain, (value) => {
      const text = JSON.stringify({ value });
      fc.pre(read(text).mistakes.every(({ message }) => !/kept exactly|merge keys|surrogate/.test(message)));
      expect(JSON.stringify(read(text).tree?.value)).toBe(text);
    }),
  );
});
