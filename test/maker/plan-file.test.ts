import { expect, test } from 'vitest';
import { CodedError } from '../../src/domain/coded-error.ts';
import { readPlanFile } from '../../src/maker/plan-file.ts';

const STEPS = 'steps:\n  - action: host/prune-directory\n';
const read = (text: string) => readPlanFile({ path: 'plan.yaml', text });

/** `CODE where message` of the error that reading `text` throws. */
function troubleOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof CodedError) return `${error.code} ${error.where ?? ''} ${error.message}`;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('a draft in full is read', () => {
  expect(
    read(
      'why: a reason\nexpires: 2h\nsteps:\n  - action: host/prune-directory\n    with: { path: /x, n: 1, l: [true, null] }\n',
    ),
  ).toEqual({
    why: 'a reason',
    expires: '2h',
    steps: [{ action: 'host/prune-directory', params: { path: '/x', n: 1, l: [true, null] } }],
  });
});

test('what is left out is null, and parameters none', () => {
  expect(read(STEPS)).toEqual({ why: null, expires: null, steps: [{ action: 'host/prune-directory', params: {} }] });
});

test.each([
  ['a tag', `why: !exec ls\n${STEPS}`, '1:6 the tag "!exec" is not accepted; a plan is plain data'],
  ['a known tag', `why: !!str ls\n${STEPS}`, '1:12 the tag "!!str" is not accepted; a plan is plain data'],
  [
    'an alias',
    `why: &a x\n${STEPS}    with: { path: *a }\n`,
    '4:19 the alias "*a" is not accepted: write it out, or put it in quotes if it is text',
  ],
  ['a merge key', `${STEPS}    <<: { with: {} }\n`, '3:5 merge keys (<<) are not accepted; write the keys out'],
  ['a key that is written twice', `why: a\n${STEPS}why: b\n`, '4:1 the key "why" is written twice'],
  ['a second document', `${STEPS}---\n${STEPS}`, '3:1 a second YAML document begins here; one file holds one plan'],
  ['great depth', `${STEPS}    with: { a: ${'['.repeat(40)}${']'.repeat(40)} }`, '3:39 nested deeper than 24 levels'],
  [
    'a number that would be rounded',
    `${STEPS}    with: { a: 9007199254740993 }`,
    '3:16 "9007199254740993" is not a number that can be kept exactly; put it in quotes if it is text',
  ],
  ['a list', '- a', '1:1 a plan is a map of keys such as "why:" and "steps:", not a list or a text'],
  ['nothing', '# soon\n', '1:1 there is nothing here; a plan is a map of keys such as "why:" and "steps:"'],
])('%s is refused with its place', (_, text, trouble) => {
  expect(troubleOf(text)).toBe(`PLAN_FILE_INVALID plan.yaml:${trouble}`);
});

test.each([
  ['a key too many', `${STEPS}stepz: 1\n`, '3:1 "stepz" is not a key here; did you mean "steps"?'],
  ['a key misspelt', 'step:\n  - action: a/b\n', '1:1 "step" is not a key here; did you mean "steps"?'],
  ['a key misspelt in a step', `${STEPS}    wiht: {}\n`, '3:5 "wiht" is not a key here; did you mean "with"?'],
  ['a key like none', `${STEPS}    undo: {}\n`, '3:5 "undo" is not a key here; there are action, with'],
  ['no steps', 'why: a\n', '1:1 "steps" is missing'],
  ['a step without an action', 'steps:\n  - with: {}\n', '2:5 "steps.0.action" is missing'],
])('%s is told at its key', (_, text, trouble) => {
  expect(troubleOf(text)).toBe(`PLAN_FILE_INVALID plan.yaml:${trouble}`);
});

test.each([
  ['an action that is a number', 'steps:\n  - action: 5\n', '2:13 "steps.0.action: 5" is not accepted: '],
  ['parameters that are a list', `${STEPS}    with: [a]\n`, '3:11 "steps.0.with: a list" is not accepted: '],
  ['steps that are a map', 'steps:\n  action: a/b\n', '2:3 "steps: a map" is not accepted: '],
  ['no step', 'steps: []\n', '1:8 "steps: a list" is not accepted: '],
  ['a reason that is a list', `why: [a]\n${STEPS}`, '1:6 "why: a list" is not accepted: '],
  ['a reason that is null', `why:\n${STEPS}`, '1:5 "why: null" is not accepted: '],
])('%s is told at its value', (_, text, trouble) => {
  expect(troubleOf(text)).toContain(`PLAN_FILE_INVALID plan.yaml:${trouble}`);
});

test('what may be a credential in the wrong place is not shown', () => {
  const token = 'ghp4x9K2mQ7vR1tY8wZ3bN6cJ5';
  expect(troubleOf(`${STEPS}    with: ${token}\n`)).not.toContain(token);
  expect(troubleOf(`${STEPS}    with: !${token} x\n`)).not.toContain(token);
});

test('256 KiB are read, and a byte more is not', () => {
  const padded = (bytes: number) => `${STEPS}#é`.padEnd(bytes - 1, 'x');
  expect(Buffer.byteLength(padded(256 * 1_024))).toBe(256 * 1_024);
  expect(read(padded(256 * 1_024)).steps).toHaveLength(1);
  expect(troubleOf(padded(256 * 1_024 + 1))).toBe(
    'PLAN_FILE_INVALID plan.yaml it has 262145 bytes; at most 262144 are read',
  );
});
