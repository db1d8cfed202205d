import { expect, test } from 'vitest';
import { costQuestion } from '../../src/app/cost.ts';
import { codeOf } from '../support/errors.ts';

test.each([
  ['2 additional checkout-api pods', 2, 'checkout-api'],
  ['two more replicas of shop/web', 2, 'shop/web'],
  ['3 fewer replicas of deployment/shop/web', -3, 'deployment/shop/web'],
  ['one extra web', 1, 'web'],
  ['4 web pods', 4, 'web'],
  ['  10   less   Web   Pods ', -10, 'web'],
])('%s', (text, pods, workload) => {
  expect(costQuestion(text)).toEqual({ pods, workload });
});

test.each(['', 'checkout-api', 'many pods of web', '1.5 more web pods', '99999999999 web pods'])(
  '"%s" is no such question',
  (text) => {
    expect(codeOf(() => costQuestion(text))).toBe('COST_QUESTION_INVALID');
  },
);
