import * as z from 'zod';
import type { JsonObject } from '../domain/json.ts';
import { printableStart } from '../domain/printable.ts';
import { bad, type BadToken, type TokenVerdict } from './oidc-verdict.ts';

export interface ClaimTerms {
  /** Equal to `iss`, character by character. */
  readonly issuer: string;
  /** The only audience that the token may have. */
  readonly audience: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How far the issuer's clock may be from ours, milliseconds. */
  readonly skewMs: number;
}

/**
 * The claims that are handed on: what GitHub says of a job (docs.github.com, "OpenID Connect reference"), as far as
 * a policy may want to match on it or an audit entry to show it. All are text; `ref_protected` too ("true").
 */
export const GITHUB_CLAIMS = [
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'ref',
  'ref_type',
  'ref_protected',
  'environment',
  'job_workflow_ref',
  'workflow_ref',
  'event_name',
  'actor',
  'actor_id',
  'run_id',
  'run_attempt',
  'sha',
  'head_ref',
  'base_ref',
  'runner_environment',
] as const;

/** Judges the claims of a token whose signature is good. `aud` is handed on as one text however the token wrote it. */
export function judgeClaims(payload: unknown, terms: ClaimTerms): TokenVerdict {
  const standard = standardClaims.safeParse(payload);
  if (!standard.success) return invalid(standard.error);
  const github = githubClaims.safeParse(payload);
  if (!github.success) return invalid(github.error);
  const trouble = notMeant(standard.data, terms) ?? notNow(standard.data, terms);
  if (trouble !== null) return trouble;
  const { iss, sub } = standard.data;
  return { status: 'good', claims: { iss, sub, aud: terms.audience, ...present(github.data) } };
}

/** Seconds since the epoch (RFC 7519 2, NumericDate); beyond the year 9999 they would be milliseconds by mistake. */
const seconds = z.number().min(0).max(253_402_300_799);

const standardClaims = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: seconds,
  iat: seconds,
  nbf: seconds.optional(),
});
type StandardClaims = z.infer<typeof standardClaims>;

/** One that is there and is no text makes the token bad: were it left out, a rule that denies by it would not see it. */
const githubClaims = z.object(Object.fromEntries(GITHUB_CLAIMS.map((name) => [name, z.string().optional()])));

function notMeant({ iss, aud }: StandardClaims, { issuer, audience }: ClaimTerms): BadToken | null {
  if (iss !== issuer)
    return bad('OIDC_ISSUER_WRONG', `the token is from "${printableStart(iss, 200)}" and not from "${issuer}"`);
  // A token that is for others besides could have been handed in by any of them.
  const audiences = typeof aud === 'string' ? [aud] : aud;
  if (audiences.length === 1 && audiences[0] === audience) return null;
  const shown = printableStart(audiences.join(', '), 200);
  return bad('OIDC_AUDIENCE_WRONG', `the token is for "${shown}" and not for "${audience}" alone`);
}

function notNow({ exp, iat, nbf = iat }: StandardClaims, { now, skewMs }: ClaimTerms): BadToken | null {
  if (now >= exp * 1_000 + skewMs)
    return bad('OIDC_TOKEN_EXPIRED', `the token ended at ${instant(exp * 1_000)}; here it is ${instant(now)}`);
  const begins = Math.max(iat, nbf) * 1_000;
  if (now >= begins - skewMs) return null;
  return bad('OIDC_TOKEN_EARLY', `the token begins at ${instant(begins)}; here it is ${instant(now)}`);
}

function present(claims: Readonly<Record<string, string | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

function invalid({ issues }: z.ZodError): BadToken {
  const name = issues[0]?.path.join('.') ?? '';
  return bad('OIDC_CLAIMS_INVALID', `the token's claim "${name}" is missing, or not of the kind that it should be`);
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
