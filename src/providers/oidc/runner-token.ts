import { seen, unknown, type Looked } from '../../domain/failure.ts';
import { trustworthyUrl } from './address.ts';
import { getJson } from './get-json.ts';
import { patiently, type Patience } from './patience.ts';

export interface TokenQuestion {
  /** Whom the token is for. */
  readonly audience: string;
  readonly signal: AbortSignal;
}

interface TokenDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly learn: (secret: string) => void;
}

/**
 * Asks as GitHub's runners want it (docs.github.com, "OpenID Connect reference", methods for requesting the token):
 * a URL and a bearer token in the environment of a job that has `permissions: id-token: write`.
 */
export async function runnerToken(
  { audience, signal }: TokenQuestion,
  { env, learn }: TokenDeps,
  { timeoutMs, pausesMs }: Patience,
): Promise<Looked<string | null>> {
  const [address, bearer] = [variable(env, ADDRESS), variable(env, BEARER)];
  if (address === null && bearer === null) return seen(null);
  if (bearer !== null) learn(bearer);
  if (address === null || bearer === null)
    return unknown(
      'OIDC_REQUEST_INCOMPLETE',
      `Of ${ADDRESS} and ${BEARER} only one is set; the runner sets both or none.`,
    );
  const url = trustworthyUrl(address);
  if (url === null)
    return unknown('OIDC_URL_REFUSED', `${ADDRESS} is not an https address; the request token is sent nowhere else.`);
  url.searchParams.set('audience', audience);
  const what = "the runner's token endpoint";
  const answer = await patiently(
    () => getJson({ url, what, bearer, limitBytes: LIMIT_BYTES, timeoutMs, signal }),
    pausesMs,
    signal,
  );
  if (answer.status === 'unknown') return answer;
  const token = tokenIn(answer.value);
  if (token === null) return unknown('OIDC_ANSWER_INVALID', `The answer of ${what} at ${url.origin} holds no token.`);
  learn(token);
  return seen(token);
}

const ADDRESS = 'ACTIONS_ID_TOKEN_REQUEST_URL';
const BEARER = 'ACTIONS_ID_TOKEN_REQUEST_TOKEN';
const LIMIT_BYTES = 65_536;

function variable(env: TokenDeps['env'], name: string): string | null {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === undefined || value === '' ? null : value;
}

function tokenIn(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('value' in answer)) return null;
  return typeof answer.value === 'string' && answer.value !== '' ? answer.value : null;
}
