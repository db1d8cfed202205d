import * as z from 'zod';
import type { Check, FindingDraft, History, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { describeAutoScalingGroups, type AutoScalingGroup } from '../../providers/aws/reads/compute.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const autoScalingParams = z.strictObject({ ...regionShape });
type AutoScalingParams = z.output<typeof autoScalingParams>;

const groupFacts = z.object({
  about: z.literal('group'),
  group: z.string(),
  desired: z.number(),
  least: z.number(),
  inService: z.number(),
  coming: z.number(),
  suspended: z.array(z.string()),
});
type GroupFacts = z.output<typeof groupFacts>;

export const check: Check<AwsReader, AutoScalingParams> = {
  id: 'aws/auto-scaling',
  title: 'Auto Scaling groups with fewer instances than they want',
  keywords: ['autoscaling', 'asg', 'scaling', 'group', 'capacity', 'instance'],
  description: `Looks at how many healthy instances of an Auto Scaling group are in service.

Reports:
- **capacity** fewer than the desired capacity at two looks in a row (medium; high when it is fewer than the group's minimum), or none at all where some are wanted (critical, at the first look unless some are on their way).

Instances that come and go are normal, so one look does not make a finding. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: autoScalingParams,
  timeoutMs: 60_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeGroups),
  judge: (seen, _params, history) => {
    const facts = groupFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, history) : [];
  },
  sample: ({ facts }) => {
    const parsed = groupFacts.safeParse(facts);
    return parsed.success ? { short: Math.max(0, parsed.data.desired - parsed.data.inService) } : null;
  },
  summary: tallyWords,
};

async function seeGroups(scene: Scene): Promise<readonly Seen[]> {
  const groups = await scene.list(describeAutoScalingGroups, {});
  return groups.map((group) => see(scene, group));
}

function see(
  scene: Scene,
  { AutoScalingGroupName, AutoScalingGroupARN, Instances = [], ...group }: AutoScalingGroup,
): Seen {
  const name = AutoScalingGroupName ?? 'unnamed';
  const healthy = Instances.filter(({ HealthStatus }) => HealthStatus?.toLowerCase() !== 'unhealthy');
  return scene.see(
    AutoScalingGroupARN ?? scene.arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`),
    name,
    {
      about: 'group',
      group: printable(name),
      desired: group.DesiredCapacity ?? 0,
      least: group.MinSize ?? 0,
      inService: healthy.filter(({ LifecycleState }) => LifecycleState === 'InService').length,
      coming: healthy.filter(({ LifecycleState }) => LifecycleState?.startsWith('Pending') === true).length,
      suspended: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []).toSorted(),
    },
  );
}

const sampleValues = z.object({ short: z.number() });

function judge({ resource }: Seen, facts: GroupFacts, { samples, open }: History): readonly FindingDraft[] {
  const { group, desired, least, inService, coming, suspended } = facts;
  if (inService >= desired) return [];
  const isNone = inService === 0;
  const before = sampleValues.safeParse(samples[0]?.values);
  const hasLasted = open.has('capacity') || (before.success && before.data.short > 0);
  if (!hasLasted && !(isNone && coming === 0)) return [];
  return [
    {
      discriminator: 'capacity',
      severity: isNone ? 'critical' : inService < least ? 'high' : 'medium',
      title: `The Auto Scaling group ${group} has ${inService} of ${desired} instances in service`,
      why: isNone
        ? 'Nothing does its work.'
        : 'The others carry more than was planned, and the next failure has less to fall back on.',
      next: `See what it tried: ${awsLine(resource, 'autoscaling', 'describe-scaling-activities', '--auto-scaling-group-name', group)}`,
      evidence: evidenceFrom(
        'autoscaling:DescribeAutoScalingGroups',
        ['desired', desired],
        ['minimum', least],
        ['in service', inService],
        ['on their way', coming],
        ['suspended processes', suspended],
      ),
    },
  ];
}
