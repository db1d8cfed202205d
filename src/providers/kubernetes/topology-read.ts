import type { KindName } from './kinds.ts';
import type { Listing } from './list.ts';
import type { Cluster } from './reader.ts';
import { edgesOf } from './topology-edges.ts';
import type { Topology, TopologyEdge, TopologyNode } from './topology.ts';

/** The kinds that are listed for it. ConfigMaps, Secrets and accounts are known by who names them. */
export const TOPOLOGY_KINDS = [
  'APIService',
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Gateway',
  'HorizontalPodAutoscaler',
  'HTTPRoute',
  'Ingress',
  'Job',
  'MutatingWebhookConfiguration',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'Pod',
  'PodDisruptionBudget',
  'ReplicaSet',
  'Service',
  'StatefulSet',
  'ValidatingWebhookConfiguration',
] as const satisfies readonly KindName[];

/** Who relies on whom, from the lists that the checks of a run read too. */
export async function topologyOf(cluster: Cluster, signal: AbortSignal): Promise<Topology> {
  const listed = await Promise.all(
    TOPOLOGY_KINDS.map(async (kind) => [kind, await cluster.list(kind, signal)] as const),
  );
  const lists = new Map<KindName, Listing<unknown>>(listed);
  const { nodes, edges } = edgesOf((kind) => lists.get(kind)?.objects ?? []);
  const unread = new Set<string>(listed.flatMap(([kind, { hidden }]) => (hidden.length > 0 ? [kind] : [])));
  // Only of what was listed in full can it be said that it is not there.
  const isSure = ({ kind, namespace }: TopologyNode): boolean =>
    !unread.has(kind) && (namespace === null || cluster.includes(namespace));
  const known = [...nodes].map(
    ([key, node]) => [key, node.exists === false && !isSure(node) ? { ...node, exists: null } : node] as const,
  );
  return {
    nodes: new Map(known.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    edges: inOrder(edges),
    hidden: listed.flatMap(([kind, { hidden }]) => hidden.map((part) => ({ ...part, kind }))),
  };
}

function inOrder(edges: readonly TopologyEdge[]): readonly TopologyEdge[] {
  const keyed = new Map(
    edges.map((edge) => [`${edge.from}\0${edge.relation}\0${edge.to}\0${edge.detail ?? ''}`, edge]),
  );
  return [...keyed].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge);
}
