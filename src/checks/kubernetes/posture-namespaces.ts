import * as z from 'zod';
import type { Check } from '../../domain/check.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { clusterShape } from './cluster-params.ts';
import { judgePosture, seePosture } from './posture.ts';
import { guardsPods, NAMESPACE_RULES, namespaceProblems } from './posture-namespace-rules.ts';
import { chosenRules, isSystemNamespace, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';

const namespacesParams = z.strictObject({ ...clusterShape, ...ruleChoiceShape(NAMESPACE_RULES) });
type NamespacesParams = z.output<typeof namespacesParams>;

export const check: Check<KubernetesReader, NamespacesParams> = {
  id: 'kubernetes/posture-namespaces',
  title: 'What namespaces let in',
  keywords: ['security', 'posture', 'namespace', 'admission'],
  description: `Looks at the labels of Pod Security admission on namespaces, and at whether webhooks are asked about pods.

Reports:
${rulesInWords(NAMESPACE_RULES)}

\`warn\` and \`audit\` refuse nothing. \`enforce: privileged\` does not either, but somebody decided so: that is told by **pod-security-below-baseline** alone. Where any webhook is asked about pods in namespaces, a policy engine is taken to do the work, and **pod-security-not-enforced** says nothing.

Left out: kube-system, kube-public and kube-node-lease unless \`system\` is set, and namespaces that are being deleted.

Can't see: what the API server's own configuration enforces by default, what a policy engine refuses, and policies as objects (ValidatingAdmissionPolicy). Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: namespacesParams,
  timeoutMs: 60_000,

  read(reader, params, context) {
    const rules = new Set(chosenRules(NAMESPACE_RULES, params.rules).map(({ id }) => id));
    return lookAtCluster(
      reader,
      params,
      context,
      { needs: rules.has('pod-security-not-enforced') ? ['Namespace', ...WEBHOOKS] : ['Namespace'] },
      (scene) => {
        const isGuarded = guardIsThere(scene);
        return scene
          .all('Namespace')
          .filter(({ metadata }) => scene.cluster.includes(metadata.name) && metadata.deletionTimestamp === undefined)
          .filter(({ metadata }) => params.system || !isSystemNamespace(metadata.name))
          .flatMap((namespace) =>
            seePosture(
              scene,
              namespace,
              namespaceProblems(namespace, isGuarded).filter(({ rule }) => rules.has(rule)),
            ),
          );
      },
    );
  },

  judge(seen, { rules }) {
    return judgePosture(seen, chosenRules(NAMESPACE_RULES, rules));
  },

  summary: tallyWords,
};

/** Without them it can't be said that nothing guards. */
const WEBHOOKS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;

function guardIsThere(scene: Scene): boolean {
  return WEBHOOKS.some((kind) => scene.all(kind).some(guardsPods));
}
