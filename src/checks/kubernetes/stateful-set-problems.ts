import { conditionOf, type KubeEvent, type Pod, type StatefulSet } from '../../providers/kubernetes/reader.ts';
import { printableStart } from '../../domain/printable.ts';
import { generationLag } from './deployment-problems.ts';
import { conditionPath, timeOf, untold, type LastingProblem } from './lasting.ts';
import type { Scene } from './scene.ts';
import { creationRefused, firstSeen, isReady, shortSince, type WorkloadPods } from './workload-pods.ts';

const DEFAULT_REPLICAS = 1;
const MESSAGE_SHOWN = 160;

function desiredOf({ spec }: StatefulSet): number {
  return spec?.replicas ?? DEFAULT_REPLICAS;
}

export function isUnready(set: StatefulSet): boolean {
  return (set.status?.readyReplicas ?? 0) < desiredOf(set);
}

export function statefulSetProblems(scene: Scene, set: StatefulSet, pods: WorkloadPods): readonly LastingProblem[] {
  return [
    ...unready(scene, set, pods),
    ...updateStuck(set),
    ...generationLag(set, set.status?.observedGeneration),
    ...missingService(scene, set),
    ...missingClasses(scene, set),
  ];
}

/** Its status bears no times: its pods do, or the refusals to create them, or earlier looks. */
function unready(scene: Scene, set: StatefulSet, pods: WorkloadPods): readonly LastingProblem[] {
  if (!isUnready(set)) return [];
  const desired = desiredOf(set);
  const ready = set.status?.readyReplicas ?? 0;
  const mine = pods.of(set);
  const refused = creationRefused(scene, set);
  const first = pods.knows(set) ? firstBroken(set, mine) : null;
  return [
    {
      rule: 'unready',
      about: `${ready} of ${desired} replicas`,
      since: shortSince(mine, desired - ready) ?? (refused === null ? untold(set) : firstSeen(refused)),
      worse: ready === 0,
      fields: [
        { path: 'spec.replicas', value: set.spec?.replicas ?? null },
        { path: 'status.readyReplicas', value: set.status?.readyReplicas ?? null },
        ...(first === null ? [] : memberFields(first)),
        ...refusalFields(refused),
      ],
    },
  ];
}

interface Member {
  readonly name: string;
  readonly pod: Pod | null;
}

/** The members of an ordered set start one after the other: the first that is not ready holds up the rest. */
function firstBroken(set: StatefulSet, pods: readonly Pod[]): Member | null {
  const start = set.spec?.ordinals?.start ?? 0;
  const byName = new Map(pods.map((pod) => [pod.metadata.name, pod]));
  for (let ordinal = start; ordinal < start + desiredOf(set); ordinal += 1) {
    const name = `${set.metadata.name}-${ordinal}`;
    const pod = byName.get(name) ?? null;
    if (pod === null || !isReady(pod)) return { name, pod };
  }
  return null;
}

function memberFields({ name, pod }: Member): LastingProblem['fields'] {
  if (pod === null) return [{ path: `Pod ${name}`, value: 'there is none' }];
  const { status } = pod;
  const condition = conditionOf(status?.conditions, 'Ready') ?? conditionOf(status?.conditions, 'PodScheduled');
  return [
    { path: `Pod ${name}: status.phase`, value: status?.phase ?? null },
    ...(condition === null
      ? []
      : [
          { path: `Pod ${name}: ${conditionPath(condition.type, 'status')}`, value: condition.status },
          { path: `Pod ${name}: ${conditionPath(condition.type, 'message')}`, value: condition.message ?? null },
        ]),
  ];
}

/** What the API server said to a pod that it refused. */
export function refusalFields(refused: KubeEvent | null): LastingProblem['fields'] {
  return refused === null
    ? []
    : [{ path: 'Event FailedCreate: message', value: printableStart(refused.message ?? '', MESSAGE_SHOWN) }];
}

/** Held back on purpose: `OnDelete`, and the members below the partition. */
function updateStuck(set: StatefulSet): readonly LastingProblem[] {
  const { spec } = set;
  const { currentRevision, updateRevision, updatedReplicas = 0 } = set.status ?? {};
  if (updateRevision === undefined || currentRevision === undefined || currentRevision === updateRevision) return [];
  if (spec?.updateStrategy?.type === 'OnDelete') return [];
  const meant = desiredOf(set) - (spec?.updateStrategy?.rollingUpdate?.partition ?? 0);
  if (updatedReplicas >= meant) return [];
  return [
    {
      rule: 'update-stuck',
      about: `${updatedReplicas} of ${meant} members are of the new revision`,
      since: untold(set),
      mark: `${updateRevision} ${updatedReplicas}`,
      fields: [
        { path: 'status.currentRevision', value: currentRevision },
        { path: 'status.updateRevision', value: updateRevision },
        { path: 'status.updatedReplicas', value: updatedReplicas },
      ],
    },
  ];
}

/** Without a name there is none to be missing, which is legal. */
function missingService(scene: Scene, { metadata, spec }: StatefulSet): readonly LastingProblem[] {
  const name = spec?.serviceName ?? '';
  if (name === '' || !scene.knows('Service', metadata.namespace)) return [];
  const isThere = scene
    .all('Service')
    .some((service) => service.metadata.name === name && service.metadata.namespace === metadata.namespace);
  if (isThere) return [];
  return [
    {
      rule: 'missing-service',
      about: name,
      since: timeOf(metadata.creationTimestamp),
      fields: [{ path: 'spec.serviceName', value: name }],
    },
  ];
}

/** A class that volumes bear by hand needs no object of its own: then the name is only a mark to be matched. */
function missingClasses(scene: Scene, set: StatefulSet): readonly LastingProblem[] {
  if (!scene.knows('StorageClass') || !scene.knows('PersistentVolume')) return [];
  const known = new Set([
    ...scene.all('StorageClass').map(({ metadata }) => metadata.name),
    ...scene.all('PersistentVolume').flatMap(({ spec }) => spec?.storageClassName ?? []),
  ]);
  return (set.spec?.volumeClaimTemplates ?? []).flatMap(({ spec }, index) => {
    const name = spec?.storageClassName ?? '';
    if (name === '' || known.has(name)) return [];
    return [
      {
        rule: 'missing-storage-class',
        about: name,
        since: timeOf(set.metadata.creationTimestamp),
        worse: isUnready(set),
        fields: [{ path: `spec.volumeClaimTemplates[${index}].spec.storageClassName`, value: name }],
      },
    ];
  });
}
