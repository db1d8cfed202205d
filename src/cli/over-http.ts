import { CodedError } from '../domain/coded-error.ts';
import type { Options } from './options.ts';

/** Whether MCP is meant over HTTP. USAGE for an address over stdio, which listens nowhere. */
export function isOverHttp(options: Options): boolean {
  const isHttp = options['transport'] === 'http';
  if (!isHttp && options['listen'] !== undefined)
    throw new CodedError('USAGE', '--listen is about HTTP, and stdio listens nowhere', {
      next: 'add --transport http',
    });
  return isHttp;
}
