import type { Inventory } from '../../../src/domain/baseline.ts';
import { driftOf } from '../../../src/domain/drift.ts';
import type { InventoryRead, InventorySource } from '../../../src/domain/inventory.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { KubernetesReader } from '../../../src/providers/kubernetes/reader.ts';
import { inventoryContext, type Collected } from '../inventory.ts';
import type { World } from './world.ts';

type Source = InventorySource<KubernetesReader>;

export function readIn(world: World, source: Source, settings: JsonObject = {}): Promise<InventoryRead> {
  return source.read(world.reader, inventoryContext([], settings));
}

/** What a source sees in a world, by `<kind>/<name>`; held to the contract of sources. */
export async function collectIn(world: World, source: Source, settings: JsonObject = {}): Promise<Collected> {
  const { facts, hidden } = await readIn(world, source, settings);
  const known = new Set(Object.keys(source.kinds));
  for (const { kind, resource } of [...facts, ...hidden])
    if (!known.has(kind) || !/^kubernetes:[0-9a-f-]+\//.test(resource) || !tail(resource).startsWith(`${kind}/`))
      throw new Error(`${resource} is no ${kind}`);
  if (new Set(facts.map(({ resource }) => resource)).size < facts.length) throw new Error('two facts of one resource');
  return {
    facts: Object.fromEntries(facts.map(({ resource, value }) => [tail(resource), value])),
    hidden: Object.fromEntries(hidden.map(({ resource, failure }) => [tail(resource), failure.code])),
  };
}

/** How a second world differs from a first, as a scan would tell it: `added grant User/ana`. */
export async function driftBetween(
  first: World,
  second: World,
  sources: readonly Source[],
): Promise<{ readonly drifted: readonly string[]; readonly incomparable: readonly string[] }> {
  const { drifted, incomparable } = driftOf(await inventoryOf(first, sources), await inventoryOf(second, sources));
  return {
    drifted: drifted.map(({ direction, kind, name }) => `${direction} ${kind} ${name}`),
    incomparable: incomparable.map(({ resource, failure }) => `${tail(resource)} ${failure.code}`),
  };
}

/** `public-service/prod/web`: a resource without its cluster. */
function tail(resource: string): string {
  return resource.slice(resource.indexOf('/') + 1);
}

async function inventoryOf(world: World, sources: readonly Source[]): Promise<Inventory> {
  const parts = await Promise.all(sources.map((source) => readIn(world, source)));
  return {
    kinds: sources.flatMap((source) => Object.keys(source.kinds)),
    facts: parts.flatMap(({ facts }) => facts),
    hidden: parts.flatMap(({ hidden }) => hidden),
  };
}
