import type { AreaMap, RuleAnswer, RuleMap } from '../rule-map.ts';

/** The rules of a check by name, with what belongs to the cluster itself: peers look at everything. */
function rbac(...rules: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/posture-rbac', params: { rules: [...rules], system: true }, discriminators: rules }];
}

/** A right, wherever a binding gives it. */
function right(...ids: readonly string[]): readonly RuleAnswer[] {
  return rbac(...ids.flatMap((id) => (id === 'idle-wildcard' ? [id] : [id, `${id}-in-namespace`])));
}

function accounts(...rules: readonly string[]): readonly RuleAnswer[] {
  return [
    {
      check: 'kubernetes/posture-service-accounts',
      params: { rules: [...rules], system: true, openshift: true },
      discriminators: rules,
    },
  ];
}

function network(...rules: readonly string[]): readonly RuleAnswer[] {
  return [
    {
      check: 'kubernetes/posture-network',
      params: { rules: [...rules], system: true, openshift: true },
      discriminators: rules,
    },
  ];
}

function controlPlane(...rules: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/posture-control-plane', params: { rules: [...rules] }, discriminators: rules }];
}

function placement(...rules: readonly string[]): readonly RuleAnswer[] {
  return [
    {
      check: 'kubernetes/posture-placement',
      params: { rules: [...rules], openshift: true },
      discriminators: rules,
    },
  ];
}

/** What kubescape calls outdated, by the list of its rule. */
const OLD_KUBELETS: readonly RuleAnswer[] = [
  {
    check: 'kubernetes/posture-placement',
    params: { rules: ['old-kubelet'], oldestKubelet: '1.32' },
    discriminators: ['old-kubelet'],
  },
];

/** Names that polaris leaves out, as its rules list them. */
const POLARIS_LEAVES_OUT = ['system:*', 'cluster-admin', 'admin', 'edit', 'gce:podsecuritypolicy:calico-sa'];

function polaris(...rules: readonly string[]): readonly RuleAnswer[] {
  return [
    {
      check: 'kubernetes/posture-rbac',
      params: { rules: [...rules], system: true, ignore: POLARIS_LEAVES_OUT },
      discriminators: rules,
    },
  ];
}

const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  'ensure-that-the-API-Server-only-makes-use-of-Strong-Cryptographic-Ciphers': ['api-ciphers-unset'],
  'ensure-that-the-API-Server-only-makes-use-of-Strong-Cryptographic-Ciphers-cis1-10': [
    'api-ciphers-unset',
    'api-weak-ciphers',
  ],
  'ensure-that-the-admission-control-plugin-AlwaysAdmit-is-not-set': ['api-always-admit'],
  'ensure-that-the-admission-control-plugin-AlwaysPullImages-is-set': ['api-no-always-pull'],
  'ensure-that-the-admission-control-plugin-EventRateLimit-is-set': ['api-no-event-limit'],
  'ensure-that-the-admission-control-plugin-NamespaceLifecycle-is-set': ['api-namespace-admission-off'],
  'ensure-that-the-admission-control-plugin-NodeRestriction-is-set': ['api-no-node-restriction'],
  'ensure-that-the-admission-control-plugin-SecurityContextDeny-is-set-if-PodSecurityPolicy-is-not-used': [
    'api-no-security-context-deny',
  ],
  'ensure-that-the-admission-control-plugin-ServiceAccount-is-set': ['api-service-account-admission-off'],
  'ensure-that-the-api-server-DenyServiceExternalIPs-is-set': ['api-external-ips-allowed'],
  'ensure-that-the-api-server-anonymous-auth-argument-is-set-to-false': ['api-anonymous-auth'],
  'ensure-that-the-api-server-audit-log-maxage-argument-is-set-to-30-or-as-appropriate': ['api-audit-age'],
  'ensure-that-the-api-server-audit-log-maxbackup-argument-is-set-to-10-or-as-appropriate': ['api-audit-backups'],
  'ensure-that-the-api-server-audit-log-maxsize-argument-is-set-to-100-or-as-appropriate': ['api-audit-size'],
  'ensure-that-the-api-server-audit-log-path-argument-is-set': ['api-no-audit-log'],
  'ensure-that-the-api-server-authorization-mode-argument-includes-Node': ['api-no-node-authorizer'],
  'ensure-that-the-api-server-authorization-mode-argument-includes-RBAC': ['api-no-rbac'],
  'ensure-that-the-api-server-authorization-mode-argument-is-not-set-to-AlwaysAllow': ['api-always-allow'],
  'ensure-that-the-api-server-client-ca-file-argument-is-set-as-appropriate': ['api-no-client-ca'],
  'ensure-that-the-api-server-encryption-provider-config-argument-is-set-as-appropriate': ['api-secrets-unencrypted'],
  'ensure-that-the-api-server-etcd-cafile-argument-is-set-as-appropriate': ['api-etcd-unverified'],
  'ensure-that-the-api-server-etcd-certfile-and-etcd-keyfile-arguments-are-set-as-appropriate': [
    'api-etcd-without-certificate',
  ],
  'ensure-that-the-api-server-kubelet-certificate-authority-argument-is-set-as-appropriate': [
    'api-kubelets-unverified',
  ],
  'ensure-that-the-api-server-kubelet-client-certificate-and-kubelet-client-key-arguments-are-set-as-appropriate': [
    'api-no-kubelet-certificate',
  ],
  'ensure-that-the-api-server-profiling-argument-is-set-to-false': ['api-profiling'],
  'ensure-that-the-api-server-request-timeout-argument-is-set-as-appropriate': ['api-request-timeout'],
  'ensure-that-the-api-server-secure-port-argument-is-not-set-to-0': ['api-secure-port-off'],
  'ensure-that-the-api-server-service-account-extend-token-expiration-is-set-to-false': ['api-long-tokens'],
  'ensure-that-the-api-server-service-account-key-file-argument-is-set-as-appropriate': ['api-no-account-key'],
  'ensure-that-the-api-server-service-account-lookup-argument-is-set-to-true': ['api-deleted-accounts-live'],
  'ensure-that-the-api-server-tls-cert-file-and-tls-private-key-file-arguments-are-set-as-appropriate': [
    'api-no-tls-certificate',
  ],
  'ensure-that-the-api-server-token-auth-file-parameter-is-not-set': ['api-token-file'],
  'ensure-that-the-controller-manager-RotateKubeletServerCertificate-argument-is-set-to-true': ['manager-no-rotation'],
  'ensure-that-the-controller-manager-bind-address-argument-is-set-to-127.0.0.1': ['manager-open'],
  'ensure-that-the-controller-manager-profiling-argument-is-set-to-false': ['manager-profiling'],
  'ensure-that-the-controller-manager-root-ca-file-argument-is-set-as-appropriate': ['manager-no-root-ca'],
  'ensure-that-the-controller-manager-service-account-private-key-file-argument-is-set-as-appropriate': [
    'manager-no-account-key',
  ],
  'ensure-that-the-controller-manager-terminated-pod-gc-threshold-argument-is-set-as-appropriate': [
    'manager-finished-pods',
  ],
  'ensure-that-the-controller-manager-use-service-account-credentials-argument-is-set-to-true': [
    'manager-shared-account',
  ],
  'ensure-that-the-scheduler-bind-address-argument-is-set-to-127.0.0.1': ['scheduler-open'],
  'ensure-that-the-scheduler-profiling-argument-is-set-to-false': ['scheduler-profiling'],
  'etcd-auto-tls-disabled': ['etcd-auto-tls'],
  'etcd-client-auth-cert': ['etcd-open-to-clients'],
  'etcd-encryption-native': ['api-secrets-unencrypted'],
  'etcd-peer-auto-tls-disabled': ['etcd-peers-auto-tls'],
  'etcd-peer-client-auth-cert': ['etcd-open-to-peers'],
  'etcd-peer-tls-enabled': ['etcd-peers-no-certificate'],
  'etcd-tls-enabled': ['etcd-no-certificate'],
  'etcd-unique-ca': ['etcd-shared-ca'],
  'insecure-port-flag': ['api-insecure-port'],
  'k8s-audit-logs-enabled-native': ['api-no-audit-policy'],
  'k8s-audit-logs-enabled-native-cis': ['api-no-audit-policy'],
  'psp-enabled-native': ['api-no-pod-security-policy'],
  'rbac-enabled-native': ['api-no-rbac'],
};

const IN_DEFAULT: readonly string[] = [
  'configmap',
  'csistoragecapacity',
  'endpoints',
  'endpointslice',
  'ingress',
  'lease',
  'limitrange',
  'networkpolicy',
  'persistentvolumeclaim',
  'poddisruptionbudget',
  'pods',
  'podtemplate',
  'replicationcontroller',
  'resourcequota',
  'resources-other1',
  'resources-other2',
  'role',
  'rolebinding',
  'secret',
  'secrets',
  'service',
  'serviceaccount',
];

const REGOLIBRARY: RuleMap = {
  ...Object.fromEntries(Object.entries(SETTINGS).map(([rule, ours]) => [rule, controlPlane(...ours)])),
  ...Object.fromEntries(IN_DEFAULT.map((kind) => [`${kind}-in-default-namespace`, placement('in-default-namespace')])),
  'access-container-service-account-v1': accounts('account-with-rights'),
  'anonymous-access-enabled': rbac('anonymous'),
  'automount-default-service-account': accounts('default-account-mounts-token'),
  'automount-service-account': accounts('mounts-token'),
  'cluster-admin-role': rbac('cluster-admin'),
  'detect-nginx-ingress-controller-eol': network('ingress-nginx'),
  'ensure-default-service-accounts-has-only-default-roles': rbac('default-service-account'),
  ensure_network_policy_configured_in_labels: network('without-policy'),
  'exec-into-container-v1': right('exec', 'idle-wildcard'),
  'exposed-sensitive-interfaces-v1': network('sensitive-interface'),
  'exposure-to-internet': network('exposed-by-service', 'exposed-by-ingress'),
  'exposure-to-internet-via-gateway-api': network('exposed-by-gateway'),
  'ingress-and-egress-blocked': network('open-one-way'),
  'ingress-no-tls': network('ingress-without-tls'),
  'internal-networking': network('namespace-without-any-policy'),
  'namespace-without-service-account': accounts('namespace-without-account'),
  'outdated-k8s-version': OLD_KUBELETS,
  'pv-without-encryption': placement('volume-unencrypted'),
  'rule-access-dashboard-wl-v1': accounts('dashboard-account'),
  'rule-can-access-proxy-subresource': right('reach-kubelets'),
  'rule-can-approve-cert-signing-request': right('approve-certificates'),
  'rule-can-bind-escalate': right('escalate-roles'),
  'rule-can-create-pod': right('create-pods'),
  'rule-can-create-pv': right('create-volumes'),
  'rule-can-create-service-account-token': right('create-tokens'),
  'rule-can-delete-k8s-events-v1': right('delete-events'),
  'rule-can-impersonate-users-groups-v1': right('impersonate', 'impersonate-accounts'),
  'rule-can-list-get-secrets-v1': right('read-secrets'),
  'rule-can-modify-admission-webhooks': right('change-webhooks'),
  'rule-can-portforward-v1': right('port-forward', 'idle-wildcard'),
  'rule-can-ssh-to-pod-v1': network('ssh-service'),
  'rule-can-update-configmap-v1': right('change-dns'),
  'rule-excessive-delete-rights-v1': right('delete-workloads'),
  'rule-list-all-cluster-admins-v1': right('cluster-admin', 'administer', 'administer-core'),
  'serviceaccount-token-mount': accounts('mounts-token-of-bound-account'),
  'system-authenticated-allowed-to-take-over-cluster': rbac('everyone-at-workloads'),
  'workload-with-administrative-roles': accounts('administrative'),
  'workload-with-cluster-takeover-roles': accounts('takeover'),
};

export const postureAccess: AreaMap = {
  k8sgpt: {
    SecurityAnalyzer: [
      ...accounts('default-account-in-use'),
      ...rbac('binds-wildcards'),
      {
        check: 'kubernetes/posture-workloads',
        params: { rules: ['privileged', 'no-pod-security-context'], system: true },
        discriminators: ['privileged', 'no-pod-security-context'],
      },
    ],
  },
  regolibrary: REGOLIBRARY,
  polaris: {
    automountServiceAccountToken: accounts('mounts-token'),
    clusterrolePodExecAttach: polaris('role-allows-exec'),
    clusterrolebindingClusterAdmin: polaris('cluster-admin', 'administer'),
    clusterrolebindingPodExecAttach: polaris('exec', 'missing-role'),
    missingNetworkPolicy: network('open-one-way'),
    rolePodExecAttach: polaris('role-allows-exec'),
    rolebindingClusterAdminClusterRole: polaris('cluster-admin-in-namespace', 'administer-in-namespace'),
    rolebindingClusterAdminRole: polaris('cluster-admin-in-namespace', 'administer-in-namespace'),
    rolebindingClusterRolePodExecAttach: polaris('exec-in-namespace', 'missing-role'),
    rolebindingRolePodExecAttach: polaris('exec-in-namespace', 'missing-role'),
    tlsSettingsMissing: network('ingress-without-tls'),
  },
  'kube-linter': {
    'access-to-create-pods': right('create-pods'),
    'access-to-secrets': right('read-secrets'),
    'cluster-admin-role-binding': rbac('cluster-admin'),
    'default-service-account': accounts('uses-default-account'),
    'exposed-services': network('exposed-service'),
    'non-isolated-pod': network('without-policy'),
    'use-namespace': placement('in-default-namespace'),
    'wildcard-in-rules': rbac('wildcard-in-rules'),
  },
};
