import type { Failure } from '../domain/check.ts';
import { errorCode } from '../domain/failure.ts';
import { MODEL_FAILURES, type ModelFailureCode } from '../domain/model.ts';

export function failed(code: ModelFailureCode, message: string): Failure {
  return { code, message };
}

/** Expected trouble on its way through a client library, which only passes on what is thrown. */
export class ModelTrouble extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'ModelTrouble';
    this.failure = failure;
  }
}

/** Its code as one of ours. */
export function failureOf({ code }: Failure): ModelFailureCode {
  return isModelFailure(code) ? code : 'MODEL_REFUSED';
}

function isModelFailure(code: string): code is ModelFailureCode {
  return Object.hasOwn(MODEL_FAILURES, code);
}

export interface HowItEnded {
  readonly host: string;
  readonly fellSilent: boolean;
  readonly outOfTime: boolean;
  /** Whether a byte of the answer had come. */
  readonly isBegun: boolean;
}

/** What a connection that failed means. */
export function failureOfError(error: unknown, { host, fellSilent, outOfTime, isBegun }: HowItEnded): Failure {
  if (fellSilent) return failed('MODEL_SILENT', `${host} fell silent in the middle of its answer`);
  if (outOfTime)
    return isBegun
      ? failed('MODEL_TOO_SLOW', `${host} did not end its answer in time; allow it more with models.timeout`)
      : failed('MODEL_SILENT', `${host} took the request and said nothing in time; allow it more with models.timeout`);
  if (error instanceof Error && error.cause instanceof Error && error.cause.message === 'unexpected redirect')
    return failed('MODEL_REFUSED', `${host} answered with a redirect, and none is followed: a key could go with it`);
  const code = causeCode(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return failed('MODEL_SILENT', `${host} said nothing for minutes`);
  if (isBegun) return failed('MODEL_STREAM_ENDED', `the connection to ${host} ended in the middle of the answer`);
  return failed(
    'MODEL_NO_SERVER',
    code === 'ECONNRESET' || code === 'UND_ERR_SOCKET'
      ? `${host} ended the connection without an answer`
      : `nothing answers at ${host}${code === null ? '' : ` (${code})`}; is it running?`,
  );
}

function causeCode(error: unknown): string | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const code = errorCode(cause);
    if (code !== null) return code;
  }
  return null;
}
