import { seen, unknown, type Looked } from '../../domain/failure.ts';
import type { NetReader } from '../../providers/net/reader.ts';
import type { HttpParams } from './http-params.ts';

/** The headers to send, with what comes from the environment; or why one can't be made. No value is in the failure. */
export function requestHeaders({ headers }: HttpParams, reader: NetReader): Looked<Record<string, string>> {
  const ready: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') {
      ready[name.toLowerCase()] = value;
      continue;
    }
    const secret = reader.secret(value.env)?.trim();
    if (secret === undefined)
      return unknown('ENV_MISSING', `The environment variable ${value.env}, for the header ${name}, is not set.`);
    if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(secret)) {
      return unknown(
        'ENV_INVALID',
        `The environment variable ${value.env} can not be sent in the header ${name}: it is empty or holds control characters.`,
      );
    }
    ready[name.toLowerCase()] = `${value.prefix}${secret}`;
  }
  return seen(ready);
}
