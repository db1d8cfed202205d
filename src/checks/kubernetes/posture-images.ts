import * as z from 'zod';
import type { Check } from '../../domain/check.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { judgedWorkloads, workloadShape, workloadWants } from './judged-workloads.ts';
import { judgePosture, seePosture } from './posture.ts';
import { IMAGE_RULES } from './posture-image-rules.ts';
import { chosenRules, ruleChoiceShape, rulesInWords } from './rule-choice.ts';
import { lookAtCluster, tallyWords } from './scene.ts';
import { workloadProblems } from './workload-rule.ts';

const place = z.string().min(1);
const imagesParams = z.strictObject({
  ...workloadShape,
  ...ruleChoiceShape(IMAGE_RULES),
  allowedRegistries: z
    .array(place)
    .default([])
    .describe(
      'Where images may come from: registries or beginnings of names (`ghcr.io/our-team`); anywhere where none is said.',
    ),
  blockedRegistries: z.array(place).default([]).describe('Where images may not come from, in the same form.'),
  floatingTags: z
    .array(place)
    .default([])
    .describe('Tags that move with time, beside `latest`: `stable`, `edge`. For `stale-tag`.'),
  unpinnedRepositories: z.array(place).default([]).describe('Images that need no digest, in the form of registries.'),
});
type ImagesParams = z.output<typeof imagesParams>;

export const check: Check<KubernetesReader, ImagesParams> = {
  id: 'kubernetes/posture-images',
  title: 'Images of workloads',
  keywords: ['security', 'posture', 'image', 'tag', 'latest', 'registry', 'pinned', 'digest'],
  description: `Looks at what the images of workloads are named: registry, tag and digest, and when they are pulled. Each workload is told once, by the template at the top.

Reports, one finding for each rule and workload:
${rulesInWords(IMAGE_RULES)}

A name is taken apart as a container runtime does: the port of a registry (\`registry:5000/app\`) is no tag, \`nginx\` is \`docker.io/library/nginx\`, and an image with a digest has a fixed version whatever its tag is. Rules on registries say nothing unless a list is given.

Left out: kube-system, kube-public and kube-node-lease unless \`system\` is set.

Can't see: what is in an image, its signatures and its known holes; ask a scanner. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  nightly: true,
  params: imagesParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    const rules = chosenRules(IMAGE_RULES, params.rules);
    return lookAtCluster(reader, params, context, workloadWants(params), (scene) =>
      judgedWorkloads(scene, params).flatMap((workload) =>
        seePosture(scene, workload.named, workloadProblems(workload, rules, params)),
      ),
    );
  },

  judge(seen, { rules }) {
    return judgePosture(seen, chosenRules(IMAGE_RULES, rules));
  },

  summary: tallyWords,
};
