import { at, countAt, listAt, textAt, type Fields } from './object-fields.ts';

/** How far a workload has followed what its spec asks for. */
export interface Rollout {
  /** Its controller has seen the spec as it is. */
  readonly noticed: boolean;
  /** A condition says that it can't go on: a quota, a deadline. */
  readonly stuck: string | null;
  readonly wanted: number;
  readonly pods: number;
  readonly ready: number;
  readonly updated: number;
}

export function rolloutOf(workload: Fields): Rollout {
  const isDaemonSet = textAt(workload, 'kind') === 'DaemonSet';
  const noticed = countAt(workload, 'status', 'observedGeneration') >= countAt(workload, 'metadata', 'generation');
  return {
    noticed,
    stuck: stuckOf(workload),
    wanted: isDaemonSet ? countAt(workload, 'status', 'desiredNumberScheduled') : replicasOf(workload),
    pods: countAt(workload, 'status', isDaemonSet ? 'currentNumberScheduled' : 'replicas'),
    ready: countAt(workload, 'status', isDaemonSet ? 'numberReady' : 'readyReplicas'),
    updated: countAt(workload, 'status', isDaemonSet ? 'updatedNumberScheduled' : 'updatedReplicas'),
  };
}

/** An absent count is one: that is the default of the API, written out by the server. */
export function replicasOf(workload: Fields): number {
  return at(workload, 'spec', 'replicas') === undefined ? 1 : countAt(workload, 'spec', 'replicas');
}

function stuckOf(workload: Fields): string | null {
  for (const condition of listAt(workload, 'status', 'conditions')) {
    const [type, status] = [textAt(condition, 'type'), textAt(condition, 'status')];
    const isBad = (type === 'ReplicaFailure' && status === 'True') || (type === 'Progressing' && status === 'False');
    if (isBad) return textAt(condition, 'message') ?? textAt(condition, 'reason') ?? `${type} is ${status}`;
  }
  return null;
}

/** How far the new pods have come, one sentence each. */
export function rolloutWords({ noticed, stuck, wanted, ready, updated }: Rollout): readonly string[] {
  return [
    ...(noticed ? [] : ['Its controller has not taken notice yet.']),
    `${updated} of ${wanted} pods are of the new template, ${ready} are ready.`,
    ...(stuck === null ? [] : [`It is stuck: ${stuck}`]),
  ];
}

/** True once the new pods come: how long all of them take is theirs to say. */
export function isRollingOut({ noticed, stuck, wanted, updated }: Rollout): boolean {
  return noticed && stuck === null && (wanted === 0 || updated > 0);
}
