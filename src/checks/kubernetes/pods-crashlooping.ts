import * as z from 'zod';
import type { Check } from '../../domain/check.ts';
import type { KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { clusterShape } from './cluster-params.ts';
import { crashFacts, crashFactsOf, crashScene, speakersOf } from './crash-facts.ts';
import { judgeCrashes } from './crash-judgement.ts';
import { lastWordsOf } from './crash-logs.ts';
import { asNamed, POD_LISTS, podsByOwner } from './pod-groups.ts';
import { pastLooks, sampleOfLook, sampleOfOwner, seeLook } from './restart-counts.ts';
import { isTally, lookAtCluster, tallyWords } from './scene.ts';

const params = z.strictObject({
  ...clusterShape,
  restarts: z
    .int()
    .min(1)
    .max(10_000)
    .default(5)
    .describe('Report a container that was started again more often than this within 24 hours.'),
  logLines: z
    .int()
    .min(0)
    .max(200)
    .default(0)
    .describe(
      'How many of the last lines of its log are evidence, of at most twenty containers; needs `get pods/log`. What looks like a secret in them is redacted, as everywhere.',
    ),
});

export const check: Check<KubernetesReader, z.output<typeof params>> = {
  id: 'kubernetes/pods-crashlooping',
  title: 'Pods that crash',
  keywords: ['pod', 'crash', 'crashloop', 'restart', 'crashloopbackoff', 'crashing', 'oom'],
  description: `Looks at every container of every pod (main, init, native sidecar), and tells what it finds under the workload that made the pods: one finding for each container and kind of trouble, however many pods have it.

Reports:
- **crash-loop:\\<container\\>** (high; critical when no pod of a Deployment, StatefulSet, DaemonSet or ReplicaSet is left that has run for ten minutes) when it waits in \`CrashLoopBackOff\`; when it was started again three times since the look before, if that was in the last two hours; or at least once, not for the first time, and its last end is less than ten minutes old. Of a pod that was not there at the look before, its making counts as that look, unless the container has run for ten minutes since. A container that crashes runs for a while between two crashes, so its state alone would say something else at every look.
- **oom-killed:\\<container\\>** (high) when it was killed for want of memory in the last 24 hours (\`OOMKilled\`; exit code 137 alone is any kill).
- **restarts:\\<container\\>** (medium) when it was started again more than \`restarts\` times in 24 hours, by what was seen at earlier looks, or since the pod was made. Restarts of a lifetime are not counted.
- **failed-exit:\\<container\\>** (medium) when it ended with another exit code than 0 and 143 and is not started again.

Not reported: pods that are being deleted, that succeeded, or that were put off their node (see kubernetes/pods-not-ready); failed pods of a Job that succeeded in the end or still has tries left, and of a CronJob whose later Job succeeded; debugging containers.

Evidence are the fields of the pods (three of them at most), the limit, the container's last message, the Warning events of the pods, and the last lines of the log with \`logLines\`. A log that can not be read is said in the evidence. A restart between two looks of a pod that is gone by now is not seen.

Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params,
  timeoutMs: 60_000,

  read: (reader, given, context) =>
    lookAtCluster(reader, given, context, { needs: POD_LISTS, helps: ['Event'] }, async (scene) => {
      const at = crashScene(scene, pastLooks(scene, given, context));
      const owners = podsByOwner(scene).flatMap((group) => {
        const facts = crashFactsOf(group, at);
        return facts === null ? [] : [{ owner: group.owner, facts, speakers: speakersOf(facts) }];
      });
      const speakers = owners.flatMap((each) => each.speakers);
      const words = new Map(await lastWordsOf(scene.cluster, speakers, given.logLines, scene.signal));
      return [
        seeLook(scene, given, given.namespaces),
        ...owners.map(({ owner, facts, speakers: mine }) =>
          scene.see(asNamed(owner), { ...facts, logs: mine.flatMap((speaker) => words.get(speaker) ?? []) }),
        ),
      ];
    }),

  judge(seen, { restarts }, history) {
    const facts = crashFacts.safeParse(seen.facts);
    return facts.success ? judgeCrashes(seen, facts.data, { restarts }, history) : [];
  },

  summary: tallyWords,

  sample(seen) {
    if (isTally(seen)) return null;
    const facts = crashFacts.safeParse(seen.facts);
    return facts.success ? sampleOfOwner(facts.data) : sampleOfLook(seen);
  },
};
