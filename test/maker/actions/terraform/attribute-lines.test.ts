import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/domain/json.ts';
import { attributeLines } from '../../../../src/maker/actions/terraform/attribute-lines.ts';
import { createRedactor } from '../../../../src/domain/redaction/redactor.ts';
import type { Change } from '../../../../src/maker/actions/terraform/shown-plan.ts';

function change(values: Partial<Change>): Change {
  return {
    actions: ['update'],
    before: null,
    after: null,
    after_unknown: {},
    before_sensitive: {},
    after_sensitive: {},
    replace_paths: [],
    ...values,
  };
}

const CANARY = 'canary-7f3a';

describe('the lines of what changes', () => {
  test.for<[string, Partial<Change>, readonly string[]]>([
    ['nothing', { before: { a: 1 }, after: { a: 1 } }, []],
    ['the order of keys', { before: { m: { a: 1, b: 2 } }, after: { m: { b: 2, a: 1 } } }, []],
    ['a value deep inside', { before: { m: { l: [1, 2] } }, after: { m: { l: [1, 3] } } }, ['m.l[1]: 2 -> 3']],
    ['what comes and what goes', { before: { a: 1 }, after: { b: 2 } }, ['a: 1 -> none', 'b: none -> 2']],
    ['an empty list', { before: { a: null }, after: { a: [] } }, ['a: none -> []']],
    ['another kind', { before: { a: [1] }, after: { a: { k: 1 } } }, ['a: [1] -> {"k":1}']],
    ['true for an object', { before: { a: true }, after: { a: { k: 1 } } }, ['a: true -> {"k":1}']],
    [
      'what is not known yet',
      { before: { id: 'x', l: [1] }, after: { l: [1] }, after_unknown: { id: true, l: [false, true] } },
      ['id: "x" -> (known after apply)', 'l[1]: none -> (known after apply)'],
    ],
    [
      'what forces a replacement',
      { before: { ami: 'a' }, after: { ami: 'b' }, replace_paths: [['ami']] },
      ['ami: "a" -> "b" (forces replacement)'],
    ],
    [
      'a value that is sensitive, and unknown',
      { before: { p: 'old' }, after: {}, after_unknown: { p: true }, before_sensitive: { p: true } },
      ['p: [sensitive] -> [sensitive]'],
    ],
    ['a whole that is sensitive', { before: null, after: { a: 1 }, after_sensitive: true }, [': none -> [sensitive]']],
    [
      'a value that was sensitive and is no longer',
      { before: { p: 'old' }, after: { p: 'new' }, before_sensitive: { p: true } },
      ['p: [sensitive] -> [sensitive]'],
    ],
    [
      'a part of a list',
      { before: { l: ['a', 'b'] }, after: { l: ['a', 'c', 'd'] }, after_sensitive: { l: [false, true] } },
      ['l[1]: [sensitive] -> [sensitive]', 'l[2]: none -> "d"'],
    ],
    [
      'a tree that does not fit its value',
      { before: { l: { k: 'a' } }, after: { l: { k: 'b' } }, after_sensitive: { l: [true] } },
      ['l: [sensitive] -> [sensitive]'],
    ],
    [
      'a tree of a value of two kinds',
      { before: { l: 'a' }, after: { l: { k: 'b' } }, after_sensitive: { l: { k: true } } },
      ['l: [sensitive] -> [sensitive]'],
    ],
    ['what would steer a terminal', { after: { a: '\u001B[2J' } }, ['a: none -> "\\u001b[2J"']],
    ['what turns the writing', { after: { '\u202Ea': '\u202E' } }, ['\\u{202e}a: none -> "\\u{202e}"']],
  ])('of %s', ([, values, expected]) => {
    expect(attributeLines(change(values))).toEqual(expected);
  });

  test('mask what is named like a secret though nobody said so, and leave the rest to the redactor', () => {
    const redactor = createRedactor({ key: Buffer.alloc(32) });
    const lines = attributeLines(
      change({
        before: {
          db_password: 'Tr0ub4dor3old',
          auth: { access_token: 'Tr0ub4dor3old' },
          access_key: 'kJ8s0Qm3Zx91LpVb7Tyu',
        },
        after: {
          db_password: 'Tr0ub4dor3new',
          auth: { access_token: null },
          access_key: 'Zx91LpVb7TyukJ8s0Qm3',
          user_data: 'PASSWORD=Tr0ub4dor3new',
        },
      }),
    ).map((line) => redactor.text(line));
    expect(lines.join('\n')).not.toMatch(/Tr0ub4dor3|kJ8s0Qm3/);
    expect(lines).toContain('db_password: [masked for its name] -> [masked for its name]');
    const wholes = attributeLines(
      change({ before: { password: 'a' }, after: { password: 'b' }, after_sensitive: true }),
    );
    expect(wholes.map((line) => redactor.text(line))).toEqual(wholes);
    expect(attributeLines(change({ after: 'Tr0ub4dor3new' }), 'db_password')).toEqual([
      'db_password: none -> [masked for its name]',
    ]);
    expect(attributeLines(change({ after: { password: '' }, after_unknown: { password: true } }))).toEqual([
      'password: none -> (known after apply)',
    ]);
  });

  test('say how long a value is that is not shown whole, and how many are not shown', () => {
    const [line] = attributeLines(change({ after: { policy: 'x'.repeat(5_000) } }));
    expect(line).toMatch(/^policy: none -> "x{199}… \(5002 characters\)$/);
    const after = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`k${index}`, 1]));
    const lines = attributeLines(change({ after }));
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe("and 30 more attributes, which the plan's digest covers");
  });

  test('never hold what is sensitive, wherever in a tree it lies', () => {
    fc.assert(
      fc.property(marked, marked, fc.boolean(), ([before, beforeTree], [after, afterTree], swapped) => {
        const lines = attributeLines(
          change({
            before: { v: before },
            after: { v: after },
            before_sensitive: { v: beforeTree },
            after_sensitive: { v: afterTree },
            after_unknown: swapped ? { v: afterTree } : {},
          }),
        );
        expect(lines.join('\n')).not.toContain(CANARY);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** A value with its tree of sensitivity: a canary is only ever where the tree says true, or under it. */
type Marked = [JsonValue, JsonValue];

const marked: fc.Arbitrary<Marked> = fc.letrec<{ node: Marked }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Marked>(
      ['plain', false],
      [1, false],
      [null, false],
      [CANARY, true],
      [{ k: CANARY }, true],
      [[CANARY], true],
    ),
    fc
      .array(tie('node'), { maxLength: 3 })
      .map((list): Marked => [list.map(([value]) => value), list.map(([, tree]) => tree)]),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node')).map((object): Marked => {
      const entries = Object.entries(object);
      const values: JsonObject = Object.fromEntries(entries.map(([key, [value]]) => [key, value]));
      // As the real ones: what is not sensitive is left out of the tree.
      const tree: JsonObject = Object.fromEntries(
        entries.flatMap(([key, [, is]]) => (is === false ? [] : [[key, is]])),
      );
      return [values, tree];
    }),
  ),
})).node;
