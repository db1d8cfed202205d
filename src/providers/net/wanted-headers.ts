import type { IncomingMessage } from 'node:http';
import { printableStart } from '../../domain/printable.ts';

/** Headers of an answer by their names in lower case, each value on its own; a name that was not sent is left out. */
export type WantedHeaders = Readonly<Record<string, readonly string[]>>;

/**
 * The headers that were asked for, bounded and fit to be shown. The value of a cookie is left out:
 * it may be a session, and only its name and its flags say how it is guarded.
 */
export function wantedHeaders({ headersDistinct }: IncomingMessage, names: readonly string[]): WantedHeaders {
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = headersDistinct[name]?.slice(0, VALUES_AT_MOST);
      if (values === undefined) return [];
      const shown = name === 'set-cookie' ? values.map(withoutValue) : values;
      return [[name, shown.map((value) => printableStart(value, 4_000))]];
    }),
  );
}

const VALUES_AT_MOST = 50;

/** `session=abc; Secure` -> `session; Secure` (RFC 6265, 5.2); a cookie without a name has none here. */
function withoutValue(cookie: string): string {
  const [pair = '', ...flags] = cookie.split(';');
  const equals = pair.indexOf('=');
  return [equals === -1 ? '' : pair.slice(0, equals).trim(), ...flags].join(';');
}
