import * as z from 'zod';
import type { Check } from '../../domain/check.ts';
import { quantityOf, type KindName, type KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { AVAILABILITY_RULES, type AvailabilitySettings } from './hygiene-availability-rules.ts';
import { DESCRIPTION_RULES, type DescriptionSettings } from './hygiene-description-rules.ts';
import { PROBE_RULES } from './hygiene-probe-rules.ts';
import { RESOURCE_RULES, type ResourceSettings } from './hygiene-resource-rules.ts';
import { surroundingsOf } from './hygiene-surroundings.ts';
import { judgedWorkloads, workloadShape, workloadWants } from './judged-workloads.ts';
import { judgePosture, seePosture } from './posture.ts';
import { chosenRules, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords, type Wants } from './scene.ts';
import { togetherRule, withoutTwice, type Together } from './together-rule.ts';
import { workloadProblems, type WorkloadRule } from './workload-rule.ts';

type Settings = ResourceSettings & AvailabilitySettings & DescriptionSettings;

const ALONE: readonly WorkloadRule<Settings>[] = [
  ...RESOURCE_RULES,
  ...PROBE_RULES,
  ...AVAILABILITY_RULES,
  ...DESCRIPTION_RULES,
];
/** What a description leaves to chance by saying nothing. */
const RESOURCES_UNSAID: Together = {
  id: 'resources-unsaid',
  severity: 'low',
  title: 'does not say {about}',
  why: 'It is placed as if it needed nothing, gets what others leave, is evicted early, and a leak takes the memory of its node.',
  next: 'See what it uses: kubectl top pods --containers. What it asks for: kubectl get {object} -o yaml',
  parts: {
    'no-cpu-request': 'how much CPU it needs',
    'no-memory-limit': 'how much memory it may take',
    'no-memory-request': 'how much memory it needs',
  },
};

const RULES: readonly WorkloadRule<Settings>[] = [...ALONE, togetherRule(RESOURCES_UNSAID, ALONE)];

/** What Kubernetes recommends, and what many have instead. */
const COMMON_LABELS = [
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/component',
  'app.kubernetes.io/part-of',
  'app',
  'k8s-app',
];

const name = z.string().min(1);
const quantity = z
  .union([z.string(), z.number()])
  .refine((value) => quantityOf(value) !== null, 'is no quantity; write 250m, 1.5, 128Mi or the like');
const bound = z.strictObject({ min: quantity.optional(), max: quantity.optional() }).optional();

const hygieneParams = z.strictObject({
  ...workloadShape,
  ...ruleChoiceShape(RULES),
  bounds: z
    .strictObject({ cpuRequest: bound, cpuLimit: bound, memoryRequest: bound, memoryLimit: bound })
    .default({})
    .describe('What containers may ask for, as quantities: `{ memoryLimit: { max: 4Gi } }`; no bounds by default.'),
  minimumReplicas: z.number().int().min(2).default(2).describe('How many copies `few-replicas` wants.'),
  priorityClasses: z
    .array(name)
    .default([])
    .describe('The priority classes that are expected; any where none is said.'),
  commonLabels: z.array(name).default(COMMON_LABELS).describe('`no-common-label` wants one of these.'),
  requiredLabels: z.array(name).default([]).describe('Labels that each workload must have.'),
  requiredAnnotations: z.array(name).default([]).describe('Annotations that each workload must have.'),
  nameLabels: z
    .array(name)
    .default(['app.kubernetes.io/instance'])
    .describe('Labels that `label-is-not-name` compares with the name.'),
  ndots: name.default('2').describe('What `other-ndots` expects.'),
});
type HygieneParams = z.output<typeof hygieneParams>;

export const check: Check<KubernetesReader, HygieneParams> = {
  id: 'kubernetes/hygiene-workloads',
  title: 'How workloads are described',
  keywords: ['probe', 'limit', 'request', 'resource', 'label', 'hygiene'],
  description: `Looks at how workloads and their pods are described: what they ask of nodes, how it is known that they do, and whether they live through the loss of a node. Each workload is told once, by the template at the top.

Reports, one finding for each rule and workload:
${rulesInWords(RULES)}

What most workloads leave unsaid of resources is told in one finding, **resources-unsaid**; by name, or with \`all\`, each part of it is told by a rule of its own. What a LimitRange of the namespace gives by default is not missing; a request that is left out is as high as the limit, and not missing either; init containers need neither. Jobs, and pods that are not restarted, need no readiness probe. Two fields for a service account that say the same are as the API server writes them. Rules on priority classes, labels, annotations and bounds say nothing unless a list is given.

Left out: kube-system, kube-public and kube-node-lease unless \`system\` is set; pods that have run to their end; of jobs that have, all but **job-without-ttl**.

Can't see: what an admission webhook or a VerticalPodAutoscaler adds later to pods. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: hygieneParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    const rules = rulesAsked(params);
    return lookAtCluster(reader, params, context, wantsOf(params, rules), (scene) => {
      const settings = { ...params, ...surroundingsOf(scene) };
      return judgedWorkloads(scene, params).flatMap((workload) => {
        const asked = workload.isFinished ? rules.filter(({ id }) => id === 'job-without-ttl') : rules;
        return seePosture(scene, workload.named, workloadProblems(workload, asked, settings));
      });
    });
  },

  judge(seen, params) {
    return judgePosture(seen, rulesAsked(params));
  },

  summary: tallyWords,
};

function rulesAsked({ rules }: HygieneParams): readonly WorkloadRule<Settings>[] {
  return withoutTwice(chosenRules(RULES, rules), RESOURCES_UNSAID);
}

/** What a rule can't do without is needed, but only where the rule is asked. */
function wantsOf(params: HygieneParams, rules: readonly WorkloadRule<never>[]): Wants {
  const workloads = workloadWants(params);
  const more = rules.flatMap(({ needs }): readonly KindName[] => needs ?? []);
  return { ...workloads, needs: [...new Set([...workloads.needs, ...more])] };
}
