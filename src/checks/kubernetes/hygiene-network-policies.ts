import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import type { KubeObject, KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { podLabelsOf } from './dangling-selectors.ts';
import { workloadShape, workloadWants } from './judged-workloads.ts';
import { judgeLasting } from './lasting-judgement.ts';
import { blindness, sampleLasting, seeLasting } from './lasting.ts';
import { policyProblems, type PolicySurroundings } from './policy-problems.ts';
import type { ReferenceRule } from './reference-rules.ts';
import { chosenRules, isSystemNamespace, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

const RULES: readonly ReferenceRule[] = [
  {
    id: 'selects-nothing',
    severity: 'low',
    afterMs: 0,
    title: 'selects nothing: no pod, and nothing that makes pods, has these labels',
    why: 'What it was to guard was renamed or is gone; what runs in its place is not guarded by it.',
    next: 'Compare its podSelector with the labels of the pods there: {describe}',
  },
  {
    id: 'peer-selects-nothing',
    severity: 'low',
    afterMs: 0,
    title: 'lets in, or out to, what does not exist ({about})',
    why: 'The traffic that was to be allowed is not, or whom it was for is gone.',
    next: 'Compare its peers with the labels of pods and namespaces: {describe}',
  },
  {
    id: 'allows-all-ingress',
    severity: 'low',
    afterMs: 0,
    title: 'lets everybody in',
    why: 'A rule without peers and ports undoes what other policies shut.',
    next: 'Is it meant? {describe}',
  },
  {
    id: 'allows-all-egress',
    severity: 'info',
    optional: true,
    afterMs: 0,
    title: 'lets everything out',
    why: 'A rule without peers and ports undoes what other policies shut.',
    next: 'Is it meant? {describe}',
  },
];

const policiesParams = z.strictObject({ ...workloadShape, ...ruleChoiceShape(RULES) });
type PoliciesParams = z.output<typeof policiesParams>;

export const check: Check<KubernetesReader, PoliciesParams> = {
  id: 'kubernetes/hygiene-network-policies',
  title: 'Network policies that do nothing, or too much',
  keywords: ['policy', 'network', 'networkpolicy', 'selector'],
  description: `Looks at each NetworkPolicy, the pods there are, and those that workloads would make.

Reports:
${rulesInWords(RULES)}

A peer is told apart by its direction (\`peer-selects-nothing:ingress\`). A policy with an empty podSelector and no rules is a default-deny, and fine; so is a peer of addresses. With \`namespaces\`, nothing is said of peers in other namespaces. Which pods no policy guards is told by \`kubernetes/posture-network\`. Policies of Cilium are not looked at. Left out: kube-system, kube-public and kube-node-lease unless \`system\` is set. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: policiesParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    const { needs, helps = [] } = workloadWants(params);
    return lookAtCluster(
      reader,
      params,
      context,
      { needs: ['NetworkPolicy', ...needs], helps: [...helps, 'Namespace'] },
      (scene) => seePolicies(scene, params, context),
    );
  },

  judge(seen, { rules }, history) {
    const chosen = new Set(chosenRules(RULES, rules).map(({ id }) => id));
    return judgeLasting(
      seen,
      RULES.filter(({ id }) => chosen.has(id)),
      history,
    );
  },

  sample: sampleLasting,
  summary: tallyWords,
};

async function seePolicies(
  scene: Scene,
  params: PoliciesParams,
  context: ReadContext,
): Promise<readonly Observation[]> {
  const { needs, helps = [] } = workloadWants(params);
  const kinds = [...needs, ...helps];
  const knowsPods = (namespace?: string): boolean => kinds.every((kind) => scene.knows(kind, namespace));
  const around: PolicySurroundings = {
    pods: podLabelsOf(kinds.flatMap((kind): readonly KubeObject[] => scene.all(kind))),
    namespaces: scene.knows('Namespace') && knowsPods() && !scene.cluster.partial ? scene.all('Namespace') : null,
  };
  const asked = new Set(chosenRules(RULES, params.rules).map(({ id }) => id));
  const blind = await blindness(scene, 'Namespace', undefined, ['peer-selects-nothing']);
  return scene
    .all('NetworkPolicy')
    .filter(
      ({ metadata }) => (params.system || !isSystemNamespace(metadata.namespace)) && knowsPods(metadata.namespace),
    )
    .flatMap((policy) =>
      seeLasting(
        scene,
        context,
        policy,
        policyProblems(policy, around).filter(({ rule }) => asked.has(rule)),
        blind === null ? [] : [blind],
      ),
    );
}
