import type { HiddenFact, InventoryFact, InventorySource } from '../../domain/inventory.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { KindName, KubernetesReader, Namespace } from '../../providers/kubernetes/reader.ts';
import { defaultDeny, networkPolicyValue } from './network-policy-value.ts';
import { scanCluster, type Scan } from './scan.ts';

const PARTS = ['NetworkPolicy', 'ResourceQuota', 'LimitRange'] as const satisfies readonly KindName[];

export const source: InventorySource<KubernetesReader> = {
  id: 'kubernetes/namespace-policies',
  title: "Namespaces' policies",
  description: `One fact for each namespace: its labels of Pod Security Admission, its network policies in canonical form, whether all of them together deny by default what comes in and what goes out, its quotas, and its limit ranges by name.

The value holds the uid of the namespace and of each network policy, so that one that was deleted and made again shows. Where policies, quotas or limit ranges of a namespace could not be read, the namespace is incomparable as a whole. Policies of a network plug-in's own kinds are not read.`,
  kinds: {
    'namespace-policy': { noun: 'the policies of a namespace', added: 'low', removed: 'low', changed: 'high' },
  },
  timeoutMs: 60_000,

  read: (reader, context) =>
    scanCluster(
      reader,
      context,
      {
        'namespace-policy': { of: ['Namespace'], hides: 'all' },
        // The lists that the value is made of: what they hide is known by the namespace.
        parts: { of: PARTS, hides: 'self' },
      },
      (scan) => {
        const namespaces = scan.all('Namespace').filter(({ metadata }) => scan.cluster.includes(metadata.name));
        return {
          facts: namespaces.map((namespace) => factOf(scan, namespace)),
          hidden: namespaces.flatMap((namespace) => hiddenOf(scan, namespace)),
        };
      },
    ),
};

function factOf(scan: Scan, { metadata }: Namespace): InventoryFact {
  const mine = (object: { readonly metadata: { readonly namespace?: string } }): boolean =>
    object.metadata.namespace === metadata.name;
  const policies = scan.all('NetworkPolicy').filter(mine);
  const value: JsonObject = {
    uid: metadata.uid ?? null,
    podSecurity: Object.fromEntries(
      Object.entries(metadata.labels ?? {})
        .filter(([key]) => key.startsWith(POD_SECURITY))
        .map(([key, level]) => [key.slice(POD_SECURITY.length), level]),
    ),
    deniesByDefault: defaultDeny(policies),
    networkPolicies: Object.fromEntries(policies.map((policy) => [policy.metadata.name, networkPolicyValue(policy)])),
    quotas: Object.fromEntries(
      scan
        .all('ResourceQuota')
        .filter(mine)
        .map((quota) => [quota.metadata.name, { ...quota.spec?.hard }]),
    ),
    limitRanges: scan
      .all('LimitRange')
      .filter(mine)
      .map((range) => range.metadata.name)
      .toSorted(),
  };
  return scan.fact('namespace-policy', metadata.name, value);
}

const POD_SECURITY = 'pod-security.kubernetes.io/';

/** The namespace is known to be there, and only its value is not. */
function hiddenOf(scan: Scan, { metadata }: Namespace): readonly HiddenFact[] {
  const failure = PARTS.map((kind) => scan.trouble(kind, metadata.name)).find((trouble) => trouble !== null);
  return failure === undefined ? [] : [scan.hidden('namespace-policy', metadata.name, failure)];
}
