import { describe, expect, it } from 'vitest';
import { saysAllIsWell } from '../../src/agents/investigate/contradiction.ts';

describe('a text that says that all is well', () => {
  it.each([
    'Everything is healthy.',
    'Everything is healthy but see the docs.',
    'All pods are healthy.',
    'All clear.',
    'All is well.',
    'All 3 checks passed.',
    'No action is needed.',
    'No problems were found.',
    'The cluster looks good.',
    'The service is fully operational.',
    'Yes.',
    'Yes, they are.',
    'Nothing to worry about.',
  ])('%s', (text) => {
    expect(saysAllIsWell(text)).toBe(true);
  });

  it.each([
    'Everything is fine except `node-c`.',
    'All pods are running, but `web` is not ready.',
    'Not all pods are healthy.',
    'Some pods crash.',
    '`node-c` is not heard of.',
    'The disk is 97 % full.',
  ])('is not: %s', (text) => {
    expect(saysAllIsWell(text)).toBe(false);
  });
});
