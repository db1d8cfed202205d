import type { Check, CheckCatalog, CheckId } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';

/** One line per check, sorted. Nothing is imported before it is asked for: `--help` must not pay for zod. */
const CHECKS: Readonly<Record<CheckId, () => Promise<{ readonly check: Check }>>> = {
  'host/disk': () => import('./host/disk.ts'),
  'host/file-age': () => import('./host/file-age.ts'),
  'host/load': () => import('./host/load.ts'),
  'host/memory': () => import('./host/memory.ts'),
  'net/http': () => import('./net/http.ts'),
  'net/tls': () => import('./net/tls.ts'),
};

/** Earlier id -> current id. The check itself lists its earlier ids too, the oldest first. */
const ALIASES: Readonly<Record<CheckId, CheckId>> = {};

export const checkCatalog: CheckCatalog = {
  ids: Object.keys(CHECKS).filter(isCheckId).toSorted(),
  aliases: ALIASES,
  async load(id) {
    const current = ALIASES[id] ?? id;
    const load = Object.hasOwn(CHECKS, current) ? CHECKS[current] : undefined;
    if (load === undefined)
      throw new CodedError('NOT_FOUND', `There is no check "${id}".`, { next: 'See "holdfast checks list".' });
    return (await load()).check;
  },
};

function isCheckId(text: string): text is CheckId {
  return text.includes('/');
}
