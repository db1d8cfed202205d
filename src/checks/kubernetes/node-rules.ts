import type { LastingRule } from './lasting-judgement.ts';

/** What `kubernetes/nodes` says of conditions that last. */
export function nodeRules(limits: {
  readonly notReadyAfter: number;
  readonly cordonedAfter: number;
}): readonly LastingRule[] {
  return [
    {
      id: 'not-ready',
      severity: 'critical',
      afterMs: limits.notReadyAfter,
      title: '{about}',
      why: 'Nothing new comes there, and what runs there is moved away after five minutes, but for what belongs to that node alone.',
      next: 'See what its kubelet last said: {describe}. Then look at the machine itself.',
    },
    {
      id: 'pressure',
      severity: 'high',
      afterMs: limits.notReadyAfter,
      title: 'has {about}',
      why: 'The kubelet evicts pods to make room, and no new ones come there.',
      next: 'See what it says and what runs there: {describe}',
    },
    {
      id: 'condition',
      severity: 'medium',
      afterMs: limits.notReadyAfter,
      title: 'says {about}',
      why: 'Something that watches this node found a fault that it was told to look for.',
      next: 'Read the message of the condition: {describe}',
    },
    {
      id: 'cordoned',
      severity: 'low',
      afterMs: limits.cordonedAfter,
      title: 'is closed to new pods',
      why: 'Its room is missing to the cluster; as a rule, somebody forgot to open it again after a maintenance.',
      next: 'See whether somebody still works on it: {describe}. To open it is the action kubernetes/uncordon-node.',
    },
    {
      id: 'kubelet-skew',
      severity: 'medium',
      afterMs: 0,
      title: 'runs a kubelet of an unsupported version: {about}',
      why: 'A kubelet may be three minor versions older than the API server, and never newer; beyond that nobody tests it.',
      next: 'Compare the versions: {kubectl} get nodes -o wide',
    },
  ];
}
