import { printable } from '../domain/printable.ts';

/** A name as a person can paste it into a POSIX shell. What can't be seen stays escaped, and so won't run as itself. */
export function shellQuote(text: string): string {
  const shown = printable(text);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
