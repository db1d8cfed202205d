import { X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { describeCertificate } from '../../src/domain/certificate.ts';
import { hasOpenssl, makeAuthority, type Authority } from '../support/http/certificates.ts';

describe.skipIf(!hasOpenssl)('a certificate is described (needs the openssl command)', () => {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const authority: Authority | null = hasOpenssl ? makeAuthority(now) : null;
  afterAll(() => authority?.[Symbol.dispose]());
  const issuer = (): Authority => {
    if (authority === null) throw new Error('skipped without openssl');
    return authority;
  };

  test('by its name, its issuer, its times and the names that it is for', () => {
    const names = ['a.example', ...Array.from({ length: 25 }, (_, index) => `a${index}.example`), '192.0.2.1'];
    const { cert } = issuer().issue({ names, from: -1, to: 90 });
    expect(describeCertificate(new X509Certificate(cert))).toEqual({
      name: 'a.example',
      issuer: 'Holdfast test root',
      validFrom: now - 86_400_000,
      validTo: now + 90 * 86_400_000,
      selfSigned: false,
      fingerprint256: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      names: names.slice(0, 20),
    });
  });

  test('as signed by itself when it is', () => {
    const { cert } = issuer().selfSigned('self.example');
    expect(describeCertificate(new X509Certificate(cert))).toMatchObject({ selfSigned: true, issuer: 'self.example' });
  });
});
