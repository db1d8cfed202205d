/**
 * The parts of Kubernetes objects that are read, under the field paths of the API, so that evidence names the exact
 * field. Every field may be absent, as on the wire: an API server omits what is empty (`replicas: 0` of a Scale, say).
 * What is not kept at all, and what stands in for values, is in trim.ts.
 */
export interface ObjectMeta {
  readonly name: string;
  /** Absent for what belongs to no namespace. */
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

export type StringMap = Readonly<Record<string, string>>;

export interface OwnerReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
  readonly uid?: string;
  readonly controller?: boolean;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  /** Where a value that was withheld looked like a secret. */
  readonly secretLike?: readonly SecretLike[];
}

export interface SecretLike {
  /** `spec.containers[0].env[2].value`, `data["config.yaml"]`. */
  readonly path: string;
  /** What it looked like: the id of the rule of domain/redaction. */
  readonly what: string;
}

/** A condition of any kind: to be found by its type, never by its place. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly lastUpdateTime?: string;
  readonly observedGeneration?: number;
}

export interface LabelSelector {
  readonly matchLabels?: StringMap;
  readonly matchExpressions?: readonly LabelExpression[];
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly EnvFrom[];
  readonly ports?: readonly ContainerPort[];
  readonly resources?: Resources;
  readonly securityContext?: SecurityContext;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly lifecycle?: { readonly postStart?: unknown; readonly preStop?: unknown };
  readonly volumeMounts?: readonly VolumeMount[];
  readonly volumeDevices?: readonly { readonly name?: string; readonly devicePath?: string }[];
  /** `Always` makes an init container a native sidecar. */
  readonly restartPolicy?: string;
}

export interface EnvVar {
  readonly name: string;
  /** WITHHELD, or WITHHELD_PATH, when there was one; an empty value stays. */
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: KeyRef;
    readonly configMapKeyRef?: KeyRef;
    readonly fieldRef?: { readonly fieldPath?: string };
    readonly resourceFieldRef?: { readonly resource?: string };
  };
}

export interface KeyRef {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

export interface EnvFrom {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name?: string; readonly optional?: boolean };
  readonly secretRef?: { readonly name?: string; readonly optional?: boolean };
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly hostIP?: string;
  readonly protocol?: string;
}

export interface Resources {
  /** Quantities as written: `250m`, `1Gi`; a number where a file had one. */
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly limits?: Readonly<Record<string, string | number>>;
}

export interface Capabilities {
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
}

export interface SeccompProfile {
  readonly type?: string;
  readonly localhostProfile?: string;
}

export interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly procMount?: string;
  readonly capabilities?: Capabilities;
  readonly seccompProfile?: SeccompProfile;
  readonly appArmorProfile?: { readonly type?: string };
  readonly seLinuxOptions?: Readonly<Record<string, string>>;
  readonly windowsOptions?: WindowsOptions;
}

export interface WindowsOptions {
  readonly hostProcess?: boolean;
  readonly gmsaCredentialSpecName?: string;
  readonly gmsaCredentialSpec?: string;
  readonly runAsUserName?: string;
}

export interface PodSecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: string;
  readonly supplementalGroups?: readonly number[];
  readonly seccompProfile?: SeccompProfile;
  readonly appArmorProfile?: { readonly type?: string };
  readonly seLinuxOptions?: Readonly<Record<string, string>>;
  readonly windowsOptions?: WindowsOptions;
  readonly sysctls?: readonly { readonly name: string; readonly value?: string }[];
}

export interface Probe {
  readonly httpGet?: {
    readonly port?: number | string;
    readonly path?: string;
    readonly scheme?: string;
    readonly host?: string;
  };
  readonly tcpSocket?: { readonly port?: number | string; readonly host?: string };
  readonly grpc?: { readonly port?: number };
  readonly exec?: { readonly command?: readonly string[] };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath?: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly readOnly?: boolean;
}

export interface KeyItems {
  readonly items?: readonly { readonly key: string; readonly path?: string }[];
  readonly optional?: boolean;
}

export interface Volume {
  readonly name: string;
  readonly hostPath?: { readonly path?: string; readonly type?: string };
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string };
  readonly configMap?: KeyItems & { readonly name?: string };
  readonly secret?: KeyItems & { readonly secretName?: string };
  readonly persistentVolumeClaim?: { readonly claimName?: string; readonly readOnly?: boolean };
  readonly projected?: { readonly sources?: readonly ProjectedSource[] };
  readonly csi?: {
    readonly driver?: string;
    readonly nodePublishSecretRef?: { readonly name?: string };
    readonly volumeAttributes?: StringMap;
  };
  readonly ephemeral?: unknown;
  readonly nfs?: { readonly server?: string; readonly path?: string };
  /** Older kinds of volumes, for what only asks of which kind one is. */
  readonly [kind: string]: unknown;
}

export interface ProjectedSource {
  readonly configMap?: KeyItems & { readonly name?: string };
  readonly secret?: KeyItems & { readonly name?: string };
  readonly serviceAccountToken?: { readonly audience?: string; readonly expirationSeconds?: number };
  readonly downwardAPI?: unknown;
}

export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly nodeName?: string;
  readonly nodeSelector?: StringMap;
  readonly os?: { readonly name?: string };
  /** Of the pod as a whole. */
  readonly resources?: Resources;
  readonly affinity?: Affinity;
  readonly tolerations?: readonly Toleration[];
  readonly topologySpreadConstraints?: readonly { readonly topologyKey?: string }[];
  readonly restartPolicy?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly activeDeadlineSeconds?: number;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: { readonly options?: readonly { readonly name?: string; readonly value?: string }[] };
  readonly serviceAccountName?: string;
  /** The deprecated twin of serviceAccountName. */
  readonly serviceAccount?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly hostUsers?: boolean;
  readonly hostAliases?: unknown;
  readonly shareProcessNamespace?: boolean;
  readonly securityContext?: PodSecurityContext;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly schedulingGates?: readonly { readonly name: string }[];
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

export interface Affinity {
  readonly nodeAffinity?: unknown;
  readonly podAffinity?: unknown;
  readonly podAntiAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
    readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
      readonly weight?: number;
      readonly podAffinityTerm?: PodAffinityTerm;
    }[];
  };
}

export interface PodAffinityTerm {
  readonly topologyKey?: string;
  readonly labelSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
}

export interface PodTemplate {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: PodSpec;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: TerminatedState;
}

export interface TerminatedState {
  readonly exitCode?: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount?: number;
  readonly image?: string;
  readonly imageID?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface Pod extends KubeObject {
  /** `spec.nodeName`: it stands here, so that the pods of one template share one spec. */
  readonly nodeName?: string;
  readonly spec?: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly startTime?: string;
    readonly qosClass?: string;
    readonly conditions?: readonly Condition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface Deployment extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly selector?: LabelSelector;
    readonly strategy?: { readonly type?: string; readonly rollingUpdate?: RollingUpdate };
    readonly minReadySeconds?: number;
    readonly progressDeadlineSeconds?: number;
    readonly revisionHistoryLimit?: number;
    readonly template?: PodTemplate;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** apps.openshift.io DeploymentConfig. */
export interface DeploymentConfig extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: StringMap;
    readonly strategy?: { readonly type?: string };
    readonly template?: PodTemplate;
  };
}

export interface RollingUpdate {
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
  readonly partition?: number;
}

export interface ReplicaSet extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector; readonly template?: PodTemplate };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface StatefulSet extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly selector?: LabelSelector;
    readonly template?: PodTemplate;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: RollingUpdate };
    readonly volumeClaimTemplates?: readonly VolumeClaimTemplate[];
    readonly ordinals?: { readonly start?: number };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly currentReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly conditions?: readonly Condition[];
  };
}

export interface VolumeClaimTemplate {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: { readonly storageClassName?: string };
}

export interface DaemonSet extends KubeObject {
  readonly spec?: {
    readonly selector?: LabelSelector;
    readonly template?: PodTemplate;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: RollingUpdate };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly currentNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberReady?: number;
    readonly numberAvailable?: number;
    readonly numberUnavailable?: number;
    readonly numberMisscheduled?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface ReplicationController extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: StringMap; readonly template?: PodTemplate };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
}

export interface JobSpec {
  readonly parallelism?: number;
  readonly completions?: number;
  readonly backoffLimit?: number;
  readonly activeDeadlineSeconds?: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly suspend?: boolean;
  readonly selector?: LabelSelector;
  readonly template?: PodTemplate;
}

export interface Job extends KubeObject {
  readonly spec?: JobSpec;
  readonly status?: {
    readonly active?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly conditions?: readonly Condition[];
  };
}

export interface CronJob extends KubeObject {
  readonly spec?: {
    readonly schedule?: string;
    readonly timeZone?: string;
    readonly suspend?: boolean;
    readonly concurrencyPolicy?: string;
    readonly startingDeadlineSeconds?: number;
    readonly jobTemplate?: { readonly metadata?: Partial<ObjectMeta>; readonly spec?: JobSpec };
  };
  readonly status?: {
    readonly lastScheduleTime?: string;
    readonly lastSuccessfulTime?: string;
    readonly active?: readonly { readonly name?: string; readonly namespace?: string }[];
  };
}

export interface PersistentVolumeClaim extends KubeObject {
  readonly spec?: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly volumeMode?: string;
    readonly accessModes?: readonly string[];
    readonly resources?: Resources;
  };
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Condition[];
  };
}

export interface PersistentVolume extends KubeObject {
  readonly spec?: {
    readonly capacity?: Readonly<Record<string, string | number>>;
    readonly storageClassName?: string;
    readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string };
    readonly persistentVolumeReclaimPolicy?: string;
    readonly accessModes?: readonly string[];
    readonly csi?: { readonly driver?: string; readonly volumeAttributes?: StringMap };
    readonly [source: string]: unknown;
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly lastPhaseTransitionTime?: string;
  };
}

export interface StorageClass extends KubeObject {
  readonly provisioner?: string;
  readonly parameters?: StringMap;
  readonly reclaimPolicy?: string;
  readonly volumeBindingMode?: string;
}

export interface Node extends KubeObject {
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly {
      readonly key: string;
      readonly value?: string;
      readonly effect?: string;
      readonly timeAdded?: string;
    }[];
    readonly providerID?: string;
    readonly podCIDR?: string;
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly capacity?: Readonly<Record<string, string | number>>;
    readonly allocatable?: Readonly<Record<string, string | number>>;
    readonly nodeInfo?: Readonly<Record<string, string>>;
  };
}

export interface Namespace extends KubeObject {
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

export interface ResourceQuota extends KubeObject {
  readonly spec?: { readonly hard?: Readonly<Record<string, string | number>> };
  readonly status?: {
    readonly hard?: Readonly<Record<string, string | number>>;
    readonly used?: Readonly<Record<string, string | number>>;
  };
}

export interface LimitRange extends KubeObject {
  readonly spec?: { readonly limits?: readonly Readonly<Record<string, unknown>>[] };
}

export interface ServicePort {
  readonly name?: string;
  readonly port?: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly protocol?: string;
}

export interface Service extends KubeObject {
  readonly spec?: {
    readonly type?: string;
    readonly selector?: StringMap;
    readonly ports?: readonly ServicePort[];
    readonly clusterIP?: string;
    readonly externalIPs?: readonly string[];
    readonly externalName?: string;
    readonly loadBalancerIP?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly loadBalancerClass?: string;
    readonly externalTrafficPolicy?: string;
    readonly publishNotReadyAddresses?: boolean;
  };
  readonly status?: { readonly loadBalancer?: LoadBalancerStatus; readonly conditions?: readonly Condition[] };
}

export interface LoadBalancerStatus {
  readonly ingress?: readonly {
    readonly ip?: string;
    readonly hostname?: string;
    readonly ports?: readonly { readonly port?: number; readonly protocol?: string; readonly error?: string }[];
  }[];
}

export interface EndpointSlice extends KubeObject {
  readonly addressType?: string;
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[];
    readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean };
    readonly targetRef?: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
    readonly nodeName?: string;
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[];
}

/** core/v1 Endpoints: deprecated, asked for only where nothing else is served. */
export interface Endpoints extends KubeObject {
  readonly subsets?: readonly {
    readonly addresses?: readonly { readonly ip?: string; readonly targetRef?: { readonly name?: string } }[];
    readonly notReadyAddresses?: readonly { readonly ip?: string; readonly targetRef?: { readonly name?: string } }[];
    readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
  }[];
}

export interface IngressBackend {
  readonly service?: { readonly name?: string; readonly port?: { readonly number?: number; readonly name?: string } };
  readonly resource?: { readonly apiGroup?: string; readonly kind?: string; readonly name?: string };
  /** Of extensions/v1beta1 and networking.k8s.io/v1beta1, in files. */
  readonly serviceName?: string;
  readonly servicePort?: number | string;
}

export interface Ingress extends KubeObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: IngressBackend;
    readonly backend?: IngressBackend;
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: {
        readonly paths?: readonly {
          readonly path?: string;
          readonly pathType?: string;
          readonly backend?: IngressBackend;
        }[];
      };
    }[];
  };
  readonly status?: { readonly loadBalancer?: LoadBalancerStatus };
}

export interface IngressClass extends KubeObject {
  readonly spec?: { readonly controller?: string };
}

export interface NetworkPolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr?: string; readonly except?: readonly string[] };
}

export interface NetworkPolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface NetworkPolicy extends KubeObject {
  readonly spec?: {
    readonly podSelector?: LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly {
      readonly from?: readonly NetworkPolicyPeer[];
      readonly ports?: readonly NetworkPolicyPort[];
    }[];
    readonly egress?: readonly {
      readonly to?: readonly NetworkPolicyPeer[];
      readonly ports?: readonly NetworkPolicyPort[];
    }[];
  };
}

/** cilium.io CiliumNetworkPolicy, and CiliumClusterwideNetworkPolicy. */
export interface CiliumNetworkPolicy extends KubeObject {
  readonly spec?: CiliumRule;
  readonly specs?: readonly CiliumRule[];
}

export interface CiliumRule {
  readonly endpointSelector?: LabelSelector;
  readonly ingress?: readonly unknown[];
  readonly ingressDeny?: readonly unknown[];
  readonly egress?: readonly unknown[];
  readonly egressDeny?: readonly unknown[];
}

export interface HorizontalPodAutoscaler extends KubeObject {
  readonly spec?: {
    readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string };
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly metrics?: readonly HpaMetric[];
    /** Of autoscaling/v1, in files. */
    readonly targetCPUUtilizationPercentage?: number;
  };
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly lastScaleTime?: string;
    readonly conditions?: readonly Condition[];
  };
}

export interface HpaMetric {
  readonly type?: string;
  readonly resource?: { readonly name?: string; readonly target?: { readonly type?: string } };
  readonly containerResource?: { readonly name?: string; readonly container?: string };
}

export interface PodDisruptionBudget extends KubeObject {
  readonly spec?: {
    readonly selector?: LabelSelector;
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
    readonly unhealthyPodEvictionPolicy?: string;
  };
  readonly status?: {
    readonly currentHealthy?: number;
    readonly desiredHealthy?: number;
    readonly disruptionsAllowed?: number;
    readonly expectedPods?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly failurePolicy?: string;
    readonly sideEffects?: string;
    readonly timeoutSeconds?: number;
    readonly clientConfig?: {
      readonly url?: string;
      readonly service?: {
        readonly namespace?: string;
        readonly name?: string;
        readonly path?: string;
        readonly port?: number;
      };
    };
    readonly rules?: readonly {
      readonly apiGroups?: readonly string[];
      readonly resources?: readonly string[];
      readonly operations?: readonly string[];
      readonly scope?: string;
    }[];
    readonly namespaceSelector?: LabelSelector;
    readonly objectSelector?: LabelSelector;
  }[];
}

export interface APIService extends KubeObject {
  readonly spec?: {
    readonly group?: string;
    readonly version?: string;
    readonly service?: { readonly namespace?: string; readonly name?: string };
    readonly insecureSkipTLSVerify?: boolean;
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface CustomResourceDefinition extends KubeObject {
  readonly spec?: { readonly group?: string; readonly names?: { readonly kind?: string; readonly plural?: string } };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface ServiceAccount extends KubeObject {
  readonly automountServiceAccountToken?: boolean;
  readonly secrets?: readonly { readonly name?: string }[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

export interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[];
}

export interface ClusterRole extends Role {
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

/** A RoleBinding or a ClusterRoleBinding. */
export interface Binding extends KubeObject {
  readonly roleRef?: { readonly kind?: string; readonly name?: string; readonly apiGroup?: string };
  readonly subjects?: readonly Subject[];
}

/** Keys only: every value is withheld, with its length in UTF-16 units. */
export interface ConfigMap extends KubeObject {
  readonly data?: StringMap;
  readonly binaryData?: StringMap;
  readonly immutable?: boolean;
  /** Length of all values together, UTF-16 units; of binaryData as encoded. */
  readonly dataSize?: number;
}

/** By its metadata alone: its type and its keys are not asked for. */
export type Secret = KubeObject;

export interface KubeEvent extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly fieldPath?: string;
  };
  readonly count?: number;
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
}

export interface GatewayClass extends KubeObject {
  readonly spec?: { readonly controllerName?: string };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface Gateway extends KubeObject {
  readonly spec?: {
    readonly gatewayClassName?: string;
    readonly addresses?: readonly { readonly type?: string; readonly value?: string }[];
    readonly listeners?: readonly {
      readonly name: string;
      readonly hostname?: string;
      readonly port?: number;
      readonly protocol?: string;
      readonly allowedRoutes?: { readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector } };
      readonly tls?: {
        readonly mode?: string;
        readonly certificateRefs?: readonly { readonly name?: string; readonly namespace?: string }[];
      };
    }[];
  };
  readonly status?: {
    readonly addresses?: readonly { readonly type?: string; readonly value?: string }[];
    readonly conditions?: readonly Condition[];
    readonly listeners?: readonly { readonly name?: string; readonly conditions?: readonly Condition[] }[];
  };
}

export interface HTTPRoute extends KubeObject {
  readonly spec?: {
    readonly parentRefs?: readonly {
      readonly kind?: string;
      readonly group?: string;
      readonly name?: string;
      readonly namespace?: string;
      readonly sectionName?: string;
    }[];
    readonly hostnames?: readonly string[];
    readonly rules?: readonly {
      readonly backendRefs?: readonly {
        readonly kind?: string;
        readonly group?: string;
        readonly name?: string;
        readonly namespace?: string;
        readonly port?: number;
      }[];
    }[];
  };
  readonly status?: {
    readonly parents?: readonly {
      readonly parentRef?: { readonly name?: string; readonly namespace?: string };
      readonly conditions?: readonly Condition[];
    }[];
  };
}

/** cert-manager.io Certificate. */
export interface Certificate extends KubeObject {
  readonly spec?: { readonly secretName?: string; readonly dnsNames?: readonly string[] };
  readonly status?: {
    readonly notAfter?: string;
    readonly renewalTime?: string;
    readonly conditions?: readonly Condition[];
  };
}

/** monitoring.coreos.com ServiceMonitor. */
export interface ServiceMonitor extends KubeObject {
  readonly spec?: {
    readonly selector?: LabelSelector;
    readonly namespaceSelector?: { readonly any?: boolean; readonly matchNames?: readonly string[] };
  };
}

/** metrics.k8s.io. */
export interface NodeMetrics extends KubeObject {
  readonly timestamp?: string;
  readonly usage?: Readonly<Record<string, string>>;
}
