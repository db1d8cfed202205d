import { expect, test } from 'vitest';
import * as z from 'zod';
import {
  chosenRules,
  isSystemNamespace,
  ruleChoiceShape,
  rulesInWords,
} from '../../../src/checks/kubernetes/rule-choice.ts';

const words = { severity: 'low', title: 'is {about}', why: '', next: '' } as const;
const RULES = [
  { id: 'a', ...words },
  { id: 'b', ...words },
  { id: 'c', ...words, optional: true },
] as const;

test.each([
  [['default'], 'ab'],
  [['all'], 'abc'],
  [['c'], 'c'],
  [['c', 'default'], 'abc'],
  [['all', '-b'], 'ac'],
  [['-b'], 'a'],
  [[], 'ab'],
])('%j chooses %s, in the order of the table', (wanted, ids) => {
  expect(
    chosenRules(RULES, wanted)
      .map(({ id }) => id)
      .join(''),
  ).toBe(ids);
});

test('a name that no rule has is refused, and by default the default is chosen', () => {
  const schema = z.strictObject(ruleChoiceShape(RULES));
  expect(schema.parse({})).toEqual({ rules: ['default'], system: false });
  expect(schema.safeParse({ rules: ['d'] }).success).toBe(false);
  expect(schema.safeParse({ rules: ['-c'] }).success).toBe(true);
});

test('the namespaces of Kubernetes itself', () => {
  expect(['kube-system', 'kube-public', 'kube-node-lease'].every(isSystemNamespace)).toBe(true);
  expect(['default', 'kube-systems', undefined].some(isSystemNamespace)).toBe(false);
});

test('rules in words say which are optional', () => {
  expect(rulesInWords(RULES)).toBe('- **a** (low) is …\n- **b** (low) is …\n- **c** (low, optional) is …');
});
