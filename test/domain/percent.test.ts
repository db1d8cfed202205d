import { expect, test } from 'vitest';
import { formatPercent } from '../../src/domain/percent.ts';

test.each([
  [0, '0 %'],
  [0.04, 'under 0.1 %'],
  [0.5, '0.5 %'],
  [91.4, '91 %'],
  [98.6, '99 %'],
  [99.2, '99.2 %'],
  [99.99, '99.9 %'],
  [100, '100 %'],
])('%f is written %s, and what is not quite full is not called full', (percent, text) => {
  expect(formatPercent(percent)).toBe(text);
});
