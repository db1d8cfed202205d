import type { Clock } from '../../domain/clock.ts';
import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { printableStart } from '../../domain/printable.ts';
import { trustworthyUrl } from './address.ts';
import { discoveryUrl, keysAddress } from './discovery.ts';
import { getJson } from './get-json.ts';
import { patiently, type Patience } from './patience.ts';

/** Where key sets are kept between processes. Whoever may write there may sign: it is to be as safe as the pins. */
export interface KeyCache {
  /** What was last set for this issuer, and when (milliseconds since the epoch); null: nothing. */
  get(issuer: string): { readonly jwks: unknown; readonly at: number } | null;
  set(issuer: string, jwks: unknown, at: number): void;
}

export interface KeysQuestion {
  /** As the configuration names it: https, or http to the loopback by its address. */
  readonly issuer: string;
  readonly cache: KeyCache;
  /** True: ask the issuer, whatever the cache holds. */
  readonly fresh: boolean;
  readonly signal: AbortSignal;
}

export interface IssuerKeys {
  /** RFC 7517, as it came. */
  readonly jwks: unknown;
  readonly cached: boolean;
}

/**
 * The keys of an issuer by OpenID Connect Discovery 1.0. Those in the cache serve for an hour; after it the issuer is
 * asked, and when it does not answer there are none: a key that was withdrawn must not live on because of an outage.
 */
export async function issuerKeys(
  { issuer, cache, fresh, signal }: KeysQuestion,
  clock: Clock,
  patience: Patience,
): Promise<Looked<IssuerKeys>> {
  const kept = fresh ? null : cache.get(issuer);
  if (kept !== null && isRecent(kept.at, clock.now())) return seen({ jwks: kept.jwks, cached: true });
  const base = trustworthyUrl(issuer);
  if (base === null || base.search !== '')
    return unknown(
      'OIDC_URL_REFUSED',
      `The issuer "${printableStart(issuer, 200)}" is not an https address without query.`,
    );
  const ask = (url: URL, what: string) =>
    patiently(
      () => getJson({ url, what, bearer: null, limitBytes: LIMIT_BYTES, timeoutMs: patience.timeoutMs, signal }),
      patience.pausesMs,
      signal,
    );
  const discovery = await ask(discoveryUrl(base), "the issuer's discovery document");
  if (discovery.status === 'unknown') return discovery;
  const address = keysAddress(discovery.value, issuer, base);
  if (address.status === 'unknown') return address;
  const answer = await ask(address.value, "the issuer's key set");
  if (answer.status === 'unknown') return answer;
  if (!holdsKeys(answer.value))
    return unknown('OIDC_ANSWER_INVALID', `What ${address.value.origin} answers is no key set, or an empty one.`);
  cache.set(issuer, answer.value, clock.now());
  return seen({ jwks: answer.value, cached: false });
}

const LIMIT_BYTES = 262_144;
const RECENT_MS = 3_600_000;

/** A time in the future is of a clock that was set back: nobody knows how old that is. */
function isRecent(at: number, now: number): boolean {
  return at <= now && now - at < RECENT_MS;
}

function holdsKeys(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys) && value.keys.length > 0
  );
}
