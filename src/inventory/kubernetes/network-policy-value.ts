import { canonicalJson } from '../../domain/canonical-json.ts';
import { mergeCidrs } from '../../domain/cidr.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import {
  isEmptySelector,
  type NetworkPolicy,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
} from '../../providers/kubernetes/reader.ts';
import { canonicalSelector } from './canonical-selector.ts';
import { sortedSet } from './scan.ts';

/** Which ways a namespace is closed to what no policy allows: by a policy that selects every pod. */
export function defaultDeny(policies: readonly NetworkPolicy[]): JsonObject {
  const closed = policies.filter(({ spec }) => spec?.podSelector !== undefined && isEmptySelector(spec.podSelector));
  return {
    ingress: closed.some((policy) => waysOf(policy).includes('Ingress')),
    egress: closed.some((policy) => waysOf(policy).includes('Egress')),
  };
}

/** A policy with its peers and ports as sorted sets. */
export function networkPolicyValue(policy: NetworkPolicy): JsonObject {
  const { podSelector, ingress, egress } = policy.spec ?? {};
  const ways = waysOf(policy);
  return {
    uid: policy.metadata.uid ?? null,
    pods: canonicalSelector(podSelector),
    ways: [...ways],
    ingress: ways.includes('Ingress')
      ? (ingress ?? []).map(({ from, ports }) => rule(from, ports)).toSorted(byText)
      : null,
    egress: ways.includes('Egress') ? (egress ?? []).map(({ to, ports }) => rule(to, ports)).toSorted(byText) : null,
  };
}

/** Where a policy does not say, it is about what comes in, and about what goes out if it has rules for that. */
function waysOf({ spec }: NetworkPolicy): readonly string[] {
  return sortedSet(spec?.policyTypes ?? ['Ingress', ...((spec?.egress ?? []).length > 0 ? ['Egress'] : [])]);
}

/** No peers are everybody, no ports all of them: null. */
function rule(
  peers: readonly NetworkPolicyPeer[] | undefined,
  ports: readonly NetworkPolicyPort[] | undefined,
): JsonObject {
  return {
    peers: peers === undefined || peers.length === 0 ? null : peers.map(peerValue).toSorted(byText),
    ports: ports === undefined || ports.length === 0 ? null : sortedSet(ports.map(portText)),
  };
}

function peerValue({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer): JsonObject {
  if (ipBlock !== undefined)
    return { addresses: mergeCidrs([ipBlock.cidr ?? '']), except: mergeCidrs(ipBlock.except ?? []) };
  return { pods: canonicalSelector(podSelector), namespaces: canonicalSelector(namespaceSelector) };
}

/** `443/TCP`, `8000-8010/TCP`, `metrics/TCP`. */
function portText({ protocol = 'TCP', port = 'every port', endPort }: NetworkPolicyPort): string {
  return `${port}${endPort === undefined ? '' : `-${endPort}`}/${protocol}`;
}

function byText(a: JsonValue, b: JsonValue): number {
  const left = canonicalJson(a);
  const right = canonicalJson(b);
  return left < right ? -1 : left > right ? 1 : 0;
}
