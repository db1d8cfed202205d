import { describe, expect, test } from 'vitest';
import { isLoopback, trustworthyUrl } from '../../../src/providers/oidc/address.ts';
import { discoveryUrl, keysAddress } from '../../../src/providers/oidc/discovery.ts';

const ISSUER = 'https://token.example.com';
const addressFor = (jwks_uri: unknown, issuer = ISSUER) => keysAddress({ issuer, jwks_uri }, issuer, new URL(issuer));

describe('the address of the keys', () => {
  test.each(['https://token.example.com/keys', 'https://keys.example.net/v1?x=1'])(
    'may be wherever an issuer says, over https: %s',
    (address) => {
      expect(addressFor(address)).toEqual({ status: 'seen', value: new URL(address) });
    },
  );

  test.each([
    'http://127.0.0.1:8080/keys',
    'http://[::1]/keys',
    'http://token.example.com/keys',
    'https://a:b@c.example/',
  ])('may not be, for an issuer elsewhere, what listens on this machine or goes in the clear: %s', (address) => {
    expect(addressFor(address)).toMatchObject({ status: 'unknown', failure: { code: 'OIDC_URL_REFUSED' } });
  });

  test('may be on this machine when the issuer is', () => {
    expect(addressFor('http://127.0.0.1:2/keys', 'http://127.0.0.1:1')).toMatchObject({ status: 'seen' });
  });
});

test('only the address itself is this machine: a name may lead anywhere', () => {
  expect(trustworthyUrl('http://[::1]:8/')).not.toBeNull();
  expect(trustworthyUrl('http://localhost:8/')).toBeNull();
  expect(isLoopback(new URL('http://127.0.0.1:8/'))).toBe(true);
  // URL writes all of these as 127.0.0.1.
  for (const text of ['http://127.1/', 'http://0x7f000001/', 'http://2130706433/'])
    expect(trustworthyUrl(text)?.hostname).toBe('127.0.0.1');
});

test('the discovery document lies below the path of the issuer', () => {
  expect(discoveryUrl(new URL(ISSUER)).href).toBe(`${ISSUER}/.well-known/openid-configuration`);
  expect(discoveryUrl(new URL(`${ISSUER}/a/b/`)).href).toBe(`${ISSUER}/a/b/.well-known/openid-configuration`);
});
