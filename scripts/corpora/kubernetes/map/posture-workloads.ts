import type { JsonObject, JsonValue } from '../../../../src/domain/json.ts';
import type { AreaMap, RuleAnswer } from '../rule-map.ts';

/** Every rule, in every namespace: what a peer is asked for. */
const ALL = { rules: ['all'], system: true, openshift: true };

function workloads(...discriminators: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/posture-workloads', params: ALL, discriminators }];
}

function images(...discriminators: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/posture-images', params: ALL, discriminators }];
}

function secrets(...discriminators: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/posture-secrets', params: secretParams(discriminators), discriminators }];
}

/** Rules by name: what all of them together would list is not wanted. */
function secretParams(rules: readonly string[]): JsonObject {
  return { rules: [...rules], system: true, openshift: true };
}

function namespaces(...discriminators: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/posture-namespaces', params: { rules: ['all'], system: true }, discriminators }];
}

function hygiene(more: JsonObject, ...discriminators: readonly string[]): readonly RuleAnswer[] {
  return [{ check: 'kubernetes/hygiene-workloads', params: { ...ALL, ...more }, discriminators }];
}

function listOf(data: JsonObject, name: string): readonly string[] {
  const list = data[name];
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** null: the case leaves it to their default; an empty list is one that nothing fulfils. */
function labelsOf(data: JsonObject, name: string): readonly string[] | null {
  return data[name] === undefined ? null : listOf(data, name);
}

function boundsOf(data: JsonObject, resource: 'cpu' | 'memory'): JsonObject {
  const bound = (field: string): JsonObject => {
    const [min] = listOf(data, `${resource}_${field}_min`);
    const [max] = listOf(data, `${resource}_${field}_max`);
    return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  };
  return { bounds: { [`${resource}Request`]: bound('request'), [`${resource}Limit`]: bound('limit') } };
}

function cloudsOf({ dataControlInputs: inputs }: JsonObject): JsonObject {
  const provider = isObject(inputs) ? inputs['cloudProvider'] : undefined;
  return { clouds: provider === 'aks' || provider === 'eks' || provider === 'gke' ? [provider] : [] };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What they allow by a part of its name. */
function secretNamesOf(data: JsonObject): JsonObject {
  return { harmlessNames: listOf(data, 'sensitiveKeyNamesAllowed').map((part) => `*${part}*`) };
}

/** Their default configuration. */
const INSECURE = [
  'ALL',
  'BPF',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'NET_ADMIN',
  'NET_RAW',
  'PERFMON',
  'SETPCAP',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
];
const LABELS = ['app', 'tier', 'phase', 'version', 'owner', 'env'];
const K8S_LABELS = ['name', 'instance', 'version', 'component', 'part-of', 'managed-by', 'created-by'].map(
  (name) => `app.kubernetes.io/${name}`,
);
const IN_CONFIG_MAP = ['secret-in-config-map', 'secret-name-in-config-map', 'maybe-secret-in-config-map'];
const NAMES_IN_ENV = ['secret-in-env', 'secret-name-in-env', 'maybe-secret-in-env'];
const ROOT = ['runs-as-root', 'may-run-as-root'];

/** Workloads' posture and hygiene. */
export const postureWorkloads: AreaMap = {
  polaris: {
    cpuLimitsMissing: hygiene({}, 'no-cpu-limit'),
    cpuRequestsMissing: hygiene({}, 'no-cpu-request', 'cpu-request-by-limit'),
    dangerousCapabilities: workloads('adds-all-capabilities', 'adds-sys-admin', 'adds-dangerous-capabilities').map(
      (answer) => ({ ...answer, params: { ...ALL, dangerousCapabilities: ['NET_ADMIN'] } }),
    ),
    deploymentMissingReplicas: hygiene({}, 'few-replicas'),
    hostIPCSet: workloads('host-ipc'),
    hostNetworkSet: workloads('host-network'),
    hostPIDSet: workloads('host-pid'),
    hostPathSet: workloads('host-path'),
    hostPortSet: workloads('host-port'),
    hostProcess: workloads('host-process'),
    insecureCapabilities: workloads('keeps-capabilities'),
    linuxHardening: workloads('not-hardened'),
    livenessProbeMissing: hygiene({}, 'no-liveness-probe'),
    memoryLimitsMissing: hygiene({}, 'no-memory-limit'),
    memoryRequestsMissing: hygiene({}, 'no-memory-request', 'memory-request-by-limit'),
    metadataAndInstanceMismatched: hygiene({}, 'label-is-not-name'),
    missingPodDisruptionBudget: hygiene({}, 'no-disruption-budget'),
    nakedPod: hygiene({ nameLabels: ['app.kubernetes.io/name'] }, 'label-is-not-name'),
    notReadOnlyRootFilesystem: workloads('writable-root-filesystem'),
    oneController: hygiene({ nameLabels: ['app.kubernetes.io/name'] }, 'label-is-not-name'),
    priorityClassNotSet: hygiene({}, 'no-priority-class'),
    privilegeEscalationAllowed: workloads('allows-privilege-escalation', 'privilege-escalation-not-prevented'),
    procMount: workloads('proc-mount'),
    pullPolicyNotAlways: images('pull-policy-not-always'),
    readinessProbeMissing: hygiene({}, 'no-readiness-probe'),
    resourceRange: hygiene(
      { bounds: { cpuLimit: { min: '100m', max: '2' }, memoryLimit: { min: '100Mi', max: '6G' } } },
      'resources-out-of-bounds',
      'no-cpu-limit',
      'no-memory-limit',
    ),
    runAsPrivileged: workloads('privileged'),
    runAsRootAllowed: workloads(...ROOT),
    sensitiveConfigmapContent: secrets(...IN_CONFIG_MAP),
    sensitiveContainerEnvVar: secrets(...NAMES_IN_ENV),
    tagNotSpecified: images('latest-tag'),
    topologySpreadConstraint: hygiene({}, 'no-topology-spread'),
  },
  'kube-linter': {
    'deprecated-service-account-field': hygiene({}, 'deprecated-service-account'),
    'dnsconfig-options': hygiene({}, 'other-ndots'),
    'docker-sock': workloads('runtime-socket'),
    'drop-net-raw-capability': workloads('adds-net-raw'),
    'duplicate-env-var': hygiene({}, 'duplicate-env'),
    'env-var-secret': secrets(...NAMES_IN_ENV),
    'host-ipc': workloads('host-ipc'),
    'host-network': workloads('host-network'),
    'host-pid': workloads('host-pid'),
    'job-ttl-seconds-after-finished': hygiene({}, 'job-without-ttl', 'cron-job-with-ttl'),
    'latest-tag': images('latest-tag'),
    'liveness-port': hygiene({}, 'probe-port-unknown', 'probe-port-undeclared'),
    'minimum-three-replicas': hygiene({ minimumReplicas: 3 }, 'few-replicas'),
    'no-anti-affinity': hygiene({}, 'no-anti-affinity'),
    'no-liveness-probe': hygiene({}, 'no-liveness-probe'),
    'no-node-affinity': hygiene({}, 'no-node-affinity'),
    'no-read-only-root-fs': workloads('writable-root-filesystem'),
    'no-readiness-probe': hygiene({}, 'no-readiness-probe'),
    'no-rolling-update-strategy': hygiene({}, 'no-rolling-update'),
    'priority-class-name': hygiene(
      { priorityClasses: ['system-cluster-critical', 'system-node-critical'] },
      'other-priority-class',
    ),
    'privilege-escalation-container': workloads('allows-privilege-escalation'),
    'privileged-container': workloads('privileged'),
    'privileged-ports': workloads('privileged-port'),
    'read-secret-from-env-var': secrets('env-from-secret-key'),
    'readiness-port': hygiene({}, 'probe-port-unknown', 'probe-port-undeclared'),
    'required-annotation-email': hygiene({ requiredAnnotations: ['email'] }, 'required-annotation-missing'),
    'required-label-owner': hygiene({ requiredLabels: ['owner'] }, 'required-label-missing'),
    'restart-policy': hygiene({}, 'never-restarted'),
    'run-as-non-root': workloads(...ROOT, 'root-group'),
    'sensitive-host-mounts': workloads('host-path-sensitive'),
    'ssh-port': workloads('ssh-port'),
    'startup-port': hygiene({}, 'probe-port-unknown', 'probe-port-undeclared'),
    'unsafe-proc-mount': workloads('proc-mount'),
    'unsafe-sysctls': workloads('unsafe-sysctls'),
    'unset-cpu-requirements': hygiene({}, 'no-cpu-request', 'cpu-request-by-limit'),
    'unset-memory-requirements': hygiene({}, 'no-memory-limit'),
    'writable-host-mount': workloads('host-path-writable'),
  },
  regolibrary: {
    'alert-any-hostpath': workloads('host-path'),
    'alert-mount-potential-credentials-paths': workloads('host-path-credentials').map((answer) => ({
      ...answer,
      paramsOf: cloudsOf,
    })),
    'alert-rw-hostpath': workloads('host-path-writable'),
    'configured-liveness-probe': hygiene({}, 'no-liveness-probe', 'job-may-hang'),
    'configured-readiness-probe': hygiene({}, 'no-readiness-probe'),
    'container-hostPort': workloads('host-port'),
    'container-image-repository': images('not-allowed-registry').map((answer) => ({
      ...answer,
      paramsOf: (data) => ({ allowedRegistries: listOf(data, 'imageRepositoryAllowList') }),
    })),
    'containers-mounting-docker-socket': workloads('runtime-socket'),
    'deprecated-service-account-field': hygiene({}, 'deprecated-service-account'),
    'detect-nginx-ingress-controller-eol': images('ingress-nginx-retired'),
    'drop-capability-netraw': workloads('keeps-net-raw'),
    'duplicate-env-var': hygiene({}, 'duplicate-env'),
    'ensure-external-secrets-storage-is-in-use': secrets('no-external-secrets'),
    'host-ipc-privileges': workloads('host-ipc'),
    'host-network-access': workloads('host-network'),
    'host-pid-ipc-privileges': workloads('host-pid', 'host-ipc'),
    'host-pid-privileges': workloads('host-pid'),
    'image-not-pinned-to-digest': images('not-pinned').map((answer) => ({
      ...answer,
      paramsOf: (data) => ({ unpinnedRepositories: listOf(data, 'imageDigestExemptRepositories') }),
    })),
    'image-pull-policy-is-not-set-to-always': images('stale-tag').map((answer) => ({
      ...answer,
      paramsOf: (data) => ({ floatingTags: listOf(data, 'floatingImageTags') }),
    })),
    'immutable-container-filesystem': workloads('writable-root-filesystem'),
    'insecure-capabilities': workloads('adds-dangerous-capabilities').map((answer) => ({
      ...answer,
      params: { ...ALL, dangerousCapabilities: INSECURE },
      paramsOf: (data) => {
        const listed = listOf(data, 'insecureCapabilities');
        return listed.length === 0 ? {} : { dangerousCapabilities: [...listed] };
      },
    })),
    'k8s-common-labels-usage': hygiene({}, 'no-common-label').map((answer) => ({
      ...answer,
      paramsOf: (data) => ({ commonLabels: labelsOf(data, 'k8sRecommendedLabels') ?? K8S_LABELS }),
    })),
    'label-usage-for-resources': hygiene({}, 'no-common-label').map((answer) => ({
      ...answer,
      paramsOf: (data) => ({ commonLabels: labelsOf(data, 'recommendedLabels') ?? LABELS }),
    })),
    'linux-hardening': workloads('no-seccomp'),
    'naked-pods': hygiene({}, 'naked-pod'),
    'no-rolling-update-strategy': hygiene({}, 'no-rolling-update'),
    'non-root-containers': workloads(...ROOT, 'root-group', 'may-use-root-group'),
    'pod-security-admission-applied-1': namespaces('pod-security-not-enforced'),
    'pod-security-admission-applied-2': namespaces('pod-security-not-enforced'),
    'pod-security-admission-baseline-applied-1': namespaces('pod-security-below-baseline'),
    'pod-security-admission-baseline-applied-2': namespaces('pod-security-below-baseline'),
    'pod-security-admission-restricted-applied-1': namespaces('pod-security-below-restricted'),
    'pod-security-admission-restricted-applied-2': namespaces('pod-security-below-restricted'),
    'resource-policies': hygiene({}, 'no-cpu-limit', 'no-memory-limit'),
    'resources-cpu-limit-and-request': hygiene(
      {},
      'no-cpu-limit',
      'no-cpu-request',
      'cpu-request-by-limit',
      'resources-out-of-bounds',
    ).map((answer) => ({ ...answer, paramsOf: (data) => boundsOf(data, 'cpu') })),
    'resources-cpu-limits': hygiene({}, 'no-cpu-limit'),
    'resources-cpu-requests': hygiene({}, 'no-cpu-request', 'cpu-request-by-limit'),
    'resources-memory-limit-and-request': hygiene(
      {},
      'no-memory-limit',
      'no-memory-request',
      'memory-request-by-limit',
      'resources-out-of-bounds',
    ).map((answer) => ({ ...answer, paramsOf: (data) => boundsOf(data, 'memory') })),
    'resources-memory-limits': hygiene({}, 'no-memory-limit'),
    'resources-memory-requests': hygiene({}, 'no-memory-request', 'memory-request-by-limit'),
    'rule-allow-privilege-escalation': workloads('allows-privilege-escalation', 'privilege-escalation-not-prevented'),
    'rule-credentials-configmap': secrets(...IN_CONFIG_MAP).map((answer) => ({
      ...answer,
      paramsOf: secretNamesOf,
    })),
    'rule-credentials-in-env-var': secrets(...NAMES_IN_ENV, 'env-from-secret').map((answer) => ({
      ...answer,
      paramsOf: secretNamesOf,
    })),
    'rule-deny-cronjobs': hygiene({}, 'cron-job'),
    'rule-identify-blocklisted-image-registries': images('blocked-registry').map((answer) => ({
      ...answer,
      paramsOf: (data) => ({
        blockedRegistries: [...listOf(data, 'untrustedRegistries'), ...listOf(data, 'publicRegistries')],
      }),
    })),
    'rule-identify-old-k8s-registry': images('old-registry').map((answer) => ({
      ...answer,
      params: { ...ALL, namespaces: ['kube-system'] },
    })),
    'rule-privileged-container': workloads('privileged', 'adds-sys-admin'),
    'rule-secrets-in-env-var': secrets('env-from-secret-key', 'env-from-secret'),
    'set-fsgroup-value': workloads('no-fs-group'),
    'set-fsgroupchangepolicy-value': workloads('no-fs-group-change-policy'),
    'set-gmsacredentialspecname-value': workloads('no-windows-account'),
    'set-hostprocess-true': workloads('host-process'),
    'set-runasusername-value': workloads('no-windows-user'),
    'set-seLinuxOptions': workloads('no-selinux-options'),
    'set-seccomp-profile': workloads('no-seccomp'),
    'set-seccomp-profile-RuntimeDefault': workloads('no-seccomp', 'seccomp-unconfined', 'seccomp-of-its-own'),
    'set-supplementalgroups-values': workloads('root-supplemental-group'),
    'set-sysctls-params': workloads('unsafe-sysctls'),
    'sudo-in-container-entrypoint': workloads('sudo-entrypoint'),
    'workload-mounted-configmap': secrets('mounts-config-map'),
    'workload-mounted-pvc': secrets('mounts-claim'),
    'workload-mounted-secrets': secrets('mounts-secret'),
  },
};
