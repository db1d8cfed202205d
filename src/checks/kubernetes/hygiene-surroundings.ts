import type {
  Deployment,
  HorizontalPodAutoscaler,
  LimitRange,
  PodDisruptionBudget,
  Service,
} from '../../providers/kubernetes/reader.ts';
import type { JudgedWorkload } from './judged-workloads.ts';
import type { Scene } from './scene.ts';

export type ResourceName = 'cpu' | 'memory';
export type ResourceField = 'limits' | 'requests';

/** What stands around workloads in their namespaces, as far as it was listed. */
export interface Surroundings {
  readonly services: (namespace: string | undefined) => readonly Service[];
  readonly budgets: (namespace: string | undefined) => readonly PodDisruptionBudget[];
  readonly scalers: (namespace: string | undefined) => readonly HorizontalPodAutoscaler[];
  /** True: a LimitRange fills the field in for containers that leave it out. */
  isGiven(namespace: string | undefined, field: ResourceField, resource: ResourceName): boolean;
}

export function surroundingsOf(scene: Scene): Surroundings {
  const ranges = byNamespace<LimitRange>(scene.all('LimitRange'));
  return {
    services: byNamespace(scene.all('Service')),
    budgets: byNamespace(scene.all('PodDisruptionBudget')),
    scalers: byNamespace(scene.all('HorizontalPodAutoscaler')),
    isGiven: (namespace, field, resource) =>
      ranges(namespace).some((range) => givenBy(range, field).some((name) => name === resource)),
  };
}

type ByNamespace<Item> = (namespace: string | undefined) => readonly Item[];

function byNamespace<Item extends { readonly metadata: { readonly namespace?: string } }>(
  items: readonly Item[],
): ByNamespace<Item> {
  const groups = Map.groupBy(items, ({ metadata }) => metadata.namespace);
  return (namespace) => groups.get(namespace) ?? [];
}

/** A default limit is a default request too, where none is said. */
function givenBy({ spec }: LimitRange, field: ResourceField): readonly string[] {
  return (spec?.limits ?? []).flatMap((limit) => {
    if (limit['type'] !== 'Container') return [];
    const limits = namesIn(limit['default']);
    return field === 'limits' ? limits : [...limits, ...namesIn(limit['defaultRequest'])];
  });
}

function namesIn(quantities: unknown): readonly string[] {
  return typeof quantities === 'object' && quantities !== null ? Object.keys(quantities) : [];
}

/** What runs until it is stopped, as against what runs to its end. */
export function isLongRunning({ object, pods }: JudgedWorkload): boolean {
  if (object.kind === 'Job' || object.kind === 'CronJob') return false;
  return object.kind !== 'Pod' || (pods.spec.restartPolicy ?? 'Always') === 'Always';
}

/** How many copies are asked for; null: it is no matter of copies. */
export function replicasOf({ object }: JudgedWorkload): number | null {
  if (!COPIED.has(object.kind)) return null;
  // They all say it in the same place.
  return (object as Deployment).spec?.replicas ?? 1;
}

const COPIED: ReadonlySet<string> = new Set([
  'Deployment',
  'DeploymentConfig',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
]);
