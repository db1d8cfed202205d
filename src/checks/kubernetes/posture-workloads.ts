import * as z from 'zod';
import type { Check } from '../../domain/check.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { judgedWorkloads, workloadShape, workloadWants } from './judged-workloads.ts';
import { judgePosture, seePosture } from './posture.ts';
import { CONFINEMENT_RULES } from './posture-confinement-rules.ts';
import { ENTRY_RULES } from './posture-entry-rules.ts';
import { HOST_PATH_RULES, type HostPathSettings } from './posture-host-path-rules.ts';
import { HOST_RULES } from './posture-host-rules.ts';
import { IDENTITY_RULES } from './posture-identity-rules.ts';
import { DANGEROUS_CAPABILITIES, PRIVILEGE_RULES, type PrivilegeSettings } from './posture-privilege-rules.ts';
import { chosenRules, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords } from './scene.ts';
import { togetherRule, withoutTwice, type Together } from './together-rule.ts';
import { workloadProblems, type WorkloadRule } from './workload-rule.ts';

type Settings = HostPathSettings & PrivilegeSettings;

const ALONE: readonly WorkloadRule<Settings>[] = [
  ...PRIVILEGE_RULES,
  ...HOST_RULES,
  ...HOST_PATH_RULES,
  ...IDENTITY_RULES,
  ...CONFINEMENT_RULES,
  ...ENTRY_RULES,
];
/** What a description leaves open by saying nothing. */
const UNRESTRAINED: Together = {
  id: 'unrestrained',
  severity: 'low',
  title: 'lets its containers {about}',
  why: 'Nothing is wrong as yet; but whoever gets into one has that much more to work with, and most programs need none of it.',
  next: 'See what it says now; each has a field in securityContext: kubectl get {object} -o yaml',
  parts: {
    'may-run-as-root': 'be root if their images are',
    'no-seccomp': 'make any system call',
    'privilege-escalation-not-prevented': 'gain privileges',
    'writable-root-filesystem': 'change the files of their images',
  },
};

const RULES: readonly WorkloadRule<Settings>[] = [...ALONE, togetherRule(UNRESTRAINED, ALONE)];

const postureParams = z.strictObject({
  ...workloadShape,
  ...ruleChoiceShape(RULES),
  dangerousCapabilities: z
    .array(z.string().min(1))
    .default(DANGEROUS_CAPABILITIES)
    .describe('Capabilities that `adds-dangerous-capabilities` tells of; SYS_ADMIN and ALL have rules of their own.'),
  clouds: z
    .array(z.enum(['aks', 'eks', 'gke']))
    .default([])
    .describe('Whose credentials `host-path-credentials` looks for on the nodes; nobody’s where none is said.'),
});
type PostureParams = z.output<typeof postureParams>;

export const check: Check<KubernetesReader, PostureParams> = {
  id: 'kubernetes/posture-workloads',
  title: 'What workloads may do to their nodes',
  keywords: ['security', 'posture', 'privileged', 'root', 'capability', 'container', 'hostpath'],
  description: `Looks at how the pods of workloads are described: main, init, sidecar and ephemeral containers. A container's own security context goes before its pod's. Each workload is told once, by the template at the top (a Deployment, not its pods); pods and ReplicaSets of an owner of another kind are told as that owner.

Reports, one finding for each rule and workload, with the path of every field that says so:
${rulesInWords(RULES)}

What most workloads leave open by saying nothing is told in one finding, **unrestrained**; by name, or with \`all\`, each part of it is told by a rule of its own.

Left out: kube-system, kube-public and kube-node-lease unless \`system\` is set; pods that have run to their end; what is being deleted; on Windows, the rules on users, capabilities and profiles of Linux. The ports that the API server writes for pods on their node's network are not told again as host ports.

Can't see: what an image holds, what the kubelet gives by default, and what an admission webhook adds later to pods. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: postureParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    const rules = rulesAsked(params);
    return lookAtCluster(reader, params, context, workloadWants(params), (scene) =>
      judgedWorkloads(scene, params).flatMap((workload) =>
        seePosture(scene, workload.named, workloadProblems(workload, rules, params)),
      ),
    );
  },

  judge(seen, params) {
    return judgePosture(seen, rulesAsked(params));
  },

  summary: tallyWords,
};

function rulesAsked({ rules }: PostureParams): readonly WorkloadRule<Settings>[] {
  return withoutTwice(chosenRules(RULES, rules), UNRESTRAINED);
}
