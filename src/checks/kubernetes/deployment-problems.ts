import { conditionOf, type Deployment, type KubeObject, type ReplicaSet } from '../../providers/kubernetes/reader.ts';
import { printableStart } from '../../domain/printable.ts';
import { conditionPath, timeOf, untold, type LastingProblem } from './lasting.ts';
import { shortSince, type WorkloadPods } from './workload-pods.ts';

/** An API server writes the one that is meant where a file has none. */
const DEFAULT_REPLICAS = 1;
/** How much of a message stands in a title. */
const MESSAGE_SHOWN = 160;

/** How many were asked for, and how many there are: ready ones serve, and are available a little later. */
function countsOf({ spec, status }: Deployment): { readonly desired: number; readonly available: number } {
  return {
    desired: spec?.replicas ?? DEFAULT_REPLICAS,
    available: Math.max(status?.availableReplicas ?? 0, status?.readyReplicas ?? 0),
  };
}

export function isShort(deployment: Deployment): boolean {
  const { desired, available } = countsOf(deployment);
  return available < desired;
}

export function deploymentProblems(deployment: Deployment, pods: WorkloadPods): readonly LastingProblem[] {
  return [
    ...unavailable(deployment, pods),
    ...rolloutStuck(deployment),
    ...generationLag(deployment, deployment.status?.observedGeneration),
  ];
}

function unavailable(deployment: Deployment, pods: WorkloadPods): readonly LastingProblem[] {
  const { desired, available } = countsOf(deployment);
  if (available >= desired) return [];
  const availability = conditionOf(deployment.status?.conditions, 'Available');
  const progress = lastProgress(deployment);
  return [
    {
      rule: 'unavailable',
      about: `${available} of ${desired} replicas`,
      since: unavailableSince(deployment, desired - available, pods),
      worse: available === 0,
      // One that has nothing left is not given the time of a rollout.
      ...(progress === null || available === 0 ? {} : { moved: progress }),
      fields: [
        { path: 'spec.replicas', value: deployment.spec?.replicas ?? null },
        { path: 'status.availableReplicas', value: deployment.status?.availableReplicas ?? null },
        { path: 'status.readyReplicas', value: deployment.status?.readyReplicas ?? null },
        ...(availability === null
          ? []
          : [
              { path: conditionPath('Available', 'status'), value: availability.status },
              { path: conditionPath('Available', 'reason'), value: availability.reason ?? null },
              {
                path: conditionPath('Available', 'lastTransitionTime'),
                value: availability.lastTransitionTime ?? null,
              },
            ]),
      ],
    },
  ];
}

/** Available stays True while enough are: then the pods tell, or earlier looks. */
function unavailableSince(deployment: Deployment, missing: number, pods: WorkloadPods): number | null {
  const availability = conditionOf(deployment.status?.conditions, 'Available');
  if (availability === null) return timeOf(deployment.metadata.creationTimestamp);
  if (availability.status !== 'True') return timeOf(availability.lastTransitionTime);
  return shortSince(pods.of(deployment), missing) ?? untold(deployment);
}

/** When a rollout that is under way last got on; null where none is. */
function lastProgress({ status }: Deployment): number | null {
  const progressing = conditionOf(status?.conditions, 'Progressing');
  if (progressing?.status !== 'True' || progressing.reason === 'NewReplicaSetAvailable') return null;
  return timeOf(progressing.lastUpdateTime);
}

/** Also where the old version still serves and all counts are right. Nobody waits for one that is scaled to nothing. */
function rolloutStuck(deployment: Deployment): readonly LastingProblem[] {
  const progressing = conditionOf(deployment.status?.conditions, 'Progressing');
  if (progressing?.status !== 'False' || countsOf(deployment).desired === 0) return [];
  const { reason, message, lastTransitionTime } = progressing;
  return [
    {
      rule: 'rollout-stuck',
      about: reason === undefined ? '' : `: ${reason}`,
      since: timeOf(lastTransitionTime),
      fields: [
        { path: conditionPath('Progressing', 'status'), value: progressing.status },
        { path: conditionPath('Progressing', 'reason'), value: reason ?? null },
        { path: conditionPath('Progressing', 'message'), value: message ?? null },
        { path: conditionPath('Progressing', 'lastTransitionTime'), value: lastTransitionTime ?? null },
      ],
    },
  ];
}

/** A controller notes the generation that it has worked on; nothing says when it fell behind. */
export function generationLag(object: KubeObject, observed: number | undefined): readonly LastingProblem[] {
  const { generation } = object.metadata;
  if (generation === undefined || generation <= (observed ?? 0)) return [];
  return [
    {
      rule: 'generation',
      about: `generation ${generation}, seen ${observed ?? 0}`,
      since: untold(object),
      mark: `seen ${observed ?? 0}`,
      fields: [
        { path: 'metadata.generation', value: generation },
        { path: 'status.observedGeneration', value: observed ?? null },
      ],
    },
  ];
}

/** A replica set that wants pods and is refused them; told under what owns it. */
export function refusedPods({ metadata, spec, status }: ReplicaSet): readonly LastingProblem[] {
  if ((status?.replicas ?? 0) >= (spec?.replicas ?? DEFAULT_REPLICAS)) return [];
  const refusals = (status?.conditions ?? []).filter(
    (condition) =>
      condition.type === 'ReplicaFailure' && condition.reason === 'FailedCreate' && condition.status !== 'False',
  );
  return refusals.map(({ message, lastTransitionTime }) => ({
    rule: 'failed-create',
    about: printableStart(message ?? 'FailedCreate', MESSAGE_SHOWN),
    since: timeOf(lastTransitionTime),
    fields: [
      { path: `ReplicaSet ${metadata.name}: ${conditionPath('ReplicaFailure', 'message')}`, value: message ?? null },
      {
        path: `ReplicaSet ${metadata.name}: ${conditionPath('ReplicaFailure', 'lastTransitionTime')}`,
        value: lastTransitionTime ?? null,
      },
    ],
  }));
}
