import type { ChoosableRule } from './rule-choice.ts';

/** What `kubernetes/posture-placement` says. */
export const PLACEMENT_RULES: readonly ChoosableRule[] = [
  {
    id: 'default-namespace-in-use',
    severity: 'low',
    title: 'holds {about}',
    why: 'What is created without a thought lands there too: quotas, policies and rights for it hit whatever else is there.',
    next: 'See what it is, and whether it was meant: kubectl get all -n default',
  },
  {
    id: 'in-default-namespace',
    severity: 'info',
    optional: true,
    title: 'is in the default namespace',
    why: 'What is created without a thought lands there too: quotas, policies and rights for it hit whatever else is there.',
    next: 'See whether it was meant: kubectl get {object} -o yaml',
  },
  {
    id: 'old-kubelet',
    severity: 'medium',
    title: 'runs {about}, for which there are no fixes any more',
    why: 'Holes that are known stay open; and the API server can not be brought far ahead of it.',
    next: 'See which nodes run what: kubectl get nodes -o wide',
  },
  {
    id: 'volume-unencrypted',
    severity: 'low',
    optional: true,
    title: 'is of the class {about}, which does not ask for encryption',
    why: 'Unless the account encrypts all volumes by default, which can not be seen here, its snapshots and disks can be read.',
    next: 'See the class of {object}: kubectl get storageclass -o yaml',
  },
];
