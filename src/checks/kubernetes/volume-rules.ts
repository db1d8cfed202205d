import type { LastingRule } from './lasting-judgement.ts';

const HOUR = 3_600_000;

/** What `kubernetes/volumes` says of claims, volumes and classes. */
export function volumeRules(limits: {
  readonly pendingAfter: number;
  readonly unclaimedAfter?: number | undefined;
}): readonly LastingRule[] {
  return [
    {
      id: 'pending',
      severity: 'medium',
      worse: 'high',
      afterMs: limits.pendingAfter,
      title: 'waits for its volume{about}',
      why: 'What is to use the volume can not start until there is one.',
      next: 'Read what its provisioner says: {describe}. Which classes are there: {kubectl} get storageclasses',
    },
    {
      id: 'lost',
      severity: 'critical',
      afterMs: 0,
      title: 'has lost its volume: {about}',
      why: 'The volume that held its data is gone from the cluster; what uses the claim can not start again.',
      next: 'See which volume it had: {describe}. Does the disk behind it still exist where it was made?',
    },
    {
      id: 'small',
      severity: 'info',
      afterMs: 0,
      title: 'is small: {about}',
      why: 'It is smaller than what this runbook expects of a volume.',
      next: 'See what it is for: {describe}',
    },
    {
      id: 'volume-failed',
      severity: 'high',
      afterMs: 0,
      title: 'could not be reclaimed{about}',
      why: 'Its claim is gone, the storage behind it is not, and nothing tries again.',
      next: 'Read why: {describe}',
    },
    {
      id: 'released',
      severity: 'low',
      afterMs: HOUR,
      title: 'is released and kept ({about})',
      why: 'Its claim was deleted. The data is still there and paid for, and no new claim gets the volume by itself.',
      next: 'See whose it was, and whether the data is needed: {describe}',
    },
    ...(limits.unclaimedAfter === undefined
      ? []
      : [
          {
            id: 'unclaimed',
            severity: 'info' as const,
            afterMs: limits.unclaimedAfter,
            title: 'is claimed by nobody',
            why: 'It is paid for and not used.',
            next: 'See what it was made for: {describe}',
          },
        ]),
    {
      id: 'provisioner',
      severity: 'low',
      afterMs: 0,
      title: 'names a provisioner that should not be used any more: {about}',
      why: 'The drivers that were part of Kubernetes itself are gone: what still works is handed to a CSI driver behind the scenes, if one is installed.',
      next: 'See which drivers are there: {kubectl} get csidrivers. Who uses the class: {kubectl} get pvc -A',
    },
    {
      id: 'several-defaults',
      severity: 'low',
      afterMs: 0,
      title: 'is one of several default classes: {about}',
      why: 'Claims that name no class get the one that was made last, which is seldom what was meant.',
      next: 'Compare them: {kubectl} get storageclasses',
    },
  ];
}
