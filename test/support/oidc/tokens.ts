import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A key pair of an issuer that exists in one test. */
export interface IssuerKey {
  readonly alg: 'RS256' | 'ES256';
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** As it stands in the key set. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

export function rsaKey(kid: string, modulusLength = 2_048, publicExponent = 65_537): IssuerKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  return {
    alg: 'RS256',
    kid,
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },
  };
}

export function ecKey(kid: string, namedCurve = 'P-256'): IssuerKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return {
    alg: 'ES256',
    kid,
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' },
  };
}

export function keySet(...keys: readonly Pick<IssuerKey, 'jwk'>[]): { readonly keys: readonly unknown[] } {
  return { keys: keys.map(({ jwk }) => jwk) };
}

/** Signs whatever it is given, right or wrong. */
export function signed(
  claims: unknown,
  { alg, kid, privateKey }: IssuerKey,
  header: Readonly<Record<string, unknown>> = {},
): string {
  const text = `${part({ alg, kid, typ: 'JWT', ...header })}.${part(claims)}`;
  const how =
    alg === 'RS256'
      ? { key: privateKey, padding: constants.RSA_PKCS1_PADDING }
      : { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
  return `${text}.${sign('sha256', Buffer.from(text), how).toString('base64url')}`;
}

/** HS256 with any bytes for a secret: what an attacker who has the public key can make. */
export function macToken(claims: unknown, kid: string, secret: string | Buffer): string {
  const text = `${part({ alg: 'HS256', kid, typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

export function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
