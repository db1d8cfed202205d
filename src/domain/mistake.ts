import type { ErrorCode } from './error-codes.ts';

/** A place in a file, both counted from 1; the column counts UTF-16 code units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something wrong in a file that a person wrote, said so that they can put it right. */
export interface Mistake {
  /** With an error the file is not used; a warning only tells. */
  readonly level: 'error' | 'warning';
  readonly code: ErrorCode;
  /** One sentence with the offending value and, where one is known, what to write instead. */
  readonly message: string;
  /** The file as it was named. */
  readonly where: { readonly file: string } & Place;
  /** A further step (a command, a page), when the message does not say it all. */
  readonly next: string | null;
}
