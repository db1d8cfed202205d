import * as z from 'zod';
import { printableStart } from '../domain/printable.ts';
import { bad, type BadToken } from './oidc-verdict.ts';

const ALGORITHMS = ['RS256', 'ES256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface TokenHeader {
  readonly status: 'header';
  readonly alg: Algorithm;
  readonly kid: string;
}

/** What of a token's header we rest on. Where the key lies is never the token's to say. */
const schema = z.object({
  alg: z.string(),
  kid: z.string().min(1).max(256),
  typ: z.string().optional(),
  crit: z.unknown().optional(),
});

export function readHeader(value: unknown): TokenHeader | BadToken {
  const parsed = schema.safeParse(value);
  if (!parsed.success) return bad('OIDC_HEADER_REFUSED', "the token's header has no alg and kid that are text");
  const { alg, kid, typ } = parsed.data;
  const known = ALGORITHMS.find((algorithm) => algorithm === alg);
  if (known === undefined)
    return bad(
      'OIDC_ALG_REFUSED',
      `the token is signed with "${printableStart(alg, 40)}"; only RS256 and ES256 are taken`,
    );
  // RFC 7515 4.1.11: whoever does not understand what is critical must refuse, and we understand none of it.
  if ('crit' in parsed.data) return bad('OIDC_HEADER_REFUSED', "the token's header has critical extensions");
  // RFC 8725 3.11: a token of another kind (at+jwt, secevent+jwt) is none of ours, whoever signed it.
  if (typ !== undefined && typ.toUpperCase() !== 'JWT')
    return bad('OIDC_HEADER_REFUSED', `the token is of type "${printableStart(typ, 40)}" and not JWT`);
  return { status: 'header', alg: known, kid };
}
