import {
  isEmptySelector,
  selects,
  type Namespace,
  type NetworkPolicy,
  type NetworkPolicyPeer,
} from '../../providers/kubernetes/reader.ts';
import type { PodLabels } from './dangling-selectors.ts';
import type { LastingProblem } from './lasting.ts';
import type { Field } from './problems.ts';

/** Whom a policy may be about. */
export interface PolicySurroundings {
  readonly pods: PodLabels;
  /** null: not all of them were looked at, so that nothing can be said of peers elsewhere. */
  readonly namespaces: readonly Namespace[] | null;
}

export function policyProblems(policy: NetworkPolicy, around: PolicySurroundings): readonly LastingProblem[] {
  return [...selection(policy, around), ...peers(policy, around), ...openRules(policy)];
}

/** An empty selector is every pod of the namespace, those to come included: a policy for all, or a default-deny. */
function selection({ metadata, spec }: NetworkPolicy, { pods }: PolicySurroundings): readonly LastingProblem[] {
  const selector = spec?.podSelector ?? {};
  if (isEmptySelector(selector)) return [];
  if ((pods.get(metadata.namespace ?? '') ?? []).some((labels) => selects(selector, labels))) return [];
  return [
    { rule: 'selects-nothing', since: 0, fields: [{ path: 'spec.podSelector', value: JSON.stringify(selector) }] },
  ];
}

interface PlacedPeer {
  readonly peer: NetworkPolicyPeer;
  readonly path: string;
  readonly direction: string;
}

function peersOf({ spec }: NetworkPolicy): readonly PlacedPeer[] {
  return [
    ...(spec?.ingress ?? []).flatMap(({ from }, rule) =>
      (from ?? []).map((peer, index) => ({
        peer,
        path: `spec.ingress[${rule}].from[${index}]`,
        direction: 'ingress',
      })),
    ),
    ...(spec?.egress ?? []).flatMap(({ to }, rule) =>
      (to ?? []).map((peer, index) => ({ peer, path: `spec.egress[${rule}].to[${index}]`, direction: 'egress' })),
    ),
  ];
}

function peers(policy: NetworkPolicy, around: PolicySurroundings): readonly LastingProblem[] {
  return peersOf(policy).flatMap(({ peer, path, direction }) => {
    const fields = nothingOf(policy, peer, path, around);
    return fields.length === 0
      ? []
      : [{ rule: 'peer-selects-nothing', apart: direction, about: direction, since: 0, fields }];
  });
}

/** A peer of blocks of addresses is not about pods. */
function nothingOf(
  { metadata }: NetworkPolicy,
  { podSelector, namespaceSelector }: NetworkPolicyPeer,
  path: string,
  { pods, namespaces }: PolicySurroundings,
): readonly Field[] {
  if (namespaceSelector !== undefined && namespaces === null) return [];
  const places =
    namespaceSelector === undefined
      ? [metadata.namespace ?? '']
      : (namespaces ?? [])
          .filter((namespace) => selects(namespaceSelector, labelsOf(namespace)))
          .map((namespace) => namespace.metadata.name);
  if (namespaceSelector !== undefined && places.length === 0)
    return [{ path: `${path}.namespaceSelector`, value: JSON.stringify(namespaceSelector) }];
  if (podSelector === undefined || isEmptySelector(podSelector)) return [];
  const isSelected = places.some((place) => (pods.get(place) ?? []).some((labels) => selects(podSelector, labels)));
  return isSelected ? [] : [{ path: `${path}.podSelector`, value: JSON.stringify(podSelector) }];
}

/** An API server gives every namespace its name as a label. */
function labelsOf({ metadata }: Namespace): Readonly<Record<string, string>> {
  return { 'kubernetes.io/metadata.name': metadata.name, ...metadata.labels };
}

/** A rule without peers and ports lets in everybody. A policy without rules lets in nobody: that is a default-deny. */
function openRules({ spec }: NetworkPolicy): readonly LastingProblem[] {
  const types = spec?.policyTypes ?? ['Ingress', ...((spec?.egress ?? []).length > 0 ? ['Egress'] : [])];
  const isOpen = (
    peersOfRule: readonly NetworkPolicyPeer[] | undefined,
    ports: readonly unknown[] | undefined,
  ): boolean =>
    (ports ?? []).length === 0 && ((peersOfRule ?? []).length === 0 || (peersOfRule ?? []).some(isEverybody));
  return [
    ...(spec?.ingress ?? []).flatMap(({ from, ports }, index) =>
      types.includes('Ingress') && isOpen(from, ports)
        ? [open('allows-all-ingress', `spec.ingress[${index}].from`, from)]
        : [],
    ),
    ...(spec?.egress ?? []).flatMap(({ to, ports }, index) =>
      types.includes('Egress') && isOpen(to, ports) ? [open('allows-all-egress', `spec.egress[${index}].to`, to)] : [],
    ),
  ];
}

function isEverybody({ ipBlock }: NetworkPolicyPeer): boolean {
  return (ipBlock?.cidr === '0.0.0.0/0' || ipBlock?.cidr === '::/0') && (ipBlock.except ?? []).length === 0;
}

function open(rule: string, path: string, peersOfRule: readonly NetworkPolicyPeer[] | undefined): LastingProblem {
  const value = (peersOfRule ?? []).map(({ ipBlock }) => ipBlock?.cidr).join(', ');
  return { rule, since: 0, fields: [{ path, value: value === '' ? null : value }] };
}
