import { constants, verify, type KeyObject } from 'node:crypto';
import { judgeClaims, type ClaimTerms } from './oidc-claims.ts';
import { takeApart } from './oidc-compact.ts';
import { readHeader, type Algorithm } from './oidc-header.ts';
import { keyFor } from './oidc-key.ts';
import { bad, type TokenVerdict } from './oidc-verdict.ts';

export interface IdTokenTerms extends ClaimTerms {
  /** The issuer's key set as it was fetched (RFC 7517); untrusted in its form. */
  readonly jwks: unknown;
}

/**
 * Whether `token` is an OpenID Connect ID token that this issuer signed for this audience and that holds now;
 * if so, those of its claims that a policy may match on (oidc-claims.ts).
 *
 * RFC 7519, 7515 and OpenID Connect Core 3.1.3.7, with the narrowings of RFC 8725: RS256 and ES256 alone, the key
 * found by `kid` in the key set and nowhere else (`jku`, `jwk`, `x5u` and `x5c` are not looked at), `crit` refused,
 * base64url with no second spelling. Pure; nothing that is in the token before its signature was found good is believed.
 */
export function verifyIdToken(token: string, terms: IdTokenTerms): TokenVerdict {
  const parts = takeApart(token);
  if (parts.status === 'bad') return parts;
  const header = readHeader(parts.header);
  if (header.status === 'bad') return header;
  const found = keyFor(terms.jwks, header);
  if (found.status === 'bad') return found;
  if (!isSigned(parts, header.alg, found.key))
    return bad('OIDC_SIGNATURE_WRONG', "the token's signature is not that of the issuer's key");
  return judgeClaims(parts.payload, terms);
}

function isSigned(
  { signed, signature }: { readonly signed: Buffer; readonly signature: Buffer },
  alg: Algorithm,
  key: KeyObject,
): boolean {
  switch (alg) {
    case 'RS256':
      return verify('sha256', signed, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
    case 'ES256':
      // RFC 7518 3.4: R and S side by side, and not the DER form that Node takes by default.
      return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
    default:
      return alg satisfies never;
  }
}
