import * as z from 'zod';
import type { Check, FindingDraft, History, Observation, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { describeInstances, describeVolumes, type Instance, type Volume } from '../../providers/aws/reads/ec2.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { asMonthlyCost, costFacts, inDollars, noPrice, sumOf, volumeCost, type CostFacts } from './priced.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const instancesParams = z.strictObject({
  ...regionShape,
  stoppedFor: durationParam('1h', '3650d')
    .prefault('30d')
    .describe('Report instances that have been stopped for longer than this.'),
});
type InstancesParams = z.output<typeof instancesParams>;

const instanceFacts = z.object({
  about: z.literal('instance'),
  instance: z.string(),
  type: z.string(),
  state: z.string(),
  /** Since when it is stopped, by AWS's word; null: it is not, or AWS does not say. */
  stopped: z.number().nullable(),
  volumes: z.number(),
  gib: z.number(),
  cost: costFacts,
});
type InstanceFacts = z.output<typeof instanceFacts>;

export const check: Check<AwsReader, InstancesParams> = {
  id: 'aws/hygiene-instances',
  title: 'Instances of old types, and those long stopped',
  keywords: ['instance', 'ec2', 'stopped', 'generation', 'previous', 'old', 'unused', 'hygiene', 'waste', 'idle'],
  description: `Looks at the instances of EC2.

Reports:
- **previous-generation** it is of a family that AWS calls previous generation: a1, c1, c3, c4, g3, i2, m1 to m4, p2, r3, r4, t1 (user guide of EC2, "Specifications for Amazon EC2 previous generation instances", November 2026) (low). What it would save is not looked up: its cost is not known.
- **stopped** it has been stopped for longer than \`stoppedFor\` (low), with what its volumes cost a month. Since when is what AWS says of the last change, and where it says nothing, what earlier looks saw.

A stopped instance itself costs nothing; its volumes and addresses do. Prices are those of AWS's public price list (pricing:GetProducts, which costs nothing), without discounts and taxes; a price that can not be read is not known, and never nought. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: instancesParams,
  timeoutMs: 180_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeInstances),
  judge: (seen, params, history) => {
    const facts = instanceFacts.safeParse(seen.facts);
    return facts.success
      ? [judgeGeneration(seen, facts.data), judgeStopped(seen, facts.data, params, history)].filter(
          (draft) => draft !== null,
        )
      : [];
  },
  sample: ({ facts }) => {
    const parsed = instanceFacts.safeParse(facts);
    return parsed.success ? { state: parsed.data.state } : null;
  },
  summary: tallyWords,
};

const PREVIOUS: ReadonlySet<string> = new Set('a1 c1 c3 c4 g3 i2 m1 m2 m3 m4 p2 r3 r4 t1'.split(' '));

async function seeInstances(scene: Scene): Promise<readonly Observation[]> {
  const instances = await scene.list(describeInstances, {}, scene.arn('ec2', 'instance/*'));
  const told = instances.filter(
    ({ State, InstanceType: type }) =>
      State?.Name === 'stopped' || (State?.Name !== 'terminated' && isPrevious(type ?? '')),
  );
  if (told.length === 0) return [];
  const volumes = await scene.place.list(describeVolumes, {}, scene.signal);
  return Promise.all(told.map((instance) => seeInstance(scene, instance, volumes)));
}

function isPrevious(type: string): boolean {
  return PREVIOUS.has(type.split('.')[0] ?? '');
}

async function seeInstance(
  scene: Scene,
  { InstanceId: id = 'unknown', InstanceType: type, State, StateTransitionReason = '' }: Instance,
  { items, failure }: { readonly items: readonly Volume[]; readonly failure: { readonly message: string } | null },
): Promise<Seen> {
  const mine = items.filter(({ Attachments = [] }) => Attachments.some(({ InstanceId }) => InstanceId === id));
  const isStopped = State?.Name === 'stopped';
  return scene.see(scene.arn('ec2', `instance/${id}`), id, {
    about: 'instance',
    instance: printable(id),
    type: printable(type ?? 'unknown'),
    state: State?.Name ?? 'unknown',
    stopped: isStopped ? instantIn(StateTransitionReason) : null,
    volumes: mine.length,
    gib: mine.reduce((sum, { Size = 0 }) => sum + Size, 0),
    cost:
      failure !== null
        ? noPrice(`its volumes could not be read: ${failure.message}`)
        : isStopped
          ? await costOf(scene, mine)
          : noPrice('it runs, and what instances cost is not looked up'),
  });
}

async function costOf(scene: Scene, volumes: readonly Volume[]): Promise<CostFacts> {
  const costs = await Promise.all(
    volumes.map(({ VolumeType = 'unknown', Size = 0 }) => volumeCost(scene, VolumeType, Size)),
  );
  return sumOf(costs, `its ${volumes.length} volume${volumes.length === 1 ? '' : 's'}`);
}

/** `User initiated (2026-10-01 09:30:00 GMT)`: milliseconds since the epoch; null where no time is named. */
function instantIn(reason: string): number | null {
  const [, date, time] = /\((\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) GMT\)/.exec(reason) ?? [];
  const instant = date === undefined || time === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`);
  return Number.isNaN(instant) ? null : instant;
}

function judgeGeneration({ resource }: Seen, { instance, type, state }: InstanceFacts): FindingDraft | null {
  if (!isPrevious(type)) return null;
  return {
    discriminator: 'previous-generation',
    severity: 'low',
    title: `The instance ${instance} is of a previous generation (${type})`,
    why: 'Newer types do the same work for less, and there are ever fewer of the old ones to be had.',
    next: `See what would fit: ${awsLine(resource, 'ec2', 'describe-instance-types', '--filters', 'Name=current-generation,Values=true')}`,
    evidence: evidenceFrom('ec2:DescribeInstances', ['type', type], ['state', state]),
    monthlyCost: asMonthlyCost(noPrice('what instances cost is not looked up')),
  };
}

function judgeStopped(
  { resource }: Seen,
  { instance, type, state, stopped, volumes, gib, cost }: InstanceFacts,
  { stoppedFor }: InstancesParams,
  history: History,
): FindingDraft | null {
  if (state !== 'stopped') return null;
  const since = stopped ?? seenSince(history);
  const isLong = since !== null && history.now - since > stoppedFor;
  if (since === null || !isLong) return null;
  return {
    discriminator: 'stopped',
    severity: 'low',
    title: `The instance ${instance} is stopped for ${stopped === null ? 'at least ' : ''}${formatDuration(history.now - since)} and keeps ${gib} GiB${inDollars(cost)}`,
    why: 'It does nothing, and its volumes are paid for.',
    next: `Is it still needed? An image of it costs less: ${awsLine(resource, 'ec2', 'describe-instances', '--instance-ids', instance)}`,
    evidence: evidenceFrom(
      'ec2:DescribeInstances',
      ['type', type],
      ['state', state],
      ['stopped since', new Date(since).toISOString()],
      ['volumes', volumes],
      ['GiB', gib],
    ),
    monthlyCost: asMonthlyCost(cost),
  };
}

/** Since when every look saw it stopped; null: this is the first one. */
function seenSince({ samples }: History): number | null {
  const other = samples.findIndex(({ values }) => values['state'] !== 'stopped');
  return (other === -1 ? samples : samples.slice(0, other)).at(-1)?.at ?? null;
}
