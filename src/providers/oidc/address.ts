/**
 * The URL of `text` when a token may be sent there, or keys be believed that come from there: https, or http to this
 * very machine by its address. A name such as localhost is not enough: names are whatever a resolver says.
 */
export function trustworthyUrl(text: string): URL | null {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return null;
  return url.protocol === 'https:' || isLoopback(url) ? url : null;
}

/** Plain http that never leaves this machine. */
export function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && (hostname === '127.0.0.1' || hostname === '[::1]');
}
