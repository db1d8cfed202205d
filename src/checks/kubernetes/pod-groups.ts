import {
  controllerOf,
  createOwners,
  type Container,
  type ContainerStatus,
  type KubeObject,
  type Owner,
  type Pod,
} from '../../providers/kubernetes/reader.ts';
import type { Named, Scene } from './scene.ts';

/** The pods that are told under one owner. */
export interface PodGroup {
  readonly owner: Owner;
  readonly pods: readonly Pod[];
}

/** What a check must list to tell pods under their owners. */
export const POD_LISTS = ['Pod', 'ReplicaSet', 'Job'] as const;

/** Every pod under the workload at the top of its controllers; the scene must have POD_LISTS. */
export function podsByOwner(scene: Scene): readonly PodGroup[] {
  const [pods, ...middle] = [scene.all('Pod'), scene.all('ReplicaSet'), scene.all('Job')] as const;
  const before = known.get(pods);
  if (before !== undefined && before.middle.every((list, index) => list === middle[index])) return before.groups;
  const groups = groupsOf(pods, middle.flat());
  known.set(pods, { middle, groups });
  return groups;
}

/** The checks of one run look at the same lists. */
const known = new WeakMap<
  readonly Pod[],
  { readonly middle: readonly (readonly KubeObject[])[]; readonly groups: readonly PodGroup[] }
>();

function groupsOf(pods: readonly Pod[], middle: readonly KubeObject[]): readonly PodGroup[] {
  const owners = createOwners(middle);
  const groups = new Map<string, { readonly owner: Owner; readonly pods: Pod[] }>();
  for (const pod of pods) {
    const owner = owners.of(pod);
    const key = `${owner.kind} ${owner.namespace}/${owner.name}`;
    const group = groups.get(key) ?? { owner, pods: [] };
    group.pods.push(pod);
    groups.set(key, group);
  }
  return [...groups.values()];
}

export function asNamed({ kind, namespace, name }: Owner): Named {
  return { kind, metadata: { name, ...(namespace === '' ? {} : { namespace }) } };
}

export function controllerKind(object: KubeObject): string | null {
  return controllerOf(object)?.kind ?? null;
}

/** True while the pod is meant to work: neither finished nor on its way out. */
export function isLive({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/** Of a pod that was put off its node, and did not fail by itself. */
export function isPushedOut({ status }: Pod): boolean {
  return PUSHED_OUT.has(status?.reason ?? '');
}

const PUSHED_OUT: ReadonlySet<string> = new Set([
  'Evicted',
  'NodeShutdown',
  'Shutdown',
  'Terminated',
  'Preempting',
  'Preempted',
]);

/** One container of a pod as the kubelet tells of it. */
export interface ToldContainer {
  readonly name: string;
  readonly sort: 'main' | 'init' | 'sidecar' | 'ephemeral';
  readonly status: ContainerStatus;
  /** `status.containerStatuses[0]` */
  readonly path: string;
  readonly spec: Container | undefined;
}

/** Of every sort: main, init, native sidecar and ephemeral. */
export function toldContainers({ spec, status }: Pod): readonly ToldContainer[] {
  const place = (
    statuses: readonly ContainerStatus[] | undefined,
    specs: readonly Container[] | undefined,
    field: string,
    sort: ToldContainer['sort'],
  ): ToldContainer[] =>
    (statuses ?? []).map((told, index) => {
      const described = specs?.find(({ name }) => name === told.name);
      return {
        name: nameOf(told, index),
        sort: sort === 'init' && described?.restartPolicy === 'Always' ? 'sidecar' : sort,
        status: told,
        path: `status.${field}[${index}]`,
        spec: described,
      };
    });
  return [
    ...place(status?.initContainerStatuses, spec?.initContainers, 'initContainerStatuses', 'init'),
    ...place(status?.containerStatuses, spec?.containers, 'containerStatuses', 'main'),
    ...place(status?.ephemeralContainerStatuses, spec?.ephemeralContainers, 'ephemeralContainerStatuses', 'ephemeral'),
  ];
}

/** A status says of which container it is; only what is written by hand does not. */
function nameOf({ name }: { readonly name?: string }, index: number): string {
  return name === undefined || name === '' ? `#${index}` : name;
}
