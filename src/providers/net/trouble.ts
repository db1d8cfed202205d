import { errorCode } from '../../domain/failure.ts';
import { printableStart } from '../../domain/printable.ts';

/** How far an exchange had come. */
export type Phase = 'dns' | 'connect' | 'tls' | 'headers' | 'body';

/** Why there was no answer. */
export interface Trouble {
  readonly phase: Phase;
  /** `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `HPE_INVALID_CONSTANT`, `TIMEOUT`. */
  readonly code: string;
  /** In the words of the system or the library. */
  readonly message: string;
  /** All codes, when several addresses were tried. */
  readonly codes: readonly string[];
}

export function troubleOf(error: unknown, phase: Phase): Trouble {
  const codes = codesOf(error);
  const code = codes[0] ?? 'FAILED';
  return { phase, code, message: printableStart(messageOf(error), 200), codes: codes.length === 0 ? [code] : codes };
}

/** A name with several addresses gives one error for all attempts. */
function codesOf(error: unknown): readonly string[] {
  if (error instanceof AggregateError && error.errors.length > 0) return [...new Set(error.errors.flatMap(codesOf))];
  const code = errorCode(error);
  return code === null ? [] : [code];
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
