import { CodedError } from '../domain/coded-error.ts';
import type { InventoryCatalog, InventorySource, InventorySourceId } from '../domain/inventory.ts';

/** One line per source of facts, sorted. Nothing is imported before a scan asks for it. */
const SOURCES: Readonly<Record<InventorySourceId, () => Promise<{ readonly source: InventorySource }>>> = {
  'aws/access-keys': () => import('./aws/access-keys.ts'),
  'aws/account-guards': () => import('./aws/account-guards.ts'),
  'aws/analyzer': () => import('./aws/analyzer.ts'),
  'aws/buckets': () => import('./aws/buckets.ts'),
  'aws/endpoints': () => import('./aws/endpoints.ts'),
  'aws/permissions': () => import('./aws/permissions.ts'),
  'aws/resource-policies': () => import('./aws/resource-policies.ts'),
  'aws/role-trust': () => import('./aws/role-trust.ts'),
  'aws/security-groups': () => import('./aws/security-groups.ts'),
  'aws/shared-copies': () => import('./aws/shared-copies.ts'),
  'aws/users': () => import('./aws/users.ts'),
  'host/accounts': () => import('./host/accounts.ts'),
  'host/authorized-keys': () => import('./host/authorized-keys.ts'),
  'host/kernel-modules': () => import('./host/kernel-modules.ts'),
  'host/listeners': () => import('./host/listeners.ts'),
  'host/mounts': () => import('./host/mounts.ts'),
  'host/named-files': () => import('./host/named-files.ts'),
  'host/package-sources': () => import('./host/package-sources.ts'),
  'host/scheduled-jobs': () => import('./host/scheduled-jobs.ts'),
  'host/setuid-files': () => import('./host/setuid-files.ts'),
  'host/sudoers': () => import('./host/sudoers.ts'),
  'kubernetes/exposures': () => import('./kubernetes/exposures.ts'),
  'kubernetes/grants': () => import('./kubernetes/grants.ts'),
  'kubernetes/images': () => import('./kubernetes/images.ts'),
  'kubernetes/namespace-policies': () => import('./kubernetes/namespace-policies.ts'),
  'kubernetes/privileged-workloads': () => import('./kubernetes/privileged-workloads.ts'),
  'kubernetes/webhooks': () => import('./kubernetes/webhooks.ts'),
};

export const inventoryCatalog: InventoryCatalog = {
  ids: Object.keys(SOURCES).filter(isSourceId).toSorted(),
  async load(id) {
    const load = Object.hasOwn(SOURCES, id) ? SOURCES[id] : undefined;
    if (load === undefined)
      throw new CodedError('NOT_FOUND', `There is no source of inventory facts "${id}".`, {
        next: `There are: ${inventoryCatalog.ids.join(', ')}.`,
      });
    return (await load()).source;
  },
};

function isSourceId(text: string): text is InventorySourceId {
  return text.includes('/');
}
