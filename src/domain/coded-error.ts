import type { ErrorCode } from './error-codes.ts';

/**
 * A broken setup, said so that the person on call can act: what happened with the offending
 * value, where (file:line:column, path, url), and what to do next. Never holds a secret.
 * Expected trouble (a provider that does not answer) is a Failure value, not this.
 */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly where: string | null;
  readonly next: string | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: { where?: string | null; next?: string | null; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CodedError';
    this.code = code;
    this.where = options.where ?? null;
    this.next = options.next ?? null;
  }
}
