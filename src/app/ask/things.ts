import type { CheckId, ResourceId, Together } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { resourceId } from '../../domain/resource-id.ts';
import type { KindName } from '../../providers/kubernetes/kinds.ts';
import type { KubeObject } from '../../providers/kubernetes/objects.ts';
import type { ClusterChoice } from '../../providers/kubernetes/reader.ts';
import type { StatefulApp } from '../app.ts';
import type { Question } from './question.ts';
import type { Routed } from './route.ts';

/** Something that is there, well or not: of a cluster, checks only bring what is worth a word. */
export interface Thing {
  readonly id: ResourceId;
  readonly kind: KindName;
  readonly namespace: string | null;
  readonly name: string;
  readonly facts: JsonObject;
}

/** What each check judges. A check that is not here is about the cluster as a whole, or about what few clusters have. */
const JUDGED: Readonly<Record<CheckId, readonly KindName[]>> = {
  'kubernetes/autoscalers': ['HorizontalPodAutoscaler'],
  'kubernetes/disruption-budgets': ['PodDisruptionBudget'],
  'kubernetes/ingresses': ['Ingress'],
  'kubernetes/jobs': ['Job', 'CronJob'],
  'kubernetes/namespaces': ['Namespace'],
  'kubernetes/nodes': ['Node'],
  'kubernetes/pods-crashlooping': ['Pod'],
  'kubernetes/pods-not-ready': ['Pod'],
  'kubernetes/pods-not-starting': ['Pod'],
  'kubernetes/services': ['Service'],
  'kubernetes/volumes': ['PersistentVolumeClaim', 'PersistentVolume'],
  'kubernetes/workloads': ['Deployment', 'StatefulSet', 'DaemonSet'],
};

/** Words for kinds, beside their own. */
const KINDS_BY_WORD: Readonly<Record<string, readonly KindName[]>> = {
  autoscaler: ['HorizontalPodAutoscaler'],
  hpa: ['HorizontalPodAutoscaler'],
  pdb: ['PodDisruptionBudget'],
  pvc: ['PersistentVolumeClaim'],
  claim: ['PersistentVolumeClaim'],
  volume: ['PersistentVolume', 'PersistentVolumeClaim'],
  workload: ['Deployment', 'StatefulSet', 'DaemonSet'],
  app: ['Deployment', 'StatefulSet', 'DaemonSet'],
};

/** Lists what the Kubernetes checks of a route judge; null: not known, in part or as a whole. */
export async function thingsOf(
  app: StatefulApp,
  routed: readonly Routed[],
  choice: ClusterChoice,
  together: Together,
): Promise<readonly Thing[] | null> {
  const kinds = [...new Set(routed.flatMap(({ check }) => JUDGED[check.id] ?? []))];
  if (kinds.length === 0) return [];
  const { sharedCluster } = await import('../shared-cluster.ts');
  const cluster = await sharedCluster(app, choice, together);
  if (cluster === null) return null;
  const lists = await Promise.all(
    kinds.map(async (kind) => ({ kind, list: await cluster.list(kind, together.signal) })),
  );
  if (lists.some(({ list }) => list.hidden.length > 0)) return null;
  return lists.flatMap(({ kind, list }) => list.objects.map((object) => thing(cluster.uid, kind, object)));
}

function thing(uid: string, kind: KindName, { metadata }: KubeObject): Thing {
  const { name, namespace = null, creationTimestamp = null } = metadata;
  const path = namespace === null ? name : `${namespace}/${name}`;
  return {
    id: resourceId('kubernetes', uid, kind.toLowerCase(), path),
    kind,
    namespace,
    name,
    facts: { namespace, created: creationTimestamp },
  };
}

/** True when a check of the route is about more than things that can be counted: a cluster, or an AWS account. */
export function judgesCluster(routed: readonly Routed[]): boolean {
  return routed.some(
    ({ check }) =>
      check.id.startsWith('aws/') || (check.id.startsWith('kubernetes/') && JUDGED[check.id] === undefined),
  );
}

/** The kinds that the question names. */
export function kindsIn({ words }: Question, things: readonly Thing[]): ReadonlySet<KindName> {
  const named = words.flatMap((word) => KINDS_BY_WORD[word] ?? []);
  const own = things.filter(({ kind }) => words.includes(kind.toLowerCase())).map(({ kind }) => kind);
  return new Set([...named, ...own]);
}
