import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { printableStart } from '../domain/printable.ts';
import type { Algorithm } from './oidc-header.ts';
import { bad, type BadToken } from './oidc-verdict.ts';

/** The key of the set that a header names, when it is fit for the header's algorithm. */
export function keyFor(
  jwks: unknown,
  { kid, alg }: { readonly kid: string; readonly alg: Algorithm },
): { readonly status: 'key'; readonly key: KeyObject } | BadToken {
  const shown = printableStart(kid, 80);
  const set = keySet.safeParse(jwks);
  if (!set.success) return bad('OIDC_KEY_UNFIT', "what the issuer's keys were read from is not a key set");
  const named = set.data.keys.filter((key) => nameOf(key) === kid);
  if (named.length === 0) return bad('OIDC_KEY_UNKNOWN', `the issuer has no key "${shown}"`);
  if (named.length > 1) return bad('OIDC_KEY_UNFIT', `the issuer has ${named.length} keys "${shown}"`);
  const parsed = FIT[alg].safeParse(named[0]);
  if (!parsed.success)
    return bad('OIDC_KEY_UNFIT', `the issuer's key "${shown}" is not a public key for ${alg} signatures`);
  const key = imported(parsed.data);
  if (key === null || !isStrong(key)) return bad('OIDC_KEY_UNFIT', `the issuer's key "${shown}" is not sound`);
  return { status: 'key', key };
}

/** Issuers have a handful; the bound keeps one that answers strangely from costing time. */
const keySet = z.object({ keys: z.array(z.unknown()).max(200) });

function nameOf(key: unknown): string | null {
  const parsed = z.object({ kid: z.string() }).safeParse(key);
  return parsed.success ? parsed.data.kid : null;
}

const number = z.string().regex(/^[A-Za-z0-9_-]+$/);
const common = {
  use: z.literal('sig').optional(),
  key_ops: z
    .array(z.string())
    .refine((uses) => uses.includes('verify'))
    .optional(),
  // A key set with a private key in it proves nothing any more.
  d: z.never().optional(),
};

/** A key says itself what it is for: the header may not choose (RFC 8725 3.1; the confusion of RS256 with HS256). */
const FIT = {
  RS256: z.object({ ...common, kty: z.literal('RSA'), alg: z.literal('RS256').optional(), n: number, e: number }),
  ES256: z.object({
    ...common,
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    alg: z.literal('ES256').optional(),
    x: number,
    y: number,
  }),
} as const satisfies Record<Algorithm, z.ZodType>;

function imported(key: z.infer<(typeof FIT)[Algorithm]>): KeyObject | null {
  const jwk: JsonWebKey =
    key.kty === 'RSA' ? { kty: 'RSA', n: key.n, e: key.e } : { kty: 'EC', crv: key.crv, x: key.x, y: key.y };
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch (error) {
    // Node or OpenSSL: no number, or a point that is not on the curve.
    if (error instanceof Error) return null;
    throw error;
  }
}

/** RFC 7518 3.3: 2048 bits at least. With the exponent 1 every signature would be right. */
function isStrong({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'ec') return asymmetricKeyDetails?.namedCurve === 'prime256v1';
  const { modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails ?? {};
  return modulusLength >= 2_048 && modulusLength <= 8_192 && publicExponent >= 65_537n && publicExponent % 2n === 1n;
}
