import * as z from 'zod';
import type { Check } from '../../domain/check.ts';
import type { ConfigMap, KindName, KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { judgedWorkloads, workloadShape, workloadWants } from './judged-workloads.ts';
import { judgePosture, seePosture } from './posture.ts';
import { CONFIG_MAP_RULES, configMapProblems } from './posture-config-map-rules.ts';
import { MOUNT_KINDS, MOUNT_RULES, mountedNames, type MountSettings } from './posture-mount-rules.ts';
import { SECRET_RULES, type SecretSettings } from './posture-secret-rules.ts';
import { chosenRules, isSystemNamespace, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords, type Wants } from './scene.ts';
import { workloadProblems, type WorkloadRule } from './workload-rule.ts';

const OF_WORKLOADS: readonly WorkloadRule<SecretSettings & MountSettings>[] = [...SECRET_RULES, ...MOUNT_RULES];
const RULES = [...OF_WORKLOADS, ...CONFIG_MAP_RULES];

const name = z.string().min(1);
const secretsParams = z.strictObject({
  ...workloadShape,
  ...ruleChoiceShape(RULES),
  names: z
    .array(name)
    .default([])
    .describe('Names of variables and keys that hold secrets here: patterns with `*`, in any case.'),
  harmlessNames: z
    .array(name)
    .default([])
    .describe('Names that sound like secrets and are none: patterns with `*`, in any case.'),
});
type SecretsParams = z.output<typeof secretsParams>;

export const check: Check<KubernetesReader, SecretsParams> = {
  id: 'kubernetes/posture-secrets',
  title: 'Secrets in plain sight',
  keywords: ['security', 'posture', 'secret', 'password', 'credential', 'token'],
  description: `Looks for secrets where they should not be: in environment variables and command lines of workloads, and in ConfigMaps. Values are looked at while they are read, and thrown away: what is kept, and told, is where something stood and what it looked like. Secrets themselves are not read.

Reports, one finding for each rule and object:
${rulesInWords(RULES)}

A name says that its value is a secret by the words in it (\`DB_PASSWORD\`, \`apiToken\`), not by parts of words (\`KEYBOARD\`), and not when it speaks about one (\`TOKEN_FILE\`, \`PASSWORD_POLICY\`). An empty value is none, and neither is a value that is the path of a file.

Left out: kube-system, kube-public and kube-node-lease unless \`system\` is set; ConfigMaps that Kubernetes makes itself (kube-root-ca.crt).

Can't see: secrets in images and in binaryData, secrets that look like words under names that say nothing. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: secretsParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    const ofWorkloads = chosenRules(OF_WORKLOADS, params.rules);
    const ofConfigMaps = chosenRules(CONFIG_MAP_RULES, params.rules);
    const isMeant = ({ metadata }: ConfigMap): boolean => params.system || !isSystemNamespace(metadata.namespace);
    return lookAtCluster(reader, params, context, wantsOf(params), (scene) => {
      const settings = { ...params, mounted: mountedNames(scene) };
      return [
        ...judgedWorkloads(scene, params).flatMap((workload) =>
          seePosture(scene, workload.named, workloadProblems(workload, ofWorkloads, settings)),
        ),
        ...scene
          .all('ConfigMap')
          .filter(isMeant)
          .flatMap((map) => seePosture(scene, map, configMapProblems(map, ofConfigMaps, params))),
      ];
    });
  },

  judge(seen, { rules }) {
    return judgePosture(seen, chosenRules(RULES, rules));
  },

  summary: tallyWords,
};

/** What may be mounted is listed only where a rule asks for it: to list Secrets is a strong right. */
function wantsOf(params: SecretsParams): Wants {
  const workloads = workloadWants(params);
  const mounted = chosenRules(MOUNT_RULES, params.rules).map(({ id }): KindName => MOUNT_KINDS[id]);
  return {
    needs: workloads.needs,
    helps: [...new Set<KindName>([...(workloads.helps ?? []), 'ConfigMap', ...mounted])],
  };
}
