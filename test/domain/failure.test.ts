import { expect, test } from 'vitest';
import { errorCode } from '../../src/domain/failure.ts';

test('the code of an error is told when it bears a proper one', () => {
  expect(errorCode(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('ENOENT');
  for (const error of [
    new Error('x'),
    Object.assign(new Error('x'), { code: 5 }),
    Object.assign(new Error('x'), { code: 'no code' }),
    'ENOENT',
    null,
  ]) {
    expect(errorCode(error)).toBeNull();
  }
});
