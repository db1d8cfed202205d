import type { HiddenPart } from './list.ts';
import type { KindName } from './kinds.ts';

/**
 * How one thing relates to another, read from its side: an Ingress `routes` to a Service, a Service `selects` a
 * workload, a workload `mounts` a claim, `reads` a ConfigMap into its environment, `runs-as` a service account and
 * `runs-on` a node, a budget `protects` it, a policy `restricts` it, an autoscaler `scales` it, a CronJob `owns` its Jobs.
 */
export const RELATIONS = [
  'owns',
  'selects',
  'routes',
  'mounts',
  'reads',
  'scales',
  'protects',
  'restricts',
  'runs-as',
  'runs-on',
  'binds',
] as const;
export type Relation = (typeof RELATIONS)[number];

/** A thing in a cluster. Pods are not among them but where nobody owns them: they count for their owner. */
export interface TopologyNode {
  readonly kind: string;
  /** null: it belongs to none. */
  readonly namespace: string | null;
  readonly name: string;
  /** How many pods of it were seen; null: it is nothing that has pods. */
  readonly pods: number | null;
  /** False: others name it, and it is not there. null: its kind is not listed, so nobody knows. */
  readonly exists: boolean | null;
}

export interface TopologyEdge {
  readonly from: TopologyKey;
  readonly to: TopologyKey;
  readonly relation: Relation;
  /** What more there is to say: the hosts of an Ingress, the number of pods on a node. */
  readonly detail: string | null;
}

/** `Deployment prod/web`, `Node node-a`. */
export type TopologyKey = string;

export interface Topology {
  /** By key, in order. */
  readonly nodes: ReadonlyMap<TopologyKey, TopologyNode>;
  /** Sorted by from, relation, to; each once. */
  readonly edges: readonly TopologyEdge[];
  /** What could not be read, so that edges may be missing. */
  readonly hidden: readonly (HiddenPart & { readonly kind: KindName })[];
}

export function topologyKey(kind: string, namespace: string | null | undefined, name: string): TopologyKey {
  return `${kind} ${namespace === null || namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`;
}

/**
 * What relies on a thing, one sentence each: who selects, scales, mounts or protects it, and who reaches it through
 * that. What could not be read is said, so that an empty list is not taken for "nothing".
 */
export function dependentsOf(topology: Topology, key: TopologyKey): readonly string[] {
  const incoming = Map.groupBy(topology.edges, ({ to }) => to);
  const direct = (incoming.get(key) ?? []).filter(({ relation }) => relation !== 'owns');
  const sentences = direct.flatMap((edge) => [
    sentenceOf(edge),
    ...(incoming.get(edge.from) ?? [])
      .filter(({ relation }) => relation === 'routes')
      .map((through) => `${sentenceOf(through)}, and so to it`),
  ]);
  const unread = [...new Set(topology.hidden.map(({ kind }) => kind))].toSorted();
  return [
    ...new Set(sentences),
    ...(unread.length === 0 ? [] : [`Not everything could be seen: ${unread.join(', ')} could not be read in full`]),
  ];
}

const VERBS: Readonly<Record<Relation, string>> = {
  owns: 'owns it',
  selects: 'selects it',
  routes: 'routes to',
  mounts: 'mounts it',
  reads: 'reads it into its environment',
  scales: 'scales it',
  protects: 'limits how many of its pods may be away',
  restricts: 'restricts its traffic',
  'runs-as': 'runs as it',
  'runs-on': 'runs on it',
  binds: 'is bound to it',
};

function sentenceOf({ from, to, relation, detail }: TopologyEdge): string {
  const verb = relation === 'routes' ? `routes to ${to}` : VERBS[relation];
  return `${from} ${verb}${detail === null ? '' : ` (${detail})`}`;
}
