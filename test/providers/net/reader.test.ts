import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { hasOutsideAddress } from '../../../src/providers/net/reader.ts';
import { netReader } from '../../support/http/net-reader.ts';
import { tree } from '../../support/tree.ts';

const address = (ip: string, internal = false): NetworkInterfaceInfo[] => [
  { address: ip, netmask: '', mac: '', internal, cidr: null, family: 'IPv6', scopeid: 0 },
];

describe('a machine is online', () => {
  test.each([
    [{ lo: address('127.0.0.1', true) }, false],
    [{ lo: address('::1', true), eth0: address('fe80::1') }, false],
    [{ lo: address('::1', true), eth0: address('2001:db8::1') }, true],
    [{ eth0: address('192.0.2.1') }, true],
    [{}, false],
  ])('with an address of its own that leads outside: %j is %j', (interfaces, isOnline) => {
    expect(hasOutsideAddress(interfaces)).toBe(isOnline);
  });
});

describe('a secret of the environment', () => {
  test('is learnt before it is given out', () => {
    const reader = netReader({ TOKEN: 'abc', EMPTY: '' });
    expect(reader.secret('TOKEN')).toBe('abc');
    expect(reader.learnt).toEqual(['abc']);
  });

  test('that is not set, or empty, is none', () => {
    const reader = netReader({ EMPTY: '' });
    expect(reader.secret('TOKEN')).toBeNull();
    expect(reader.secret('EMPTY')).toBeNull();
    expect(reader.secret('constructor')).toBeNull();
  });
});

test('a file of authorities must hold a certificate, and the failure quotes nothing of it', async () => {
  using root = tree({ 'key.pem': '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n' });
  const answer = await netReader().authorities(`${root.path}/key.pem`);
  expect(answer).toMatchObject({ status: 'unknown', failure: { code: 'CA_INVALID' } });
  expect(JSON.stringify(answer)).not.toContain('c2VjcmV0');
});
