import type { Clock } from '../domain/clock.ts';
import { unknown, seen, type Looked } from '../domain/failure.ts';
import type { JsonObject } from '../domain/json.ts';
import { verifyIdToken } from './oidc.ts';
import type { OidcCode, TokenVerdict } from './oidc-verdict.ts';

/** Where tokens and keys come from; providers/oidc/reader.ts is one, once a cache was bound to it. */
export interface IdTokenSource {
  /** A token for this audience; null: the runner offers none. */
  idToken(question: { readonly audience: string; readonly signal: AbortSignal }): Promise<Looked<string | null>>;
  /** The issuer's keys; `fresh`: not from a cache. */
  keys(question: {
    readonly issuer: string;
    readonly fresh: boolean;
    readonly signal: AbortSignal;
  }): Promise<Looked<{ readonly jwks: unknown; readonly cached: boolean }>>;
}

export interface RunnerTerms {
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds; how far the issuer's clock may be from ours. */
  readonly skewMs?: number;
}

/**
 * The verified claims of the CI job that this process is; null when its runner offers no token. A token that is
 * offered and can't be had, or is not good, is `unknown` and never null: a job whose proof fails must not go on as one
 * that had none to show. Keys from a cache that do not fit are fetched once more, because issuers change theirs.
 */
export async function runnerClaims(source: IdTokenSource, terms: RunnerTerms): Promise<Looked<JsonObject | null>> {
  const token = await source.idToken(terms);
  if (token.status === 'unknown') return token;
  if (token.value === null) return seen(null);
  const first = await judge(source, token.value, terms, false);
  if (first.status === 'unknown') return first;
  const { verdict, cached } = first.value;
  const isOutdated = cached && verdict.status === 'bad' && OF_THE_KEY.has(verdict.code);
  const last = isOutdated ? await judge(source, token.value, terms, true) : first;
  return last.status === 'unknown' ? last : asLooked(last.value.verdict);
}

const SKEW_MS = 30_000;

/** What other keys could put right. */
const OF_THE_KEY: ReadonlySet<OidcCode> = new Set(['OIDC_KEY_UNKNOWN', 'OIDC_KEY_UNFIT', 'OIDC_SIGNATURE_WRONG']);

async function judge(
  source: IdTokenSource,
  token: string,
  { issuer, audience, clock, signal, skewMs = SKEW_MS }: RunnerTerms,
  fresh: boolean,
): Promise<Looked<{ readonly verdict: TokenVerdict; readonly cached: boolean }>> {
  const keys = await source.keys({ issuer, fresh, signal });
  if (keys.status === 'unknown') return keys;
  const { jwks, cached } = keys.value;
  return seen({ verdict: verifyIdToken(token, { jwks, issuer, audience, now: clock.now(), skewMs }), cached });
}

function asLooked(verdict: TokenVerdict): Looked<JsonObject> {
  return verdict.status === 'good'
    ? seen(verdict.claims)
    : unknown(verdict.code, `The runner's ID token is not good: ${verdict.why}.`);
}
