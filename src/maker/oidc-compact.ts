import { bad, type BadToken } from './oidc-verdict.ts';

/** GitHub's tokens have about 2 KB. */
const LARGEST = 16_384;

export interface TokenParts {
  readonly status: 'parts';
  readonly header: unknown;
  readonly payload: unknown;
  /** The bytes that the signature is over. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** A token in the compact form of RFC 7515 7.1: three parts in base64url, the first two of them JSON. */
export function takeApart(token: string): TokenParts | BadToken {
  if (token.length > LARGEST) return bad('OIDC_TOKEN_MALFORMED', `the token is longer than ${LARGEST} characters`);
  const parts = token.split('.');
  const [header, payload, signature] = parts.map(decoded);
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined)
    return bad('OIDC_TOKEN_MALFORMED', `the token has ${parts.length} parts and not the 3 of a signed token`);
  if (header === null || payload === null || signature === null)
    return bad('OIDC_TOKEN_MALFORMED', 'a part of the token is empty or not base64url');
  const [headerJson, payloadJson] = [json(header), json(payload)];
  if (headerJson === undefined || payloadJson === undefined)
    return bad('OIDC_TOKEN_MALFORMED', 'a part of the token is not JSON in UTF-8');
  return {
    status: 'parts',
    header: headerJson,
    payload: payloadJson,
    signed: Buffer.from(`${parts[0]}.${parts[1]}`, 'ascii'),
    signature,
  };
}

/**
 * Node's decoder passes over what is not base64url, takes the other alphabet and padding too, and does not look at
 * the bits that are left over: only text that is what these bytes are written as is taken.
 */
function decoded(part: string): Buffer | null {
  const bytes = Buffer.from(part, 'base64url');
  return part !== '' && bytes.toString('base64url') === part ? bytes : null;
}

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
