import type { Check } from '../../domain/check.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { clusterParams, type ClusterParams } from './cluster-params.ts';
import { asNamed, POD_LISTS, podsByOwner } from './pod-groups.ts';
import { lookAtCluster, tallyWords } from './scene.ts';
import { startingFacts, startingFactsOf } from './starting-facts.ts';
import { judgeStarting } from './starting-judgement.ts';
import { createWarnings } from './warnings.ts';

export const check: Check<KubernetesReader, ClusterParams> = {
  id: 'kubernetes/pods-not-starting',
  title: 'Pods that do not start',
  keywords: ['pod', 'start', 'pending', 'starting', 'imagepull', 'image', 'schedule', 'unschedulable', 'stuck'],
  description: `Looks at pods that wait: for a node, for an image, for what their containers need. What it finds is told under the workload that made the pods, once for each kind of trouble, and for each container where one has it (main, init, native sidecar, debugging).

Reports:
- **image-pull:\\<container\\>** (high) when a container waits in \`ImagePullBackOff\`, \`ErrImagePull\`, \`ErrImageNeverPull\`, \`InvalidImageName\`, \`ImageInspectError\` or \`RegistryUnavailable\`.
- **container-config:\\<container\\>** (high) when it waits in \`CreateContainerConfigError\` (a Secret or a key that is not there), \`CreateContainerError\`, \`RunContainerError\` or an error of a hook.
- **unschedulable** (high) when a pod has been pending for five minutes because the scheduler finds no node (\`Unschedulable\`, \`SchedulerError\`), or no scheduler has looked at it. What it waits for is read out of the scheduler's sentence.
- **scheduling-gated** (info) when a pod stands behind a scheduling gate for five minutes; that is often meant.
- **stuck-creating** (medium) when a pod's containers are being created for five minutes and the latest Warning event says why not (\`FailedMount\`, \`FailedAttachVolume\`, \`FailedCreatePodSandBox\` and such); when any container waits for an hour, an init container that never ends being named; or when its node has said nothing of it for fifteen minutes.

Not reported: pods that are being deleted or have ended; what waits for a container that crash-loops (see kubernetes/pods-crashlooping).

Where an object does not say since when, the five minutes have passed, and the hour has not. Events last an hour in most clusters; where they may not be read, stuck-creating is told after an hour only.

Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: clusterParams,
  timeoutMs: 60_000,

  read: (reader, params, context) =>
    lookAtCluster(reader, params, context, { needs: POD_LISTS, helps: ['Event'] }, (scene) => {
      const warnings = createWarnings(scene.all('Event'));
      return podsByOwner(scene).flatMap((group) => {
        const facts = startingFactsOf(group, scene, warnings);
        return facts === null ? [] : [scene.see(asNamed(group.owner), facts)];
      });
    }),

  judge(seen, _params, { now }) {
    const facts = startingFacts.safeParse(seen.facts);
    return facts.success ? judgeStarting(seen, facts.data, now) : [];
  },

  summary: tallyWords,
};
