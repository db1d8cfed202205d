import {
  controllerOf,
  isKind,
  podDescriptionOf,
  type KindName,
  type KubeObject,
  type PodSpec,
} from '../../providers/kubernetes/reader.ts';
import type { Scan } from './scan.ts';

/** What facts of workloads are made of: a workload whose list is hidden could be the owner of anything. */
export const WORKLOAD_LISTS = [
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
] as const satisfies readonly KindName[];

const READ: ReadonlySet<string> = new Set(WORKLOAD_LISTS);

/** What stands at the top of its controllers, with how it describes its pods. */
export interface TopWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | null;
  /** Its template; of an owner that is not read itself (of a kind of its own), those of what it controls. */
  readonly specs: readonly PodSpec[];
}

/**
 * Every workload once, by its template: pods come and go, and differ while a rollout goes on. Pods count where nothing
 * that is read controls them. What has ended, and old ReplicaSets, are left out.
 */
export function topWorkloads(scan: Scan): readonly TopWorkload[] {
  const objects: readonly KubeObject[] = WORKLOAD_LISTS.flatMap((kind): readonly KubeObject[] => scan.all(kind));
  const byKey = new Map<string, TopWorkload>();
  for (const object of objects) {
    const controller = controllerOf(object);
    const namespace = object.metadata.namespace ?? '';
    if (isOver(object)) continue;
    // One of a kind that is read has its own template; where it is gone, or hidden, this is on its way out, or hidden too.
    if (controller !== null && READ.has(controller.kind)) continue;
    const top =
      controller === null
        ? { kind: object.kind, namespace, name: object.metadata.name, uid: object.metadata.uid ?? null }
        : { kind: controller.kind, namespace, name: controller.name, uid: controller.uid ?? null };
    const key = `${top.kind} ${namespace}/${top.name}`;
    const spec = podDescriptionOf(object)?.spec ?? {};
    byKey.set(key, { ...top, specs: [...(byKey.get(key)?.specs ?? []), spec] });
  }
  return [...byKey.values()];
}

/** `prod/Deployment/web`: the name of a fact about a workload. */
export function workloadName({ kind, namespace, name }: Pick<TopWorkload, 'kind' | 'namespace' | 'name'>): string {
  return `${namespace}/${kind}/${name}`;
}

function isOver(object: KubeObject): boolean {
  if (object.metadata.deletionTimestamp !== undefined) return true;
  if (isKind('Pod', object)) return object.status?.phase === 'Succeeded' || object.status?.phase === 'Failed';
  return isKind('ReplicaSet', object) && controllerOf(object) !== null && object.spec?.replicas === 0;
}
