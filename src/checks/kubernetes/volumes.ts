import * as z from 'zod';
import type { Check, Observation, ReadContext } from '../../domain/check.ts';
import type { KubernetesReader, PersistentVolume, PersistentVolumeClaim } from '../../providers/kubernetes/reader.ts';
import { durationParam } from '../duration-param.ts';
import { percentParam } from '../percent-param.ts';
import { sizeParam } from '../size-param.ts';
import { claimProblems, surroundingsOf } from './claim-problems.ts';
import { clusterShape } from './cluster-params.ts';
import { judgeLasting } from './lasting-judgement.ts';
import { blindness, lastingAsFacts, seeLasting, type Blind } from './lasting.ts';
import { lookAtCluster, tallyWords, type Scene } from './scene.ts';
import { classProblems, volumeProblems } from './volume-problems.ts';
import { judgeFullness, sampleClaim, useAsFacts } from './volume-fullness.ts';
import { volumeRules } from './volume-rules.ts';
import { measureVolumes, type VolumeUse } from './volume-use.ts';

/** Drivers that were compiled into Kubernetes, and are no more. `no-provisioner` is none: it is how local volumes are named. */
const IN_TREE = [
  'kubernetes.io/aws-ebs',
  'kubernetes.io/azure-disk',
  'kubernetes.io/azure-file',
  'kubernetes.io/cinder',
  'kubernetes.io/gce-pd',
  'kubernetes.io/glusterfs',
  'kubernetes.io/portworx-volume',
  'kubernetes.io/quobyte',
  'kubernetes.io/rbd',
  'kubernetes.io/scaleio',
  'kubernetes.io/storageos',
  'kubernetes.io/vsphere-volume',
];

const volumesParams = z.strictObject({
  ...clusterShape,
  pendingAfter: durationParam('0s', '7d').prefault('5m').describe('How long a claim may wait for its volume.'),
  pendingOnlyWhenFailed: z
    .boolean()
    .default(false)
    .describe('Report a claim that waits only when an event says that its volume could not be made.'),
  smallerThan: sizeParam()
    .optional()
    .describe('Report (info) claims and volumes that are smaller than this, such as "1 GiB"; not at all by default.'),
  full: percentParam()
    .optional()
    .describe(
      'Report volumes that are this full, which asks the kubelets and needs rights on nodes/proxy; not at all by default.',
    ),
  unclaimedAfter: durationParam('1h', '365d')
    .optional()
    .describe('Report (info) a volume that nobody has claimed for so long; not at all by default.'),
  provisioners: z
    .array(z.string().min(1))
    .default(IN_TREE)
    .describe('Report (low) classes of these provisioners; by default those that were part of Kubernetes itself.'),
});
type VolumesParams = z.output<typeof volumesParams>;

export const check: Check<KubernetesReader, VolumesParams> = {
  id: 'kubernetes/volumes',
  title: 'Volumes, claims and storage classes',
  keywords: ['volume', 'pvc', 'pv', 'claim', 'storage', 'storageclass'],
  description: `Looks at the claims of the namespaces, the volumes of the cluster and its storage classes.

Reports:
- **pending** (medium; high when a pod waits for it) a claim without a volume for \`pendingAfter\`, with what an event says of it, or that its class does not exist. A claim whose class waits for the first pod (WaitForFirstConsumer) is fine while there is none.
- **lost** (critical) a claim whose volume is gone.
- **volume-failed** (high) a volume that could not be reclaimed; **released** (low) one that is kept for an hour after its claim was deleted.
- **several-defaults** (low) each class that is a default beside others; **provisioner** (low) a class of one of \`provisioners\`.
- **small** (info) below \`smallerThan\` and **unclaimed** (info) after \`unclaimedAfter\`, only where these are given.
- **full** and **inodes** of claims that a pod has mounted, only with \`full\`: medium from that percentage on, over once it is 5 below; critical from 97; **full** is high when at the rate of the last day's looks it will be full within four days. Only the kubelets know. To ask them needs the right to get nodes/proxy, by which one can also run commands in any pod: think twice, or leave it to a metrics system.

With \`namespaces\`, the volumes are those of their claims. The kubelets' answers were tried in their documented form. Tried against the recorded answers of a real API server (1.36) and objects of that shape; not against a live cluster.`,
  standalone: true,
  params: volumesParams,
  timeoutMs: 120_000,

  read(reader, params, context) {
    return lookAtCluster(
      reader,
      params,
      context,
      { needs: ['PersistentVolumeClaim'], helps: ['PersistentVolume', 'StorageClass', 'Pod', 'Event'] },
      (scene) => seeVolumes(scene, params, context),
    );
  },

  judge(seen, params, history) {
    return [...judgeLasting(seen, volumeRules(params), history), ...judgeFullness(seen, params.full, history)];
  },

  sample: sampleClaim,
  summary: tallyWords,
};

async function seeVolumes(scene: Scene, params: VolumesParams, context: ReadContext): Promise<readonly Observation[]> {
  const around = surroundingsOf(scene, params);
  const limits = { smallerThan: params.smallerThan, unclaimed: params.unclaimedAfter !== undefined };
  const classes = scene.all('StorageClass');
  const use = params.full === undefined ? NOT_MEASURED : await measureVolumes(scene);
  const claims = await Promise.all(
    scene.all('PersistentVolumeClaim').map(async (claim) => {
      const blind = await blindFor(scene, claim.metadata.namespace);
      const observations = seeLasting(scene, context, claim, claimProblems(claim, around), blind);
      return withUse(scene, claim, observations, use);
    }),
  );
  return [
    ...claims.flat(),
    ...use.hidden,
    ...scene
      .all('PersistentVolume')
      .filter((volume) => isChosen(scene, volume))
      .flatMap((volume) => seeLasting(scene, context, volume, volumeProblems(volume, limits))),
    ...classes.flatMap((each) => seeLasting(scene, context, each, classProblems(each, classes, params.provisioners))),
  ];
}

const NOT_MEASURED: VolumeUse = { byClaim: new Map(), hidden: [] };

/** A claim whose volume was measured is always seen: how full it was is remembered. */
function withUse(
  scene: Scene,
  claim: PersistentVolumeClaim,
  observations: readonly Observation[],
  { byClaim }: VolumeUse,
): readonly Observation[] {
  const use = byClaim.get(`${claim.metadata.namespace ?? ''}/${claim.metadata.name}`);
  if (use === undefined) return observations;
  const seen =
    observations.find((each) => each.status === 'seen') ?? scene.see(claim, lastingAsFacts(scene, claim, []));
  const hidden = observations.filter((each) => each.status === 'unknown');
  return [{ ...seen, facts: { ...seen.facts, ...useAsFacts(use) } }, ...hidden];
}

/** Whether a claim waits for a pod, or a pod for it, can't be told while these can't be read. */
async function blindFor(scene: Scene, namespace: string | undefined): Promise<readonly Blind[]> {
  const blind = await Promise.all([
    blindness(scene, 'Pod', namespace, ['pending']),
    blindness(scene, 'StorageClass', undefined, ['pending']),
  ]);
  return blind.filter((each) => each !== null);
}

/** Volumes belong to no namespace, but for that of their claim. */
function isChosen({ cluster }: Scene, { spec }: PersistentVolume): boolean {
  const namespace = spec?.claimRef?.namespace;
  return namespace === undefined ? !cluster.partial : cluster.includes(namespace);
}
