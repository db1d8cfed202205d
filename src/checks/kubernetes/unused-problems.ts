import type { ConfigMap, KubeObject, Role } from '../../providers/kubernetes/reader.ts';
import type { LastingProblem } from './lasting.ts';
import { keyOf, type Uses } from './uses.ts';

/** What sidecars and operators find by a label, without anybody naming it. */
const WATCHED = [
  'grafana_dashboard',
  'grafana_datasource',
  'grafana_alert',
  'grafana_notifier',
  'grafana_folder',
  'prometheus_rule',
  'fluentd_config',
  'fluentbit_config',
  'k8s-sidecar-target-directory',
];
/** What Kubernetes and its like put into every namespace. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  'kube-root-ca.crt',
  'openshift-service-ca.crt',
  'istio-ca-root-cert',
  'linkerd-identity-trust-roots',
]);
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
/** Set by who uses k8sgpt, to say the same. */
const SKIP = 'k8sgpt.ai/skip-usage-check';
const AGGREGATES = 'rbac.authorization.k8s.io/aggregate-to-';
const BOOTSTRAPPED = 'kubernetes.io/bootstrapping';

export function configMapProblems(configMap: ConfigMap, uses: Uses, largerThan: number): readonly LastingProblem[] {
  const { metadata, dataSize = 0 } = configMap;
  if (EVERYWHERE.has(metadata.name) || metadata.annotations?.[LEADER] !== undefined) return [];
  const keys = Object.keys({ ...configMap.data, ...configMap.binaryData }).length;
  const isUsed =
    isKept(configMap) ||
    isWatched(configMap) ||
    uses.byPods(configMap) ||
    uses.byArguments(configMap) ||
    uses.byRoles(configMap);
  return [
    ...(isUsed ? [] : [problem('config-map-unused', { path: 'keys', value: keys })]),
    ...(keys > 0 || isKept(configMap) ? [] : [problem('config-map-empty', { path: 'data', value: null })]),
    ...(dataSize > largerThan
      ? [
          {
            ...problem('config-map-large', { path: 'length of data', value: dataSize }),
            about: `${Math.round(dataSize / 1024)} KiB`,
          },
        ]
      : []),
  ];
}

function isWatched({ metadata }: KubeObject): boolean {
  const labels = metadata.labels ?? {};
  return (
    WATCHED.some((label) => labels[label] !== undefined) || labels['owner'] === 'helm' || labels['OWNER'] === 'TILLER'
  );
}

/** Somebody made it who looks after it, or says that it is used. */
function isKept({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).length > 0 || metadata.annotations?.[SKIP] === 'true';
}

export function accountProblems(
  account: KubeObject,
  uses: Uses,
  bound: ReadonlySet<string>,
): readonly LastingProblem[] {
  const { name, namespace } = account.metadata;
  if (
    name === 'default' ||
    isKept(account) ||
    uses.byPods(account) ||
    bound.has(keyOf('ServiceAccount', namespace, name))
  )
    return [];
  return [problem('account-unused', { path: 'metadata.name', value: name })];
}

export function claimProblems(claim: KubeObject, uses: Uses): readonly LastingProblem[] {
  if (isKept(claim) || uses.byPods(claim) || uses.byStatefulSets(claim)) return [];
  return [problem('claim-unused', { path: 'metadata.name', value: claim.metadata.name })];
}

/** One that is a part of another by its labels is used by that; those of Kubernetes itself are meant to be there. */
export function roleProblems(role: Role, bound: ReadonlySet<string>): readonly LastingProblem[] {
  const { name, namespace, labels = {} } = role.metadata;
  const isBuiltIn = labels[BOOTSTRAPPED] !== undefined || name.startsWith('system:');
  const isPart = Object.keys(labels).some((label) => label.startsWith(AGGREGATES));
  if (isBuiltIn || isPart || isKept(role) || 'aggregationRule' in role || bound.has(keyOf(role.kind, namespace, name)))
    return [];
  return [problem('role-unused', { path: 'metadata.name', value: name })];
}

function problem(rule: string, field: LastingProblem['fields'][number]): LastingProblem {
  return { rule, since: 0, fields: [field] };
}
