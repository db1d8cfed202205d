import type { JsonObject } from '../domain/json.ts';

/** What became of looking at an ID token. `why` is one sentence that quotes no part of the token but its named values. */
export type TokenVerdict = { readonly status: 'good'; readonly claims: JsonObject } | BadToken;

export interface BadToken {
  readonly status: 'bad';
  readonly code: OidcCode;
  readonly why: string;
}

/** Codes of failures, not of errors: scripts may match on them all the same. */
export type OidcCode =
  | 'OIDC_TOKEN_MALFORMED'
  | 'OIDC_HEADER_REFUSED'
  | 'OIDC_ALG_REFUSED'
  | 'OIDC_KEY_UNKNOWN'
  | 'OIDC_KEY_UNFIT'
  | 'OIDC_SIGNATURE_WRONG'
  | 'OIDC_CLAIMS_INVALID'
  | 'OIDC_ISSUER_WRONG'
  | 'OIDC_AUDIENCE_WRONG'
  | 'OIDC_TOKEN_EXPIRED'
  | 'OIDC_TOKEN_EARLY';

export function bad(code: OidcCode, why: string): BadToken {
  return { status: 'bad', code, why };
}
