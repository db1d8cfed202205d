import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import { createOwners, type KubeObject, type KubernetesReader } from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { clusterShape } from './cluster-params.ts';
import { daemonSetProblems, downNodes, isBehind } from './daemon-set-problems.ts';
import { deploymentProblems, isShort, refusedPods } from './deployment-problems.ts';
import { judgeLasting } from './lasting-judgement.ts';
import { blindness, sampleLasting, seeLasting, type Blind } from './lasting.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';
import { isUnready, statefulSetProblems } from './stateful-set-problems.ts';
import { createToldUnder } from './told-under.ts';
import { workloadRules } from './workload-health-rules.ts';
import { podsOf } from './workload-pods.ts';

const workloadsParams = z.strictObject({
  ...clusterShape,
  after: durationParam('0s', '7d')
    .prefault('15m')
    .describe('How long a workload may lack pods, or its controller lag behind, before it is reported.'),
});
type WorkloadsParams = z.output<typeof workloadsParams>;

export const check: Check<KubernetesReader, WorkloadsParams> = {
  id: 'kubernetes/workloads',
  title: 'Deployments, stateful sets and daemon sets',
  keywords: ['pod', 'deployment', 'statefulset', 'daemonset', 'workload', 'replica', 'rollout', 'app'],
  description: `Looks at the status of the workloads of a cluster, and of the replica sets and pods below them for the times.

Reports, of what lasted \`after\`:
- **unavailable** (high; critical with none left) a deployment with fewer ready replicas than it asks for. While a rollout moves (within 10 minutes), a part may be missing.
- **unready** (high; critical with none left) a stateful set likewise, with the first member that is not ready.
- **not-on-every-node** (medium; critical with none left) a daemon set with pods that are not ready. Those on nodes that are down are left out, where nodes may be seen: \`kubernetes/nodes\` tells of them.
- **rollout-stuck** (high) a deployment whose condition Progressing is False, at once: its own deadline has passed. Also when the old version serves and all counts are right.
- **failed-create** (high) when a replica set wants more pods than it has and may not create them, for 5 minutes; told under the deployment.
- **update-stuck** (medium) a stateful set half-way between two revisions. Not with \`OnDelete\`, nor for the members that a partition holds back.
- **generation** (medium) when the controller has not taken note of the last change.
- **missing-service** (medium) and **missing-storage-class** (medium; high while members are missing) of a stateful set, after 5 minutes. A set that names no Service is complete; a class that a volume bears by hand needs no object.
- **misscheduled** (low) a daemon set with pods on nodes where they do not belong.

Replicas of 0 are meant, and no finding. How long something has been so is told by the conditions, by the pods that are not ready, and by earlier looks; what none of them tells is reported at the second look that sees it. Pods that are short of one workload and crash again and again are the business of \`kubernetes/pods-crashlooping\`.

Can't see: bare replica sets and replication controllers, and workloads of other APIs. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: workloadsParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(
      reader,
      params,
      context,
      {
        needs: ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'],
        helps: ['Pod', 'Service', 'StorageClass', 'PersistentVolume', 'Event'],
      },
      (scene) => seeWorkloads(scene, context),
    );
  },

  judge(seen, { after }, history) {
    return judgeLasting(seen, workloadRules(after), history);
  },

  sample: sampleLasting,
  summary: tallyWords,
};

async function seeWorkloads(scene: Scene, context: ReadContext): Promise<readonly Observation[]> {
  const deployments = scene.all('Deployment').filter(isWanted);
  const statefulSets = scene.all('StatefulSet').filter(isWanted);
  const daemonSets = scene.all('DaemonSet').filter(isWanted);
  const behind = daemonSets.filter(isBehind);
  const pods = podsOf(scene, [...deployments.filter(isShort), ...statefulSets.filter(isUnready), ...behind]);
  const down = behind.length === 0 ? new Set<string>() : await nodesDown(scene);
  const told = createToldUnder();
  for (const each of deployments) told.add(each, deploymentProblems(each, pods));
  for (const each of statefulSets) told.add(each, statefulSetProblems(scene, each, pods));
  for (const each of daemonSets) told.add(each, daemonSetProblems(scene, each, pods, down));
  const owners = createOwners(scene.all('ReplicaSet'));
  for (const each of scene.all('ReplicaSet')) told.addUnder(owners.of(each), refusedPods(each));
  const seen = await Promise.all(
    told.all().map(async ({ object, problems }) => {
      const blind = object.kind === 'StatefulSet' ? await blindFor(scene, object.metadata.namespace) : [];
      return seeLasting(scene, context, object, problems, blind);
    }),
  );
  return seen.flat();
}

/** What is on its way out loses its pods as it should. */
function isWanted({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp === undefined;
}

/** What can't be said of a stateful set while these can't be read. */
async function blindFor(scene: Scene, namespace: string | undefined): Promise<readonly Blind[]> {
  const blind = await Promise.all([
    blindness(scene, 'Service', namespace, ['missing-service']),
    blindness(scene, 'StorageClass', undefined, ['missing-storage-class']),
    blindness(scene, 'PersistentVolume', undefined, ['missing-storage-class']),
  ]);
  return blind.filter((each) => each !== null);
}

/** Nodes that may not be seen excuse nothing, and hide nothing either. */
async function nodesDown(scene: Scene): Promise<ReadonlySet<string>> {
  return downNodes((await scene.cluster.list('Node', scene.signal)).objects);
}
