import {
  ageOf,
  conditionOf,
  createOwners,
  type KubeEvent,
  type KubeObject,
  type Pod,
} from '../../providers/kubernetes/reader.ts';
import { timeOf } from './lasting.ts';
import type { Scene } from './scene.ts';

/** The pods of the workloads that are asked about, and since when their figures are short. */
export interface WorkloadPods {
  /** False: the pods there could not be read. */
  knows(workload: KubeObject): boolean;
  /** Those that are not on their way out. */
  of(workload: KubeObject): readonly Pod[];
}

/** Looks through all pods once, and keeps those of `wanted`. */
export function podsOf(scene: Scene, wanted: readonly KubeObject[]): WorkloadPods {
  const byOwner = new Map<string, Pod[]>(wanted.map((object) => [keyOf(object), []]));
  if (byOwner.size > 0) {
    const owners = createOwners(scene.all('ReplicaSet'));
    for (const pod of scene.all('Pod')) {
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      const { kind, namespace, name } = owners.of(pod);
      byOwner.get(`${kind} ${namespace}/${name}`)?.push(pod);
    }
  }
  return {
    knows: ({ metadata }) => scene.knows('Pod', metadata.namespace),
    of: (workload) => byOwner.get(keyOf(workload)) ?? [],
  };
}

export function isReady({ status }: Pod): boolean {
  return conditionOf(status?.conditions, 'Ready')?.status === 'True';
}

/**
 * Since when a workload lacks `missing` of its pods, by the times of those that are not ready: before the last
 * `missing` of them ceased to be, there were enough. null: no pod says.
 */
export function shortSince(pods: readonly Pod[], missing: number): number | null {
  const times = pods
    .filter((pod) => !isReady(pod))
    .map(notReadySince)
    .toSorted((one, other) => other - one);
  return times[Math.min(missing, times.length) - 1] ?? null;
}

/** One that is not scheduled yet has no condition Ready. */
function notReadySince({ status, metadata }: Pod): number {
  const condition = conditionOf(status?.conditions, 'Ready') ?? conditionOf(status?.conditions, 'PodScheduled');
  return timeOf(condition?.lastTransitionTime ?? metadata.creationTimestamp);
}

/** An event that was repeated this lately still tells of now. */
const FRESH_MS = 3_600_000;

/** The latest warning that pods of a stateful set or a daemon set could not be created: they have no condition for it. */
export function creationRefused(scene: Scene, { kind, metadata }: KubeObject): KubeEvent | null {
  const mine = scene
    .all('Event')
    .filter(
      ({ reason, involvedObject }) =>
        reason === 'FailedCreate' &&
        involvedObject?.kind === kind &&
        involvedObject.namespace === metadata.namespace &&
        involvedObject.name === metadata.name,
    )
    .filter((event) => ageOf(lastSeen(event), scene.now) < FRESH_MS)
    .toSorted((one, other) => timeOf(lastSeen(other)) - timeOf(lastSeen(one)));
  return mine[0] ?? null;
}

function lastSeen({ series, lastTimestamp, eventTime }: KubeEvent): string | undefined {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? undefined;
}

/** When it first came. */
export function firstSeen({ firstTimestamp, eventTime }: KubeEvent): number {
  return timeOf(firstTimestamp ?? eventTime ?? undefined);
}

function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
