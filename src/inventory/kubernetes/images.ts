import type { InventoryFact, InventorySource } from '../../domain/inventory.ts';
import {
  containersOf,
  createOwners,
  type ContainerStatus,
  type KubeObject,
  type KubernetesReader,
  type Pod,
} from '../../providers/kubernetes/reader.ts';
import { scanCluster, sortedSet, type Scan } from './scan.ts';
import { topWorkloads, WORKLOAD_LISTS, workloadName, type TopWorkload } from './workloads.ts';

export const source: InventorySource<KubernetesReader> = {
  id: 'kubernetes/images',
  title: 'What runs, by digest',
  description: `One fact for each container of each workload at the top of its controllers: the image as its template names it, and the digests of what its pods really run, as sets (while a rollout goes on there are two). A tag that was moved to another image shows, though nothing in the cluster was written.

The value holds the uid of the workload. A container of which no pod tells a digest (scaled to nought, between two runs, or waiting for its image) does not run, and is no fact until it does. Debugging containers are left out.`,
  kinds: {
    image: { noun: 'an image that runs', added: 'low', removed: 'info', changed: 'low' },
  },
  timeoutMs: 60_000,

  read: (reader, context) =>
    scanCluster(reader, context, { image: { of: WORKLOAD_LISTS, hides: 'namespace' } }, (scan) => {
      const digests = runningDigests(scan);
      return { facts: topWorkloads(scan).flatMap((workload) => imagesOf(scan, workload, digests)), hidden: [] };
    }),
};

function imagesOf(
  scan: Scan,
  workload: TopWorkload,
  digests: ReadonlyMap<string, ReadonlySet<string>>,
): readonly InventoryFact[] {
  const containers = workload.specs.flatMap((spec) => containersOf({ spec, path: '' }));
  return [...Map.groupBy(containers, ({ container }) => container.name)].flatMap(([container, same]) => {
    const name = `${workloadName(workload)}/${container}`;
    const running = digests.get(name);
    if (running === undefined) return [];
    const images = sortedSet(same.flatMap((placed) => placed.container.image ?? []));
    return [scan.fact('image', name, { uid: workload.uid, images, digests: sortedSet(running) })];
  });
}

/** The digests of the pods of each workload, by the name of the fact. */
function runningDigests(scan: Scan): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = createOwners(
    WORKLOAD_LISTS.filter((kind) => kind !== 'Pod').flatMap((kind): readonly KubeObject[] => scan.all(kind)),
  );
  const digests = new Map<string, Set<string>>();
  for (const pod of scan.all('Pod')) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const workload = workloadName(owners.of(pod));
    for (const { name, imageID } of statusesOf(pod)) {
      const digest = digestOf(imageID);
      if (digest === null) continue;
      const known = digests.get(`${workload}/${name}`) ?? new Set();
      digests.set(`${workload}/${name}`, known.add(digest));
    }
  }
  return digests;
}

function statusesOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** `docker-pullable://registry/app@sha256:…` -> `sha256:…`: where it came from may differ from node to node. */
function digestOf(imageID: string | undefined): string | null {
  return /sha256:[0-9a-f]{64}/.exec(imageID ?? '')?.[0] ?? null;
}
