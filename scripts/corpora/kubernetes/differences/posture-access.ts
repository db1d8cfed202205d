import type { AreaDifferences } from '../rule-map.ts';

export const postureAccess: AreaDifferences = {
  regolibrary: {
    'ensure-default-service-accounts-has-only-default-roles/passed_rolebinding_one_subject':
      'our choice: a label that anybody may write (kubernetes.io/bootstrapping) makes no binding one of Kubernetes; it has none for the default service account',
    'ensure-that-the-api-server-audit-log-maxsize-argument-is-set-to-100-or-as-appropriate/rke2-args':
      'our choice: 100 MB is what the benchmark asks for; a setting that is as it should be is no finding to be validated',
    'ingress-and-egress-blocked/cnp-only-egress':
      'their bug: a policy of Cilium that has egress rules alone leaves open who may come in',
    'namespace-without-service-account/test':
      'their bug: they do not take a List apart, and so overlook the account of the namespace "test"',
  },
  polaris: {
    'rolebindingRolePodExecAttach/success.role_binding_cluster_role_binding.yaml':
      'our choice: what a binding allows is told whether its role is a Role or a ClusterRole; polaris has another rule for the latter',
  },
};
