import { expect, test } from 'vitest';
import { createLabelIndex, fits } from '../../../src/providers/kubernetes/reader.ts';

const pod = (name: string, namespace: string | undefined, labels?: Record<string, string>) => ({
  metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }) },
});

const PODS = [
  pod('a', 'prod', { app: 'web', tier: 'front' }),
  pod('b', 'prod', { app: 'web', tier: 'back' }),
  pod('c', 'staging', { app: 'web', tier: 'front' }),
  pod('d', 'prod'),
  pod('e', undefined, { app: 'web' }),
  pod('f', 'prod', { app: '', constructor: 'x' }),
];

const WANTED: readonly Record<string, string>[] = [
  { app: 'web' },
  { app: 'web', tier: 'front' },
  { app: 'web', tier: 'none' },
  { app: '' },
  { constructor: 'x' },
  { toString: 'x' },
  { other: '' },
];

test.for(WANTED)('finds for %o what looking at each of them finds, in every namespace', (wanted) => {
  const index = createLabelIndex(PODS);
  for (const namespace of ['prod', 'staging', 'gone', undefined]) {
    expect(index.fitting(namespace, wanted)).toEqual(
      PODS.filter(({ metadata }) => metadata.namespace === namespace && fits(wanted, metadata.labels)),
    );
  }
});

test('no labels at all select nothing, as with a Service', () => {
  expect(createLabelIndex(PODS).fitting('prod', {})).toEqual([]);
});
