import * as z from 'zod';
import type { Check, FindingDraft, History, Observation, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { describeImages, describeSnapshots, describeVolumes, type Snapshot } from '../../providers/aws/reads/ec2.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { asMonthlyCost, costFacts, noPrice, priced, type CostFacts } from './priced.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const snapshotsParams = z.strictObject({
  ...regionShape,
  olderThan: durationParam('1d', '3650d').prefault('90d').describe('Report snapshots that are older than this.'),
});
type SnapshotsParams = z.output<typeof snapshotsParams>;

const snapshotFacts = z.object({
  about: z.literal('snapshot'),
  snapshot: z.string(),
  volume: z.string(),
  gib: z.number(),
  made: z.number(),
  cost: costFacts,
});
type SnapshotFacts = z.output<typeof snapshotFacts>;

export const check: Check<AwsReader, SnapshotsParams> = {
  id: 'aws/hygiene-snapshots',
  title: 'Old snapshots of volumes that are gone',
  keywords: ['snapshot', 'ebs', 'old', 'orphaned', 'orphan', 'unused', 'hygiene', 'waste'],
  description: `Looks at the account's own snapshots of EBS.

Reports:
- **orphaned** it is older than \`olderThan\`, its volume is gone, and no image (AMI) of the account uses it (low).

Left out: those that AWS Backup or Data Lifecycle Manager made, which these delete by their own plans, and copies, which do not say what they are of. What it costs is an upper bound, and said so: a snapshot is charged for the blocks that no other one holds, which the API does not say. Prices are those of AWS's public price list (pricing:GetProducts, which costs nothing), without discounts and taxes; a price that can not be read is not known, and never nought. Images of other accounts, and launch templates, may use a snapshot too, and are not seen. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: snapshotsParams,
  timeoutMs: 180_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', (scene) => see(scene, params)),
  judge: (seen, _params, history) => {
    const facts = snapshotFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, history) : [];
  },
  summary: tallyWords,
};

async function see(scene: Scene, { olderThan }: SnapshotsParams): Promise<readonly Observation[]> {
  const all = scene.arn('ec2', 'snapshot/*');
  const { place, signal } = scene;
  const [snapshots, volumes, images] = await Promise.all([
    scene.list(describeSnapshots, { OwnerIds: ['self'] }, all),
    place.list(describeVolumes, {}, signal),
    place.list(describeImages, { Owners: ['self'] }, signal),
  ]);
  // Without either list nobody knows whether a snapshot is still used.
  for (const { failure } of [volumes, images])
    if (failure !== null) scene.hide(all, `what uses the snapshots in ${place.region}`, failure);
  if (volumes.failure !== null || images.failure !== null) return [];
  const there = new Set(volumes.items.map(({ VolumeId }) => VolumeId));
  const used = new Set(
    images.items.flatMap(({ BlockDeviceMappings = [] }) => BlockDeviceMappings.map(({ Ebs }) => Ebs?.SnapshotId)),
  );
  const orphans = snapshots.filter(
    (snapshot) =>
      isOld(snapshot, scene.now - olderThan) &&
      !isKeptByPlan(snapshot) &&
      snapshot.VolumeId !== VOLUME_OF_COPIES &&
      !there.has(snapshot.VolumeId) &&
      !used.has(snapshot.SnapshotId),
  );
  return Promise.all(orphans.map((snapshot) => seeSnapshot(scene, snapshot)));
}

/** What copies say in the place of their volume. */
const VOLUME_OF_COPIES = 'vol-ffffffff';

function isOld({ StartTime, State }: Snapshot, before: number): boolean {
  return State !== 'pending' && StartTime !== undefined && StartTime.getTime() < before;
}

function isKeptByPlan({ Tags = [] }: Snapshot): boolean {
  return Tags.some(({ Key = '' }) => /^aws:(?:backup|dlm):/.test(Key));
}

const GIB = 2 ** 30;

async function seeSnapshot(scene: Scene, snapshot: Snapshot): Promise<Seen> {
  const { SnapshotId: id = 'unknown', VolumeId = 'unknown', VolumeSize = 0, StartTime } = snapshot;
  const full = snapshot.FullSnapshotSizeInBytes ?? 0;
  const gib = full > 0 ? Math.round((full / GIB) * 100) / 100 : VolumeSize;
  return scene.see(scene.arn('ec2', `snapshot/${id}`), id, {
    about: 'snapshot',
    snapshot: printable(id),
    volume: printable(VolumeId),
    gib,
    made: StartTime?.getTime() ?? 0,
    cost: await costOf(scene, snapshot, gib),
  });
}

async function costOf(scene: Scene, { StorageTier = 'standard' }: Snapshot, gib: number): Promise<CostFacts> {
  if (StorageTier !== 'standard') return noPrice(`that of the storage tier ${printable(StorageTier)} is not looked up`);
  return priced(scene, 'snapshot', gib, 'an upper bound: blocks that other snapshots hold too are charged once');
}

function judge({ resource }: Seen, facts: SnapshotFacts, { now }: History): readonly FindingDraft[] {
  const { snapshot, volume, gib, made, cost } = facts;
  const dollars = cost.amount === null ? '' : ` (at most $${cost.amount.toFixed(2)} a month)`;
  return [
    {
      discriminator: 'orphaned',
      severity: 'low',
      title: `The snapshot ${snapshot} (${gib} GiB) is ${formatDuration(now - made)} old and its volume is gone${dollars}`,
      why: 'It is paid for, and no volume and no image of this account needs it.',
      next: `See it: ${awsLine(resource, 'ec2', 'describe-snapshots', '--snapshot-ids', snapshot)}`,
      evidence: evidenceFrom(
        'ec2:DescribeSnapshots',
        ['volume', volume],
        ['GiB', gib],
        ['made', new Date(made).toISOString()],
      ),
      monthlyCost: asMonthlyCost(cost),
    },
  ];
}
