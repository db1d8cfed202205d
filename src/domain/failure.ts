import type { Failure } from './check.ts';

/** What came of looking: a value, or why there is none. */
export type Looked<Value> =
  | { readonly status: 'seen'; readonly value: Value }
  | { readonly status: 'unknown'; readonly failure: Failure };

export function seen<Value>(value: Value): Looked<Value> {
  return { status: 'seen', value };
}

export function unknown<Value = never>(code: string, message: string): Looked<Value> {
  return { status: 'unknown', failure: { code, message } };
}

/** The code of an error of the system or of a library (`ENOENT`, `CERT_HAS_EXPIRED`); null when it bears none. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(error.code) ? error.code : null;
}
