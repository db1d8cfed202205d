import { CodedError } from '../domain/coded-error.ts';

/** One attempt that did not work; the message says why, in words without a secret. */
export function failed(
  message: string,
  options: { readonly next?: string; readonly cause?: unknown } = {},
): CodedError {
  return new CodedError('NOTIFY_FAILED', message, options);
}

/** The code of an error of Node (`ENOSPC`, `ECONNREFUSED`), also of one that only wraps it; null when it has none. */
export function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? codeOf(error.cause) : null;
}
