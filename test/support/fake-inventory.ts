import type { HiddenFact, InventoryCatalog, InventoryFact, InventorySource } from '../../src/domain/inventory.ts';
import type { Inventory } from '../../src/domain/baseline.ts';
import { canonicalInventory } from '../../src/domain/drift.ts';
import type { JsonObject } from '../../src/domain/json.ts';

const ACCOUNT = 'host:abc';

export function fact(kind: string, name: string, value: JsonObject = {}, account = ACCOUNT): InventoryFact {
  return { kind, resource: `${account}/${kind}/${name}`, name, value };
}

/** One resource, or with `*` all of its kind, that can't be read. */
export function hiddenFact(kind: string, name: string, account = ACCOUNT): HiddenFact {
  return {
    kind,
    resource: `${account}/${kind}/${name}`,
    name,
    failure: { code: 'EACCES', message: 'may not be read' },
  };
}

/** A inventory of these facts, of the kinds that they and `kinds` name. */
export function inventory(
  facts: readonly InventoryFact[],
  edit: { readonly hidden?: readonly HiddenFact[]; readonly kinds?: readonly string[] } = {},
): Inventory {
  const hidden = edit.hidden ?? [];
  const kinds = edit.kinds ?? [];
  return canonicalInventory({ kinds: [...kinds, ...[...facts, ...hidden].map(({ kind }) => kind)], facts, hidden });
}

/** What a test moves: the facts of a source, what is hidden, and what it throws instead of an answer. */
interface FakeWorld {
  facts: readonly InventoryFact[];
  hidden: readonly HiddenFact[];
  trouble: Error | null;
}

export function aWorld(facts: readonly InventoryFact[]): FakeWorld {
  return { facts, hidden: [], trouble: null };
}

export function aSource(
  world: FakeWorld,
  kinds: readonly string[],
  edit: Partial<InventorySource> = {},
): InventorySource {
  const meant = (kind: string) =>
    [kind, { noun: `a ${kind}`, added: 'high', removed: 'low', changed: 'medium' }] as const;
  return {
    id: 'host/fake',
    title: 'A source of a test',
    description: 'What the test says.',
    kinds: Object.fromEntries(kinds.map(meant)),
    timeoutMs: 5_000,
    read: async () => {
      if (world.trouble !== null) throw world.trouble;
      return { facts: world.facts, hidden: world.hidden };
    },
    ...edit,
  };
}

export function inventoryOf(...sources: readonly InventorySource[]): InventoryCatalog {
  return {
    ids: sources.map(({ id }) => id),
    load: async (id) => {
      const source = sources.find((candidate) => candidate.id === id);
      if (source === undefined) throw new Error(`no source ${id}`);
      return source;
    },
  };
}
