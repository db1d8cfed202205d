import type { Inventory } from '../../../src/domain/baseline.ts';
import { driftOf } from '../../../src/domain/drift.ts';
import type { InventorySource } from '../../../src/domain/inventory.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { AwsReader } from '../../../src/providers/aws/reader.ts';
import { inventoryContext, type Collected } from '../inventory.ts';
import type { AwsWorld } from './aws-world.ts';
import { ACCOUNT } from './fake-aws.ts';

type Source = InventorySource<AwsReader>;

/** The inventory of a world as a scan takes it; held to the contract of sources. */
export async function inventoryIn(
  { reader }: AwsWorld,
  sources: readonly Source[],
  settings: JsonObject = {},
): Promise<Inventory> {
  const context = inventoryContext([], settings);
  const parts = await Promise.all(sources.map((source) => source.read(reader, context)));
  const kinds = sources.flatMap((source) => Object.keys(source.kinds));
  const facts = parts.flatMap((part) => part.facts);
  const hidden = parts.flatMap((part) => part.hidden);
  for (const { kind, resource } of [...facts, ...hidden])
    if (!kinds.includes(kind) || !resource.startsWith(`aws:${ACCOUNT}/${kind}/`))
      throw new Error(`${resource} is no ${kind}`);
  if (new Set(facts.map(({ resource }) => resource)).size < facts.length) throw new Error('two facts of one resource');
  return { kinds, facts, hidden };
}

/** What sources see, by `<kind>/<name>`. */
export async function factsIn(world: AwsWorld, source: Source, settings: JsonObject = {}): Promise<Collected> {
  const { facts, hidden } = await inventoryIn(world, [source], settings);
  return {
    facts: Object.fromEntries(facts.map(({ resource, value }) => [tail(resource), value])),
    hidden: Object.fromEntries(hidden.map(({ resource, failure }) => [tail(resource), failure.code])),
  };
}

/** How an inventory differs from an earlier one: `added access-key ana/…1234`. */
export function driftWords(before: Inventory, after: Inventory): readonly string[] {
  const { drifted, incomparable } = driftOf(before, after);
  return [
    ...drifted.map(({ direction, kind, name }) => `${direction} ${kind} ${name}`),
    ...incomparable.map(({ resource, failure }) => `incomparable ${tail(resource)} ${failure.code}`),
  ];
}

function tail(resource: string): string {
  return resource.slice(`aws:${ACCOUNT}/`.length);
}
