import { CodedError } from '../domain/coded-error.ts';
import {
  dependentsOf,
  topologyOf,
  type ClusterChoice,
  type Topology,
  type TopologyKey,
} from '../providers/kubernetes/reader.ts';
import type { StatefulApp } from './app.ts';
import { openCluster } from './open-cluster.ts';

export interface ClusterTopology {
  readonly cluster: { readonly uid: string; readonly context: string; readonly server: string };
  readonly topology: Topology;
  /** The thing that was asked about, and what relies on it; null: all of it was asked for. */
  readonly focus: { readonly key: TopologyKey; readonly dependents: readonly string[] } | null;
}

/** Who relies on whom in a cluster; of one thing, only what touches it. */
export async function showTopology(
  app: StatefulApp,
  choice: ClusterChoice,
  named: string | null,
  signal: AbortSignal,
): Promise<ClusterTopology> {
  const cluster = await openCluster(app, choice, signal);
  const topology = await topologyOf(cluster, signal);
  const { uid, context, server } = cluster;
  if (named === null) return { cluster: { uid, context, server }, topology, focus: null };
  const key = theOne(topology, named);
  return {
    cluster: { uid, context, server },
    topology: around(topology, key),
    focus: { key, dependents: dependentsOf(topology, key) },
  };
}

/** `deployment/prod/web`, `prod/web` or `web`: as much as fits one thing only. */
function theOne(topology: Topology, named: string): TopologyKey {
  const wanted = named.toLowerCase().replace(' ', '/');
  const found = [...topology.nodes].filter(([, { kind, namespace, name }]) => {
    const place = namespace === null ? name : `${namespace}/${name}`;
    return [name, place, `${kind}/${place}`, `${kind}/${name}`].some((form) => form.toLowerCase() === wanted);
  });
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only[0];
  const keys = found.map(([key]) => key);
  throw new CodedError(
    'NOT_FOUND',
    only === undefined ? `there is no "${named}" in what could be read` : `"${named}" fits several`,
    {
      next:
        only === undefined
          ? 'write it as kind/namespace/name; `holdfast topology` shows what there is'
          : `write one of: ${keys
              .slice(0, 10)
              .map((key) => key.replace(' ', '/').toLowerCase())
              .join(', ')}`,
    },
  );
}

/** The thing, what it touches, and what routes to what touches it. */
function around(topology: Topology, key: TopologyKey): Topology {
  const touching = topology.edges.filter(({ from, to }) => from === key || to === key);
  const callers = new Set(touching.filter(({ to }) => to === key).map(({ from }) => from));
  const edges = topology.edges.filter(
    (edge) => touching.includes(edge) || (edge.relation === 'routes' && callers.has(edge.to)),
  );
  const kept = new Set([key, ...edges.flatMap(({ from, to }) => [from, to])]);
  return { ...topology, edges, nodes: new Map([...topology.nodes].filter(([each]) => kept.has(each))) };
}
