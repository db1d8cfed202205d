import { printableStart } from '../../domain/printable.ts';
import { shownUrl } from './shown-url.ts';

/** One redirect that was followed. */
export interface Hop {
  readonly status: number;
  readonly to: string;
}

/** One that was not, and why. */
export interface RefusedRedirect {
  readonly to: string;
  readonly reason: 'scheme' | 'downgrade' | 'credentials' | 'too-many' | 'invalid';
}

/** Where a redirect leads to, or why it must not be followed. */
export function nextStop(
  from: URL,
  location: string,
  hopsLeft: number,
): { readonly url: URL } | { readonly refused: RefusedRedirect } {
  const to = URL.parse(location, from.href);
  if (to === null) return { refused: { to: printableStart(location, 200), reason: 'invalid' } };
  const refuse = (reason: RefusedRedirect['reason']) => ({ refused: { to: shownUrl(to), reason } });
  // Never file:, data:, javascript: or what else a server may think of.
  if (to.protocol !== 'http:' && to.protocol !== 'https:') return refuse('scheme');
  if (from.protocol === 'https:' && to.protocol === 'http:') return refuse('downgrade');
  if (to.username !== '' || to.password !== '') return refuse('credentials');
  return hopsLeft > 0 ? { url: to } : refuse('too-many');
}
