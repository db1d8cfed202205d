import type { Check } from '../../domain/check.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { clusterParams, type ClusterParams } from './cluster-params.ts';
import { nodeFacts, seeNodes } from './node-pods-facts.ts';
import { judgeNodePods } from './node-pods-judgement.ts';
import { asNamed, POD_LISTS, podsByOwner } from './pod-groups.ts';
import { lostNodes, ownerFacts, readinessFactsOf } from './readiness-facts.ts';
import { judgeReadiness } from './readiness-judgement.ts';
import { lookAtCluster, tallyWords } from './scene.ts';
import { createWarnings } from './warnings.ts';

export const check: Check<KubernetesReader, ClusterParams> = {
  id: 'kubernetes/pods-not-ready',
  title: 'Pods that run and are not ready',
  keywords: ['pod', 'ready', 'readiness', 'unready', 'probe'],
  description: `Looks at pods that should serve and do not, that were put off their node, or that do not go away. Told under the workload that made the pods; what is a node's fault, under the node.

Reports:
- **not-ready** (medium) when a running pod has not been ready for fifteen minutes by the time of its condition (or its phase is \`Unknown\`), and none of its containers that are not ready was started since. Where a pod has no such condition, when the kubelet says that a probe fails (\`Unhealthy\`).
- **terminating-stuck** (medium) when a pod that is being deleted is ten minutes overdue; the time for its goodbye is part of its \`deletionTimestamp\`.
- **evicted** (medium, under the node) when pods were put off a node in the last 24 hours: \`Evicted\`, \`Preempting\`, \`NodeShutdown\`, \`Terminated\` and such.
- **pods-out-of-reach** (medium, under the node) when a node has not been heard of for five minutes, with the pods on it. Of these pods nothing else is said here.

Not reported: pods of Jobs, pods that have ended (one that succeeded is not ready, and need not be), containers that ended in a pod that goes on, and what kubernetes/pods-crashlooping and kubernetes/pods-not-starting have the words for.

Where nodes may not be read, pods on a lost node are told under their workloads.

Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: clusterParams,
  timeoutMs: 60_000,

  read: (reader, params, context) =>
    lookAtCluster(reader, params, context, { needs: POD_LISTS, helps: ['Node', 'Event'] }, (scene) => {
      const warnings = createWarnings(scene.all('Event'));
      const lost = lostNodes(scene.all('Node'));
      const groups = podsByOwner(scene);
      return [
        ...groups.flatMap((group) => {
          const facts = readinessFactsOf(group, scene, warnings, lost);
          return facts === null ? [] : [scene.see(asNamed(group.owner), facts)];
        }),
        ...seeNodes(groups, scene, lost),
      ];
    }),

  judge(seen, _params, { now }) {
    const owner = ownerFacts.safeParse(seen.facts);
    if (owner.success) return judgeReadiness(seen, owner.data, now);
    const node = nodeFacts.safeParse(seen.facts);
    return node.success ? judgeNodePods(seen, node.data, now) : [];
  },

  summary: tallyWords,
};
