import type { Namespace, WebhookConfiguration } from '../../providers/kubernetes/reader.ts';
import type { Problem } from './problems.ts';
import type { ChoosableRule } from './rule-choice.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const NEXT = 'See its labels: kubectl get {object} --show-labels. What runs there: kubectl get pods -A';

/** What namespaces hold their pods to. */
export const NAMESPACE_RULES: readonly ChoosableRule[] = [
  {
    id: 'pod-security-not-enforced',
    severity: 'low',
    title: 'lets in pods of any kind',
    why: 'Neither Pod Security admission nor a policy webhook refuses privileged pods here: who may create a pod may take a node.',
    next: NEXT,
  },
  {
    id: 'pod-security-below-baseline',
    severity: 'low',
    optional: true,
    title: 'does not enforce at least the baseline of Pod Security',
    why: 'The baseline keeps out what takes over nodes: privileged containers, host namespaces, folders of the node.',
    next: NEXT,
  },
  {
    id: 'pod-security-below-restricted',
    severity: 'info',
    optional: true,
    title: 'does not enforce the restricted level of Pod Security',
    why: 'It keeps out root and everything that most programs do not need.',
    next: NEXT,
  },
];

export function namespaceProblems(namespace: Namespace, isGuarded: boolean): readonly Problem[] {
  const labels = namespace.metadata.labels ?? {};
  const level = labels[ENFORCE];
  const fields = [{ path: `metadata.labels["${ENFORCE}"]`, value: level ?? null }];
  const isEnforced = level === 'baseline' || level === 'restricted';
  return [
    // Who says `privileged` has decided, and is asked no more.
    ...(level !== undefined || isGuarded ? [] : [{ rule: 'pod-security-not-enforced', fields }]),
    ...(isEnforced ? [] : [{ rule: 'pod-security-below-baseline', fields }]),
    ...(level === 'restricted' ? [] : [{ rule: 'pod-security-below-restricted', fields }]),
  ];
}

/** True when a webhook is asked about pods, as policy engines are (Kyverno, Gatekeeper): what it refuses can't be seen. */
export function guardsPods({ webhooks }: WebhookConfiguration): boolean {
  return (webhooks ?? []).some(({ rules }) =>
    (rules ?? []).some(
      ({ resources, scope }) =>
        scope !== 'Cluster' && (resources ?? []).some((resource) => /^(?:\*|\*\/\*|pods|pods\/\*)$/.test(resource)),
    ),
  );
}
