import type { ErrorCode } from '../domain/error-codes.ts';
import type { RefusalKind } from './refusal.ts';

/** In what the files that we read differ. */
export interface YamlRules {
  /** What the file is, without its article: `runbook`. */
  readonly noun: string;
  /** Keys that show what belongs into one: `"checks:"`. */
  readonly keys: string;
  readonly codes: Readonly<Record<RefusalKind, ErrorCode>>;
  /** Refused where a file must mean what its reader sees in that place; else their copies are counted. */
  readonly aliases: 'counted' | 'refused';
  /** Whether a file that says nothing is an empty map. */
  readonly mayBeEmpty: boolean;
  /** Pieces as the lexer cuts them, and levels of which the outermost map is the first. */
  readonly most: { readonly pieces: number; readonly levels: number };
}
