import type { Failure } from '../../domain/check.ts';
import type { HiddenFact, InventoryContext, InventoryFact, InventoryRead } from '../../domain/inventory.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import { everyResource, resourceId } from '../../domain/resource-id.ts';
import {
  asKind,
  type Cluster,
  type KindName,
  type Kinds,
  type KubernetesReader,
  type Listing,
} from '../../providers/kubernetes/reader.ts';
import { settingsOf } from './settings.ts';

/** A cluster as one source of facts sees it: the lists that it asked for. */
export interface Scan {
  readonly cluster: Cluster;
  all<Name extends KindName>(kind: Name): readonly Kinds[Name][];
  /** A fact; `name` begins with the namespace and a slash where it has one, so that a namespace can hide it. */
  fact(kind: string, name: string, value: JsonObject): InventoryFact;
  hidden(kind: string, name: string, failure: Failure): HiddenFact;
  /** Why a list is not whole there; null: it is. */
  trouble(kind: KindName, namespace: string): Failure | null;
}

/** The lists that facts of a kind are made of, and how far one that could not be read reaches. */
export interface Made {
  readonly of: readonly KindName[];
  /**
   * `namespace`: a list that could not be read in one namespace hides the facts there. `all`: it hides them all, as they
   * are put together from every namespace. `self`: the source hides by itself what it must.
   */
  readonly hides: 'namespace' | 'all' | 'self';
}

/**
 * Opens the cluster that the settings choose, reads the lists that facts are made of, and hides what could not be read.
 * Without any kubeconfig there is nothing to be read, and nothing hidden. Throws ClusterAway as the reader does, and
 * SETTINGS_INVALID.
 */
export async function scanCluster(
  reader: KubernetesReader,
  context: InventoryContext,
  made: Readonly<Record<string, Made>>,
  read: (scan: Scan) => InventoryRead,
): Promise<InventoryRead> {
  const settings = settingsOf(context.settings);
  if (settings.mayBeMissing && settings.context === undefined && (await reader.contexts()).length === 0)
    return { facts: [], hidden: [] };
  const cluster = await reader.cluster(settings, context.together);
  const names = [...new Set(Object.values(made).flatMap((each) => each.of))];
  const lists = new Map<KindName, Listing<unknown>>(
    await Promise.all(names.map(async (name) => [name, await cluster.list(name, context.signal)] as const)),
  );
  const { facts, hidden } = read(scanOf(cluster, lists));
  return { facts, hidden: [...hidden, ...hiddenBy(lists, cluster, made)] };
}

function scanOf(cluster: Cluster, lists: ReadonlyMap<KindName, Listing<unknown>>): Scan {
  const idOf = (kind: string, name: string): string => resourceId('kubernetes', cluster.uid, kind, name);
  return {
    cluster,
    all: <Name extends KindName>(kind: Name) => asKind(kind, lists.get(kind)?.objects ?? []),
    fact: (kind, name, value) => ({ kind, resource: idOf(kind, name), name: printable(name), value }),
    hidden: (kind, name, failure) => ({ kind, resource: idOf(kind, name), name: printable(name), failure }),
    trouble: (kind, namespace) =>
      lists.get(kind)?.hidden.find((part) => part.namespace === null || part.namespace === namespace)?.failure ?? null,
  };
}

function hiddenBy(
  lists: ReadonlyMap<KindName, Listing<unknown>>,
  { uid }: Cluster,
  made: Readonly<Record<string, Made>>,
): readonly HiddenFact[] {
  const parts = Object.entries(made).flatMap(([kind, { of, hides }]) =>
    hides === 'self'
      ? []
      : of.flatMap((list) =>
          (lists.get(list)?.hidden ?? []).map(({ namespace, failure }): HiddenFact => {
            const isAll = namespace === null || hides === 'all';
            return {
              kind,
              resource: isAll
                ? everyResource('kubernetes', uid, kind)
                : `${resourceId('kubernetes', uid, kind, namespace)}/*`,
              name: isAll ? `every ${kind}` : `every ${kind} of ${printable(namespace)}`,
              failure,
            };
          }),
        ),
  );
  // Several lists may hide the same facts: the first reason says enough.
  return [...Map.groupBy(parts, ({ resource }) => resource).values()].flatMap(([first]) => first ?? []);
}

/** `prod/web`; of no namespace: `web`. */
export function fullName({
  metadata,
}: {
  readonly metadata: { readonly namespace?: string; readonly name: string };
}): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** Set semantics: sorted by code unit, each once. */
export function sortedSet(values: Iterable<string>): string[] {
  return [...new Set(values)].toSorted();
}
