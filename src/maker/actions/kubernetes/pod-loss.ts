import { at, fieldsAt, listAt, textAt, type Fields } from './object-fields.ts';

/** What goes away with a pod, read from it. */
export interface PodLoss {
  /** `ReplicaSet web-847d66ddf6`: who makes another one; null: nobody does. */
  readonly controller: string | null;
  /** Volumes that live and die with the pod. */
  readonly emptyDirs: number;
  /** Made by the kubelet from a file: the API can't move it. */
  readonly mirror: boolean;
  readonly finished: boolean;
}

export function podLossOf(pod: Fields): PodLoss {
  const owner = listAt(pod, 'metadata', 'ownerReferences').find((reference) => reference['controller'] === true);
  const phase = textAt(pod, 'status', 'phase');
  return {
    controller: owner === undefined ? null : `${textAt(owner, 'kind') ?? ''} ${textAt(owner, 'name') ?? ''}`,
    emptyDirs: listAt(pod, 'spec', 'volumes').filter((volume) => at(volume, 'emptyDir') !== undefined).length,
    mirror: fieldsAt(pod, 'metadata', 'annotations')['kubernetes.io/config.mirror'] !== undefined,
    finished: phase === 'Succeeded' || phase === 'Failed',
  };
}

/** What does not come back when the pod goes. */
export function lossWords({ controller, emptyDirs }: Pick<PodLoss, 'controller' | 'emptyDirs'>): readonly string[] {
  return [
    ...(controller === null ? ['nobody makes another one in its place'] : []),
    ...(emptyDirs > 0
      ? [`what its ${emptyDirs} emptyDir ${emptyDirs === 1 ? 'volume holds is' : 'volumes hold is'} gone with it`]
      : []),
  ];
}
