import { printableStart } from '../../domain/printable.ts';

/** A URL that may be shown: without user, password and fragment, and of bounded length. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  shown.hash = '';
  return printableStart(shown.href, 500);
}
