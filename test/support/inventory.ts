import type { InventoryContext, InventorySource } from '../../src/domain/inventory.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { HostDeps, HostReader } from '../../src/providers/host/reader.ts';
import { hostReader } from './host-reader.ts';

export interface Collected {
  /** Values by `<kind>/<name>`, as resources have it after the account. */
  readonly facts: Readonly<Record<string, JsonObject>>;
  /** Codes, in the same way. */
  readonly hidden: Readonly<Record<string, string>>;
}

export function inventoryContext(files: readonly string[] = [], settings: JsonObject = {}): InventoryContext {
  const { signal } = new AbortController();
  return { signal, together: { signal }, files, settings };
}

/** What a source of facts of the host sees in the tree that a test lays out, or on the real machine. */
export async function collect(
  source: InventorySource<HostReader>,
  deps: Partial<HostDeps> = {},
  files: readonly string[] = [],
): Promise<Collected> {
  const { facts, hidden } = await source.read(hostReader(deps), inventoryContext(files));
  const known = new Set(Object.keys(source.kinds));
  for (const { kind, resource } of [...facts, ...hidden])
    if (!known.has(kind) || !resource.startsWith(`host:test/${kind}/`)) throw new Error(`${resource} is no ${kind}`);
  if (new Set(facts.map(({ resource }) => resource)).size < facts.length) throw new Error('two facts of one resource');
  const tail = (resource: string): string => resource.slice('host:test/'.length);
  return {
    facts: Object.fromEntries(facts.map(({ resource, value }) => [tail(resource), value])),
    hidden: Object.fromEntries(hidden.map(({ resource, failure }) => [tail(resource), failure.code])),
  };
}
