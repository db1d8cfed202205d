import type { LastingRule } from './lasting-judgement.ts';

const MINUTE = 60_000;
/** A rollout that moved this lately is given time; the figure is kubernetes-mixin's. */
const STILL_MS = 10 * MINUTE;

/** What `kubernetes/workloads` says of deployments, stateful sets and daemon sets. */
export function workloadRules(graceMs: number): readonly LastingRule[] {
  return [
    {
      id: 'unavailable',
      severity: 'high',
      worse: 'critical',
      afterMs: graceMs,
      stillMs: STILL_MS,
      looks: true,
      title: 'has {about} available',
      why: 'Fewer copies carry the load than were asked for; with none, what it does for others is not done.',
      next: 'See why its pods are not ready: {describe}, then the same of a pod that is not.',
    },
    {
      id: 'unready',
      severity: 'high',
      worse: 'critical',
      afterMs: graceMs,
      stillMs: STILL_MS,
      looks: true,
      title: 'has {about} ready',
      why: 'Members are missing: a store may have lost its quorum or its copies, and an ordered set waits for the first that is not ready.',
      next: 'See the first that is not ready, and what became of its volume: {describe}',
    },
    {
      id: 'not-on-every-node',
      severity: 'medium',
      worse: 'critical',
      afterMs: graceMs,
      stillMs: STILL_MS,
      looks: true,
      title: 'has {about} ready',
      why: 'What should run on each node (logs, network, storage) does not run on all of those that are up.',
      next: 'See which of its pods are not ready: {describe}',
    },
    {
      id: 'rollout-stuck',
      severity: 'high',
      afterMs: 0,
      title: 'does not get on with its rollout{about}',
      why: 'The new version does not become available within its deadline. The old one may still serve, so that this is easily overlooked.',
      next: 'See how far it came and why: {describe}. To go back is the action kubernetes/undo-rollout.',
    },
    {
      id: 'update-stuck',
      severity: 'medium',
      afterMs: graceMs,
      title: 'is half-way through an update: {about}',
      why: 'Some members run the new revision and some the old one, and nothing moves.',
      next: 'See the member that waits: {describe}',
    },
    {
      id: 'generation',
      severity: 'medium',
      afterMs: graceMs,
      title: 'was changed and its controller has not taken note: {about}',
      why: 'What was asked for last is not being done, as a rule because the controller manager does not run or can not keep up.',
      next: 'See whether the controller manager runs: {kubectl} get pods -n kube-system. Then: {yaml}',
    },
    {
      id: 'failed-create',
      severity: 'high',
      afterMs: 5 * MINUTE,
      title: 'can not create its pods: {about}',
      why: 'The API server refuses the pods (a quota, an admission policy or webhook, a service account that is not there), so there is nothing that could start.',
      next: 'Read what was refused: {describe}',
    },
    {
      id: 'missing-service',
      severity: 'medium',
      afterMs: 5 * MINUTE,
      timeUntold: true,
      title: 'names a Service that does not exist: {about}',
      why: 'The members have no stable names in DNS, by which they find each other.',
      next: 'See which Services there are: {kubectl} get services -A. Then: {describe}',
    },
    {
      id: 'missing-storage-class',
      severity: 'medium',
      worse: 'high',
      afterMs: 5 * MINUTE,
      timeUntold: true,
      title: 'asks for volumes of a StorageClass that does not exist: {about}',
      why: 'The claims of new members stay pending, so the members never start.',
      next: 'See which classes there are: {kubectl} get storageclasses. Then: {describe}',
    },
    {
      id: 'misscheduled',
      severity: 'low',
      afterMs: graceMs,
      title: 'runs on {about} where it should not',
      why: 'The labels or taints of nodes changed after its pods came there; they stay until somebody looks.',
      next: 'Compare its node selector and tolerations with the nodes: {describe}',
    },
  ];
}
