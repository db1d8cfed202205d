import type { Failure } from '../../domain/check.ts';
import { errorCode } from '../../domain/failure.ts';
import { printable } from '../../domain/printable.ts';

/** What was asked where, for whoever reads that it failed. */
export interface Asked {
  readonly operation: string;
  /** What IAM calls the right to it. */
  readonly permission: string | null;
  readonly region: string;
  /** null: the one that the environment chooses. */
  readonly profile: string | null;
}

/**
 * Names of errors as the services send them, with or without `Exception`. From the recordings and from AWS's list of
 * common errors (docs.aws.amazon.com, "Common errors" of EC2, IAM and STS).
 */
const DENIED = new Set([
  'AccessDenied',
  'AuthorizationError',
  'UnauthorizedOperation',
  'Unauthorized',
  'NotAuthorized',
  'Forbidden',
  'AllAccessDisabled',
]);
const EXPIRED = new Set(['ExpiredToken', 'RequestExpired', 'TokenRefreshRequired']);
const INVALID = new Set([
  'AuthFailure',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'UnrecognizedClient',
  'InvalidSecurity',
  'MissingAuthenticationToken',
  'IncompleteSignature',
]);
const SIGNATURE = new Set(['SignatureDoesNotMatch', 'InvalidSignature', 'RequestTimeTooSkewed']);
const THROTTLED = new Set([
  'Throttling',
  'ThrottledException',
  'Throttled',
  'RequestLimitExceeded',
  'TooManyRequests',
  'RequestThrottled',
  'BandwidthLimitExceeded',
  'LimitExceeded',
  'PriorRequestNotComplete',
  'SlowDown',
  'RequestThrottling',
]);
const NOT_SUBSCRIBED = new Set(['OptInRequired', 'SubscriptionRequired']);

/** Why a call brought nothing, for the person on call; never with a credential in it. */
export function failureOf(error: unknown, asked: Asked): Failure {
  const { name, message, status } = plain(error);
  const bare = name.replace(/Exception$|Error$/, '');
  const is = (names: ReadonlySet<string>): boolean => names.has(name) || names.has(bare);
  const where = whereOf(asked);
  const fails = (code: string, words: string): Failure => ({ code, message: `${asked.operation} ${where}: ${words}` });
  if (is(DENIED)) return denied(asked, message);
  if (is(EXPIRED) || isExpiredSession(name, message))
    return fails('CREDENTIALS_EXPIRED', `the session has expired. ${logIn(asked)}`);
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError')
    return fails('NO_CREDENTIALS', `no credentials: ${short(message)} ${logIn(asked)}`);
  if (is(SIGNATURE) && (name === 'RequestTimeTooSkewed' || /not yet current|expired|too skewed/i.test(message)))
    return fails(
      'CLOCK_SKEW',
      'the clock of this machine differs too much from that of AWS. Set it: timedatectl status.',
    );
  if (is(INVALID) || is(SIGNATURE))
    return fails(
      'CREDENTIALS_INVALID',
      `AWS does not know these credentials (${name}), or the region is not turned on in the account. See who you are: aws sts get-caller-identity${flags(asked)}.`,
    );
  if (is(THROTTLED) || status === 429)
    return fails('THROTTLED', 'AWS refused more requests for now, also when it was asked again. Ask less often.');
  if (is(NOT_SUBSCRIBED)) return fails('NOT_SUBSCRIBED', 'the account does not use this service, or this region.');
  if (name === 'TimeoutError' || name === 'AbortError') return fails('TIMEOUT', 'no answer in time.');
  const code = errorCode(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return fails(
      code,
      `there is no such address: no network, or the service is not there in ${printable(asked.region)}.`,
    );
  if (code !== null) return fails(code, short(message));
  if (error instanceof SyntaxError || name === 'SyntaxError')
    return fails(
      status === 403 ? 'HTTP_403' : 'ANSWER_INVALID',
      status === 403
        ? `it was refused (HTTP 403) in a form that it has no business to have. ${allow(asked)}`
        : `the answer ${status === null ? '' : `(HTTP ${status}) `}is not what this service answers with: a proxy, or an emulator that does not know the question.`,
    );
  return fails(codeOf(name), `${name}: ${short(message)}`);
}

interface Plain {
  readonly name: string;
  readonly message: string;
  readonly status: number | null;
}

function plain(error: unknown): Plain {
  if (!(error instanceof Error)) return { name: 'UnknownError', message: typeof error, status: null };
  const metadata: unknown = Reflect.get(error, '$metadata');
  const status: unknown =
    typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'httpStatusCode') : null;
  return { name: error.name, message: error.message, status: typeof status === 'number' ? status : null };
}

/** The name that an error bears on the wire: `NoSuchBucketPolicy`. */
export function nameOf(error: unknown): string {
  return plain(error).name;
}

/** The HTTP status that it came with; null: nothing answered. */
export function statusOf(error: unknown): number | null {
  return plain(error).status;
}

function isExpiredSession(name: string, message: string): boolean {
  return (
    (name === 'CredentialsProviderError' || name === 'TokenProviderError' || name === 'UnauthorizedException') &&
    /expired|invalid session|aws sso login/i.test(message)
  );
}

function denied(asked: Asked, message: string): Failure {
  const policy = /with an explicit deny in an? ([a-z -]+policy)/i.exec(message)?.[1];
  const why = policy === undefined ? '' : ` An explicit deny in a ${policy} forbids it.`;
  const named = /not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9*]+)/.exec(message)?.[1];
  const right = asked.permission ?? named ?? asked.operation;
  const other = named === undefined || named === right ? '' : ` (AWS names ${named})`;
  return {
    code: 'ACCESS_DENIED',
    message: `${right} is not allowed ${whereOf(asked)}${other}.${why} ${allow(asked)}`,
  };
}

function allow({ permission }: Asked): string {
  return permission === null
    ? 'See what the identity may do.'
    : `Allow ${permission}: deploy/aws/read-policy.json has all that is read.`;
}

function whereOf({ region, profile }: Asked): string {
  return `in ${printable(region)}${profile === null ? '' : ` (profile ${printable(profile)})`}`;
}

function logIn(asked: Asked): string {
  return `Log in again: aws sso login${flags(asked)}.`;
}

function flags({ profile }: Asked): string {
  return profile === null ? '' : ` --profile ${printable(profile)}`;
}

function short(message: string): string {
  const line = printable(message.split('\n', 1)[0] ?? '').slice(0, 300);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

/** `InvalidInstanceID.NotFound` -> `INVALID_INSTANCE_ID_NOT_FOUND`. */
function codeOf(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  return /^[A-Z]/.test(words) ? words : 'AWS_ERROR';
}
