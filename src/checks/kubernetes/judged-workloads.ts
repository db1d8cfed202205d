import * as z from 'zod';
import {
  containersOf,
  createOwners,
  podDescriptionOf,
  type KindName,
  type KubeObject,
  type PlacedContainer,
  type Pod,
  type PodDescription,
  type Job,
  type ReplicaSet,
} from '../../providers/kubernetes/reader.ts';
import { clusterShape } from './cluster-params.ts';
import { isSystemNamespace } from './rule-choice.ts';
import type { Named, Scene, Wants } from './scene.ts';

/** A workload at the top of its owners, with the description of its pods that is judged. */
export interface JudgedWorkload {
  /** What it is told as. */
  readonly named: Named;
  /** What holds the description: itself; or one of its children, where it is of a kind that is not listed. */
  readonly object: KubeObject;
  readonly pods: PodDescription;
  readonly containers: readonly PlacedContainer[];
  /** Users, groups, capabilities and profiles of Linux say nothing there. */
  readonly isWindows: boolean;
  /** Its pods have run, and will not again. */
  readonly isFinished: boolean;
}

const KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'ReplicationController',
  'ReplicaSet',
  'Job',
  'Pod',
] as const satisfies readonly KindName[];

/** What every check of workloads' descriptions takes, beside the choice of rules. */
export const workloadShape = {
  ...clusterShape,
  openshift: z
    .boolean()
    .default(false)
    .describe(
      'Look at the DeploymentConfigs of OpenShift, too. Where there are none, that may need rights of its own.',
    ),
};

/** The lists that `judgedWorkloads` reads. */
export function workloadWants({ openshift }: { readonly openshift: boolean }): Wants {
  return { needs: [...KINDS], helps: openshift ? ['DeploymentConfig'] : [] };
}

/**
 * Each workload once, by the template at the top: what belongs to something that is judged itself is left out. Pods and
 * ReplicaSets of an owner of another kind (a Rollout, say) are told as that owner, once. A static pod is told as itself.
 * What is on its way out, and pods that have run to their end, are no concern.
 */
export function judgedWorkloads(scene: Scene, { system }: { readonly system: boolean }): readonly JudgedWorkload[] {
  const objects = [
    ...scene.all('DeploymentConfig'),
    ...KINDS.flatMap((kind): readonly KubeObject[] => scene.all(kind)),
  ];
  const owners = createOwners([...scene.all('ReplicaSet'), ...scene.all('Job'), ...scene.all('ReplicationController')]);
  const known = new Set(objects.map(keyOf));
  const told = new Set<string>();
  return objects.flatMap((object) => {
    if (object.metadata.deletionTimestamp !== undefined || isOver(object)) return [];
    if (!system && isSystemNamespace(object.metadata.namespace)) return [];
    const owner = namedOwner(owners.of(object));
    const isItself = owner.kind === 'Node' || keyOf(owner) === keyOf(object);
    if (!isItself && (known.has(keyOf(owner)) || told.has(keyOf(owner)) || isOldRevision(object))) return [];
    const named = isItself ? object : owner;
    told.add(keyOf(named));
    const pods = podDescriptionOf(object);
    return pods === null ? [] : [judged(named, object, pods)];
  });
}

function judged(named: Named, object: KubeObject, pods: PodDescription): JudgedWorkload {
  return {
    named,
    object,
    pods,
    containers: containersOf(pods),
    isWindows: pods.spec.os?.name === 'windows' || pods.spec.nodeSelector?.['kubernetes.io/os'] === 'windows',
    isFinished: object.kind === 'Job' && isDone(object as Job),
  };
}

function namedOwner({ kind, namespace, name }: { kind: string; namespace: string; name: string }): Named {
  return { kind, metadata: { name, ...(namespace === '' ? {} : { namespace }) } };
}

function isOver(object: KubeObject): boolean {
  const phase = object.kind === 'Pod' ? (object as Pod).status?.phase : undefined;
  return phase === 'Succeeded' || phase === 'Failed';
}

function isDone({ status }: Job): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: is }) => is === 'True' && (type === 'Complete' || type === 'Failed'),
  );
}

/** What an owner of another kind has scaled down, and keeps to go back to. */
function isOldRevision(object: KubeObject): boolean {
  return object.kind === 'ReplicaSet' && (object as ReplicaSet).spec?.replicas === 0;
}

function keyOf({ kind, metadata }: Named): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
