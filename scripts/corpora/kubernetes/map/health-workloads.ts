import type { AreaMap } from '../rule-map.ts';

/** Health of workloads, jobs, nodes and volumes: of the four, only k8sgpt asks about it. */
export const healthWorkloads: AreaMap = {
  k8sgpt: {
    DeploymentAnalyzer: [{ check: 'kubernetes/workloads', discriminators: ['unavailable', 'rollout-stuck'] }],
    ReplicaSetAnalyzer: [{ check: 'kubernetes/workloads', discriminators: ['failed-create'] }],
    StatefulSetAnalyzer: [
      { check: 'kubernetes/workloads', discriminators: ['unready', 'missing-service', 'missing-storage-class'] },
    ],
    DaemonSetAnalyzer: [
      { check: 'kubernetes/workloads', discriminators: ['not-on-every-node'] },
      {
        check: 'kubernetes/hygiene-references',
        params: { secrets: true, rules: ['pull-secret-missing'] },
        discriminators: ['pull-secret-missing'],
      },
    ],
    JobAnalyzer: [
      {
        check: 'kubernetes/jobs',
        params: { suspendedJobs: true },
        discriminators: ['failed', 'retrying', 'suspended-job'],
      },
    ],
    CronJobAnalyzer: [
      { check: 'kubernetes/jobs', discriminators: ['invalid-schedule', 'negative-deadline', 'suspended'] },
    ],
    NodeAnalyzer: [
      {
        check: 'kubernetes/nodes',
        // Theirs takes every condition that it does not know for a fault.
        params: { conditions: ['*'] },
        discriminators: ['not-ready', 'pressure:*', 'condition:*'],
      },
    ],
    PvcAnalyzer: [
      { check: 'kubernetes/volumes', params: { pendingOnlyWhenFailed: true }, discriminators: ['pending'] },
    ],
    StorageAnalyzer: [
      {
        check: 'kubernetes/volumes',
        params: { smallerThan: '1 GiB', provisioners: ['kubernetes.io/no-provisioner'] },
        discriminators: ['provisioner', 'several-defaults', 'volume-failed', 'released', 'small', 'pending', 'lost'],
      },
    ],
  },
};
