import * as z from 'zod';
import type { Check, FindingDraft, History, Observation, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { describeVolumes, type Volume } from '../../providers/aws/reads/ec2.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { asMonthlyCost, costFacts, inDollars, volumeCost, type CostFacts } from './priced.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const volumesParams = z.strictObject({
  ...regionShape,
  unattachedFor: durationParam('0m', '3650d')
    .prefault('7d')
    .describe('Report volumes that are attached to nothing and are older than this.'),
  gp2: z.boolean().default(true).describe('Whether volumes of the type gp2 are reported where gp3 is cheaper.'),
});
type VolumesParams = z.output<typeof volumesParams>;

const volumeFacts = z.object({
  about: z.literal('volume'),
  volume: z.string(),
  type: z.string(),
  gib: z.number(),
  attached: z.boolean(),
  created: z.number().nullable(),
  cost: costFacts,
  /** What the same space would cost as gp3; null: it is not gp2. */
  asGp3: costFacts.nullable(),
});
type VolumeFacts = z.output<typeof volumeFacts>;

export const check: Check<AwsReader, VolumesParams> = {
  id: 'aws/hygiene-volumes',
  title: 'Volumes that nothing uses, or that cost too much',
  keywords: ['volume', 'ebs', 'unattached', 'unused', 'orphaned', 'orphan', 'gp2', 'gp3', 'hygiene', 'waste', 'disk'],
  description: `Looks at the volumes of EBS.

Reports:
- **unattached** it is attached to nothing, and older than \`unattachedFor\` (low). AWS does not say since when: how long it was seen so stands in the title, from the second look on. The whole volume is what it costs.
- **gp2** it is of the type gp2, and the price list says that gp3 costs less there (low); the saving stands in its cost. It is not said where the price list says otherwise, and said without a figure where the list could not be read. Above 1,000 GiB gp2 does more operations than gp3 without extras, so that the saving is at most that. Unattached ones are not told twice.

Volumes of instances that are stopped are counted with these: \`aws/hygiene-instances\`. Prices are those of AWS's public price list (pricing:GetProducts, which costs nothing), without discounts and taxes; a price that can not be read is not known, and never nought. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: volumesParams,
  timeoutMs: 180_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', (scene) => see(scene, params)),
  judge: (seen, params, history) => {
    const facts = volumeFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, params, history) : [];
  },
  sample: ({ facts }) => {
    const parsed = volumeFacts.safeParse(facts);
    return parsed.success ? { attached: parsed.data.attached } : null;
  },
  summary: tallyWords,
};

async function see(scene: Scene, { gp2 }: VolumesParams): Promise<readonly Observation[]> {
  const volumes = await scene.list(describeVolumes, {}, scene.arn('ec2', 'volume/*'));
  const told = volumes.filter((volume) => !isAttached(volume) || (gp2 && volume.VolumeType === 'gp2'));
  return Promise.all(told.map((volume) => seeVolume(scene, volume)));
}

/** `in-use` stands for attached; a volume that is being made or deleted is neither. */
function isAttached({ State, Attachments = [] }: Volume): boolean {
  return State !== 'available' || Attachments.length > 0;
}

async function seeVolume(scene: Scene, volume: Volume): Promise<Seen> {
  const { VolumeId: id = 'unknown', VolumeType: type = 'unknown', Size: gib = 0, CreateTime } = volume;
  return scene.see(scene.arn('ec2', `volume/${id}`), id, {
    about: 'volume',
    volume: printable(id),
    type: printable(type),
    gib,
    attached: isAttached(volume),
    created: CreateTime?.getTime() ?? null,
    cost: await volumeCost(scene, type, gib),
    asGp3: type === 'gp2' ? await volumeCost(scene, 'gp3', gib) : null,
  });
}

function judge(
  { resource }: Seen,
  facts: VolumeFacts,
  { unattachedFor, gp2 }: VolumesParams,
  history: History,
): readonly FindingDraft[] {
  const { volume, type, gib, attached, created, cost, asGp3 } = facts;
  const evidence = (...more: Parameters<typeof evidenceFrom>[1][]) =>
    evidenceFrom('ec2:DescribeVolumes', ['type', type], ['GiB', gib], ['made', dateOf(created)], ...more);
  if (!attached) {
    const age = created === null ? null : history.now - created;
    if (age !== null && age < unattachedFor && !history.open.has('unattached')) return [];
    const since = seenSince(history);
    return [
      {
        discriminator: 'unattached',
        severity: 'low',
        title: `The volume ${volume} (${gib} GiB, ${type}) is attached to nothing${since === null ? '' : `, for at least ${formatDuration(history.now - since)}`}${inDollars(cost)}`,
        why: 'It is paid for, and nothing reads or writes it.',
        next: `Is it still needed? A snapshot costs less: ${awsLine(resource, 'ec2', 'create-snapshot', '--volume-id', volume)}`,
        evidence: evidence(['seen unattached since', dateOf(since)]),
        monthlyCost: asMonthlyCost(cost),
      },
    ];
  }
  if (!gp2 || asGp3 === null) return [];
  const saving = savingOf(cost, asGp3, gib);
  if (saving.amount !== null && saving.amount <= 0) return [];
  return [
    {
      discriminator: 'gp2',
      severity: 'low',
      title: `The volume ${volume} (${gib} GiB) is of the type gp2${saving.amount === null ? '' : `; as gp3 it would save $${saving.amount.toFixed(2)} a month`}`,
      why: 'gp3 gives the same space for less, and the type can be changed while the volume is used.',
      next: `Change it: ${awsLine(resource, 'ec2', 'modify-volume', '--volume-id', volume, '--volume-type', 'gp3')}`,
      evidence: evidence(),
      monthlyCost: asMonthlyCost(saving),
    },
  ];
}

/** gp2 does three operations a second for each GiB, gp3 3,000 without extras (the user guide of EBS, volume types). */
const EQUAL_UP_TO_GIB = 1_000;

function savingOf(cost: CostFacts, asGp3: CostFacts, gib: number): CostFacts {
  if (cost.amount === null) return cost;
  if (asGp3.amount === null) return asGp3;
  return {
    amount: Math.round((cost.amount - asGp3.amount) * 100) / 100,
    basis: `what gp3 would save${gib > EQUAL_UP_TO_GIB ? ', at most: above 1,000 GiB the same operations cost extra' : ''}; ${cost.basis}, ${asGp3.basis}`,
  };
}

/** Since when every look saw it unattached, milliseconds since the epoch; null: this is the first one. */
function seenSince({ samples }: History): number | null {
  const attachedAt = samples.findIndex(({ values }) => values['attached'] === true);
  const unbroken = attachedAt === -1 ? samples : samples.slice(0, attachedAt);
  return unbroken.at(-1)?.at ?? null;
}

function dateOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
