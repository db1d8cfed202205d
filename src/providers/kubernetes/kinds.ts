import type * as objects from './objects.ts';

/** What a list of each kind holds. */
export interface Kinds {
  readonly APIService: objects.APIService;
  readonly Certificate: objects.Certificate;
  readonly CiliumClusterwideNetworkPolicy: objects.CiliumNetworkPolicy;
  readonly CiliumNetworkPolicy: objects.CiliumNetworkPolicy;
  readonly ClusterRole: objects.ClusterRole;
  readonly ClusterRoleBinding: objects.Binding;
  readonly ConfigMap: objects.ConfigMap;
  readonly CronJob: objects.CronJob;
  readonly CSIStorageCapacity: objects.KubeObject;
  readonly CustomResourceDefinition: objects.CustomResourceDefinition;
  readonly DaemonSet: objects.DaemonSet;
  readonly Deployment: objects.Deployment;
  readonly DeploymentConfig: objects.DeploymentConfig;
  readonly Endpoints: objects.Endpoints;
  readonly EndpointSlice: objects.EndpointSlice;
  readonly Event: objects.KubeEvent;
  readonly Gateway: objects.Gateway;
  readonly GatewayClass: objects.GatewayClass;
  readonly GRPCRoute: objects.HTTPRoute;
  readonly HorizontalPodAutoscaler: objects.HorizontalPodAutoscaler;
  readonly HTTPRoute: objects.HTTPRoute;
  readonly Ingress: objects.Ingress;
  readonly IngressClass: objects.IngressClass;
  readonly Job: objects.Job;
  readonly Lease: objects.KubeObject;
  readonly LimitRange: objects.LimitRange;
  readonly MutatingWebhookConfiguration: objects.WebhookConfiguration;
  readonly Namespace: objects.Namespace;
  readonly NetworkPolicy: objects.NetworkPolicy;
  readonly Node: objects.Node;
  readonly NodeMetrics: objects.NodeMetrics;
  readonly PersistentVolume: objects.PersistentVolume;
  readonly PersistentVolumeClaim: objects.PersistentVolumeClaim;
  readonly Pod: objects.Pod;
  readonly PodDisruptionBudget: objects.PodDisruptionBudget;
  readonly PodTemplate: objects.KubeObject & { readonly template?: objects.PodTemplate };
  readonly ReplicaSet: objects.ReplicaSet;
  readonly ReplicationController: objects.ReplicationController;
  readonly ResourceQuota: objects.ResourceQuota;
  readonly Role: objects.Role;
  readonly RoleBinding: objects.Binding;
  readonly Secret: objects.Secret;
  readonly Service: objects.Service;
  readonly ServiceAccount: objects.ServiceAccount;
  readonly ServiceMonitor: objects.ServiceMonitor;
  readonly StatefulSet: objects.StatefulSet;
  readonly StorageClass: objects.StorageClass;
  readonly TCPRoute: objects.HTTPRoute;
  readonly UDPRoute: objects.HTTPRoute;
  readonly ValidatingWebhookConfiguration: objects.WebhookConfiguration;
}

export type KindName = keyof Kinds;

export interface Kind {
  /** Empty: the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /**
   * `pages`: read in pages, straight from the store. `cache`: few objects, of which the API server's own cache
   * (`resourceVersion=0`) is fresh enough: that answers even while etcd does not, and it ignores pages.
   */
  readonly read: 'pages' | 'cache';
  /** A cluster may well be without it: 404 is an answer then. */
  readonly optional?: true;
  readonly fieldSelector?: string;
  /** Only names, labels and owners are asked for, and sent. */
  readonly metadataOnly?: true;
}

const core = (plural: string, read: Kind['read'], more: Partial<Kind> = {}): Kind => ({
  group: '',
  version: 'v1',
  plural,
  namespaced: true,
  read,
  ...more,
});
const grouped = (group: string, plural: string, read: Kind['read'], more: Partial<Kind> = {}): Kind => ({
  group,
  version: 'v1',
  plural,
  namespaced: true,
  read,
  ...more,
});
const CLUSTER_WIDE = { namespaced: false } as const;
const OPTIONAL = { optional: true } as const;
const RBAC = 'rbac.authorization.k8s.io';

/** Where each kind is asked for. */
export const KINDS: Readonly<Record<KindName, Kind>> = {
  APIService: grouped('apiregistration.k8s.io', 'apiservices', 'cache', CLUSTER_WIDE),
  Certificate: grouped('cert-manager.io', 'certificates', 'pages', OPTIONAL),
  CiliumClusterwideNetworkPolicy: grouped('cilium.io', 'ciliumclusterwidenetworkpolicies', 'pages', {
    ...CLUSTER_WIDE,
    ...OPTIONAL,
    version: 'v2',
  }),
  CiliumNetworkPolicy: grouped('cilium.io', 'ciliumnetworkpolicies', 'pages', { ...OPTIONAL, version: 'v2' }),
  ClusterRole: grouped(RBAC, 'clusterroles', 'pages', CLUSTER_WIDE),
  ClusterRoleBinding: grouped(RBAC, 'clusterrolebindings', 'pages', CLUSTER_WIDE),
  ConfigMap: core('configmaps', 'pages'),
  CronJob: grouped('batch', 'cronjobs', 'pages'),
  CSIStorageCapacity: grouped('storage.k8s.io', 'csistoragecapacities', 'pages'),
  CustomResourceDefinition: grouped('apiextensions.k8s.io', 'customresourcedefinitions', 'pages', {
    ...CLUSTER_WIDE,
    metadataOnly: true,
  }),
  DaemonSet: grouped('apps', 'daemonsets', 'pages'),
  Deployment: grouped('apps', 'deployments', 'pages'),
  DeploymentConfig: grouped('apps.openshift.io', 'deploymentconfigs', 'pages', OPTIONAL),
  Endpoints: core('endpoints', 'pages'),
  EndpointSlice: grouped('discovery.k8s.io', 'endpointslices', 'pages'),
  Event: core('events', 'pages', { fieldSelector: 'type=Warning' }),
  Gateway: grouped('gateway.networking.k8s.io', 'gateways', 'pages', OPTIONAL),
  GatewayClass: grouped('gateway.networking.k8s.io', 'gatewayclasses', 'pages', { ...CLUSTER_WIDE, ...OPTIONAL }),
  GRPCRoute: grouped('gateway.networking.k8s.io', 'grpcroutes', 'pages', OPTIONAL),
  HorizontalPodAutoscaler: grouped('autoscaling', 'horizontalpodautoscalers', 'pages', { version: 'v2' }),
  HTTPRoute: grouped('gateway.networking.k8s.io', 'httproutes', 'pages', OPTIONAL),
  Ingress: grouped('networking.k8s.io', 'ingresses', 'pages'),
  IngressClass: grouped('networking.k8s.io', 'ingressclasses', 'cache', CLUSTER_WIDE),
  Job: grouped('batch', 'jobs', 'pages'),
  Lease: grouped('coordination.k8s.io', 'leases', 'pages'),
  LimitRange: core('limitranges', 'cache'),
  MutatingWebhookConfiguration: grouped(
    'admissionregistration.k8s.io',
    'mutatingwebhookconfigurations',
    'cache',
    CLUSTER_WIDE,
  ),
  Namespace: core('namespaces', 'cache', CLUSTER_WIDE),
  NetworkPolicy: grouped('networking.k8s.io', 'networkpolicies', 'pages'),
  Node: core('nodes', 'cache', CLUSTER_WIDE),
  NodeMetrics: grouped('metrics.k8s.io', 'nodes', 'cache', { ...CLUSTER_WIDE, ...OPTIONAL, version: 'v1beta1' }),
  PersistentVolume: core('persistentvolumes', 'pages', CLUSTER_WIDE),
  PersistentVolumeClaim: core('persistentvolumeclaims', 'pages'),
  Pod: core('pods', 'pages'),
  PodDisruptionBudget: grouped('policy', 'poddisruptionbudgets', 'pages'),
  PodTemplate: core('podtemplates', 'pages'),
  ReplicaSet: grouped('apps', 'replicasets', 'pages'),
  ReplicationController: core('replicationcontrollers', 'pages'),
  ResourceQuota: core('resourcequotas', 'pages'),
  Role: grouped(RBAC, 'roles', 'pages'),
  RoleBinding: grouped(RBAC, 'rolebindings', 'pages'),
  Secret: core('secrets', 'pages', { metadataOnly: true }),
  Service: core('services', 'pages'),
  ServiceAccount: core('serviceaccounts', 'pages'),
  ServiceMonitor: grouped('monitoring.coreos.com', 'servicemonitors', 'pages', OPTIONAL),
  StatefulSet: grouped('apps', 'statefulsets', 'pages'),
  StorageClass: grouped('storage.k8s.io', 'storageclasses', 'cache', CLUSTER_WIDE),
  TCPRoute: grouped('gateway.networking.k8s.io', 'tcproutes', 'pages', { ...OPTIONAL, version: 'v1alpha2' }),
  UDPRoute: grouped('gateway.networking.k8s.io', 'udproutes', 'pages', { ...OPTIONAL, version: 'v1alpha2' }),
  ValidatingWebhookConfiguration: grouped(
    'admissionregistration.k8s.io',
    'validatingwebhookconfigurations',
    'cache',
    CLUSTER_WIDE,
  ),
};

/** `deployments.apps`, `pods`: as kubectl and RBAC name it. */
export function resourceOf({ plural, group }: Kind): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `/apis/cert-manager.io/v1`: where the kinds of a group are said. */
export function groupPathOf({ group, version }: Kind): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** `/apis/apps/v1/namespaces/prod/deployments`; of all namespaces with null. */
export function pathOf(kind: Kind, namespace: string | null): string {
  const { plural, namespaced } = kind;
  const root = groupPathOf(kind);
  return namespaced && namespace !== null
    ? `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`
    : `${root}/${plural}`;
}

/** `apps/v1`, `v1`. */
export function apiVersionOf({ group, version }: Kind): string {
  return group === '' ? version : `${group}/${version}`;
}
