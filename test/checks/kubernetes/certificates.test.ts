import { describe, expect, test } from 'vitest';
import { check } from '../../../src/checks/kubernetes/certificates.ts';
import type { StoredObject } from '../../support/kubernetes/api.ts';
import { ago, said, worldOf } from '../../support/kubernetes/world.ts';

const DAY = 86_400;
const READY = [
  { type: 'Issuing', status: 'False' },
  { type: 'Ready', status: 'True' },
];

function certificate(status: object): StoredObject {
  return {
    kind: 'Certificate',
    metadata: { name: 'shop', namespace: 'prod', creationTimestamp: ago(90 * DAY) },
    spec: { secretName: 'shop-tls' },
    status,
  };
}

async function saysOf(status: object) {
  return said(await worldOf(certificate(status)).look(check));
}

describe('a certificate whose renewal is overdue', () => {
  test.each([
    [14 * DAY + 1, []],
    [14 * DAY, ['medium']],
    [3 * DAY + 1, ['medium']],
    [3 * DAY, ['high']],
    [1, ['high']],
    [0, ['critical']],
    [-DAY, ['critical']],
  ])('with %i seconds left: %j', async (left, severities) => {
    const told = await saysOf({ conditions: READY, notAfter: ago(-left), renewalTime: ago(DAY) });
    expect(told.map((line) => line.split(' ', 1)[0])).toEqual(severities);
  });

  test('says when it ended', async () => {
    expect(await saysOf({ conditions: READY, notAfter: ago(2 * DAY) })).toEqual([
      'critical expires: Certificate prod/shop expired 2 d ago',
    ]);
  });
});

test('one that lives for a day is renewed every few hours, and always near its end', async () => {
  expect(await saysOf({ conditions: READY, notAfter: ago(-DAY / 2), renewalTime: ago(-3_600) })).toEqual([]);
});

describe('a certificate that is not ready', () => {
  const status = (seconds: number, value = 'False'): object => ({
    conditions: [
      { type: 'Ready', status: value, reason: 'DoesNotExist', message: 'Issuing', lastTransitionTime: ago(seconds) },
    ],
  });

  test.each([
    [900, 1],
    [899, 0],
  ])('for %i seconds: %i', async (seconds, count) => {
    expect(await saysOf(status(seconds))).toHaveLength(count);
    expect(await saysOf(status(seconds, 'Unknown'))).toHaveLength(count);
  });

  test('is high', async () => {
    expect(await saysOf(status(1_200))).toEqual([
      'high not-ready: Certificate prod/shop is not ready: DoesNotExist, for 20 min',
    ]);
  });

  test('may be one that nothing looks after at all', async () => {
    expect(await saysOf({})).toHaveLength(1);
  });
});

test('a cluster without cert-manager is fine', async () => {
  const { drafts, observations } = await worldOf().look(check);
  expect(drafts).toEqual([]);
  expect(observations.filter(({ status }) => status === 'unknown')).toEqual([]);
});
