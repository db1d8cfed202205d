import type { ResourceId } from './check.ts';
import { printable } from './printable.ts';

/**
 * `<provider>:<account>/<kind>/<name>` (docs/contracts.md). The name may hold anything: what can
 * not be seen is escaped, and a `*` is written `%2A`, because an id that ends in `/*` stands for
 * everything under it.
 */
export function resourceId(provider: string, account: string, kind: string, name: string): ResourceId {
  return `${provider}:${account}/${kind}/${printable(name).replaceAll('*', '%2A')}`;
}

/** Everything of that kind: for what hides all of it. */
export function everyResource(provider: string, account: string, kind: string): ResourceId {
  return `${provider}:${account}/${kind}/*`;
}
