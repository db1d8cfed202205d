import {
  fits,
  isEmptySelector,
  selects,
  type CiliumNetworkPolicy,
  type LabelSelector,
  type NetworkPolicy,
  type StringMap,
} from '../../providers/kubernetes/reader.ts';

/** Of pods: true where some policy decides who may come in, or where they may go. */
export interface Isolation {
  readonly selected: boolean;
  readonly ingress: boolean;
  readonly egress: boolean;
}

/** What the policies of a cluster say of pods. */
export interface Policies {
  of(namespace: string, labels: StringMap | undefined): Isolation;
  /** True when there is a policy in the namespace, or one for all pods of it. */
  hasAny(namespace: string): boolean;
}

interface Selection {
  /** null: of all namespaces. */
  readonly namespace: string | null;
  readonly selector: LabelSelector;
  readonly ingress: boolean;
  readonly egress: boolean;
}

export function createPolicies(policies: readonly NetworkPolicy[], cilium: readonly CiliumNetworkPolicy[]): Policies {
  const selections = [...policies.map(selectionOf), ...cilium.flatMap(ciliumSelections)];
  const byNamespace = Map.groupBy(selections, ({ namespace }) => namespace ?? '');
  const clusterWide = byNamespace.get('') ?? [];
  return {
    of: (namespace, labels) => {
      const mine = [...(byNamespace.get(namespace) ?? []), ...clusterWide].filter(({ selector }) =>
        selects(selector, labels),
      );
      return {
        selected: mine.length > 0,
        ingress: mine.some(({ ingress }) => ingress),
        egress: mine.some(({ egress }) => egress),
      };
    },
    hasAny: (namespace) =>
      byNamespace.has(namespace) || clusterWide.some(({ selector }) => selectsNamespace(selector, namespace)),
  };
}

/** By the defaults of the API: for what comes in always, for what goes out when it has rules for that. */
function selectionOf({ metadata, spec }: NetworkPolicy): Selection {
  const types = spec?.policyTypes ?? ['Ingress', ...((spec?.egress ?? []).length > 0 ? ['Egress'] : [])];
  return {
    namespace: metadata.namespace ?? '',
    // Absent in a file, it is empty once a server has it: every pod of the namespace.
    selector: spec?.podSelector ?? {},
    ingress: types.includes('Ingress'),
    egress: types.includes('Egress'),
  };
}

/** A direction is decided by a policy that has a section for it, be it empty. */
function ciliumSelections({ kind, metadata, spec, specs }: CiliumNetworkPolicy): readonly Selection[] {
  return [...(spec === undefined ? [] : [spec]), ...(specs ?? [])].flatMap(
    ({ endpointSelector, ingress, ingressDeny, egress, egressDeny }) =>
      // Without one it is about nodes.
      endpointSelector === undefined
        ? []
        : [
            {
              namespace: kind === 'CiliumNetworkPolicy' ? (metadata.namespace ?? '') : null,
              selector: withoutSources(endpointSelector),
              ingress: ingress !== undefined || ingressDeny !== undefined,
              egress: egress !== undefined || egressDeny !== undefined,
            },
          ],
  );
}

/** Cilium's keys may say where a label comes from: `k8s:app`. */
function withoutSources({ matchLabels, matchExpressions }: LabelSelector): LabelSelector {
  return {
    matchLabels: Object.fromEntries(Object.entries(matchLabels ?? {}).map(([key, value]) => [plain(key), value])),
    matchExpressions: (matchExpressions ?? []).map((expression) => ({ ...expression, key: plain(expression.key) })),
  };
}

function plain(key: string): string {
  return key.replace(/^(?:k8s|any):/, '');
}

const NAMESPACE_LABEL = 'io.kubernetes.pod.namespace';

/** All of a namespace's pods: no selector at all, or none but for the namespace. */
function selectsNamespace(selector: LabelSelector, namespace: string): boolean {
  if (isEmptySelector(selector)) return true;
  const labels = selector.matchLabels ?? {};
  return (
    (selector.matchExpressions ?? []).length === 0 &&
    Object.keys(labels).every((key) => key === NAMESPACE_LABEL) &&
    fits(labels, { [NAMESPACE_LABEL]: namespace })
  );
}
