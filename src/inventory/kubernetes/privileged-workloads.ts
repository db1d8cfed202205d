import type { InventoryFact, InventorySource } from '../../domain/inventory.ts';
import {
  containersOf,
  type Container,
  type KubernetesReader,
  type PodSpec,
} from '../../providers/kubernetes/reader.ts';
import { scanCluster, sortedSet, type Scan } from './scan.ts';
import { topWorkloads, WORKLOAD_LISTS, workloadName, type TopWorkload } from './workloads.ts';

export const source: InventorySource<KubernetesReader> = {
  id: 'kubernetes/privileged-workloads',
  title: 'Workloads that reach beyond their containers',
  description: `Workloads whose pods are privileged, share the network, the processes or the memory of their node, mount its folders (\`hostPath\`, with \`read-only\` where every mount of it is), or are given capabilities. One fact for each workload at the top of its controllers, by its template; of what no workload controls, by the pod.

The value holds the uid of the workload, so that one that was deleted and made again shows. What a webhook puts into pods when they are made is not in a template: the webhook itself is a fact of kubernetes/webhooks.`,
  kinds: {
    'privileged-workload': {
      noun: 'a workload that reaches beyond its containers',
      added: 'high',
      removed: 'low',
      changed: 'high',
    },
  },
  timeoutMs: 60_000,

  read: (reader, context) =>
    scanCluster(reader, context, { 'privileged-workload': { of: WORKLOAD_LISTS, hides: 'namespace' } }, (scan) => ({
      facts: topWorkloads(scan).flatMap((workload) => privileged(scan, workload)),
      hidden: [],
    })),
};

function privileged(scan: Scan, workload: TopWorkload): readonly InventoryFact[] {
  const shares = sortedSet(workload.specs.flatMap(sharedOf));
  const hostPaths = sortedSet(workload.specs.flatMap(hostPathsOf));
  const containers = sortedSet(workload.specs.flatMap((spec) => containersOf({ spec, path: '' }).flatMap(powersOf)));
  if (shares.length === 0 && hostPaths.length === 0 && containers.length === 0) return [];
  return [
    scan.fact('privileged-workload', workloadName(workload), { uid: workload.uid, shares, hostPaths, containers }),
  ];
}

function sharedOf(spec: PodSpec): readonly string[] {
  return (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true);
}

function hostPathsOf(spec: PodSpec): readonly string[] {
  return (spec.volumes ?? []).flatMap(({ name, hostPath }) =>
    hostPath === undefined ? [] : [`${hostPath.path ?? ''}${isReadOnly(spec, name) ? ' (read-only)' : ''}`],
  );
}

function isReadOnly(spec: PodSpec, volume: string): boolean {
  const mounts = containersOf({ spec, path: '' })
    .flatMap(({ container }) => container.volumeMounts ?? [])
    .filter(({ name }) => name === volume);
  return mounts.every(({ readOnly }) => readOnly === true);
}

/** `app: privileged`, `app: capability NET_ADMIN`. */
function powersOf({ container }: { readonly container: Container }): readonly string[] {
  const { name, securityContext = {} } = container;
  const isPrivileged = securityContext.privileged === true || securityContext.windowsOptions?.hostProcess === true;
  return [
    ...(isPrivileged ? [`${name}: privileged`] : []),
    ...(securityContext.capabilities?.add ?? []).map(
      (capability) => `${name}: capability ${capability.toUpperCase().replace(/^CAP_/, '')}`,
    ),
    ...(securityContext.procMount === 'Unmasked' ? [`${name}: unmasked /proc`] : []),
  ];
}
