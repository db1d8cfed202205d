import * as z from 'zod';
import type { Check, FindingDraft, History, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { describeAlarms, type CompositeAlarm, type MetricAlarm } from '../../providers/aws/reads/watch.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const alarmsParams = z.strictObject({
  ...regionShape,
  after: durationParam('0s', '30d').prefault('5m').describe('How long an alarm must have been in ALARM.'),
  ignore: z.array(z.string().min(1)).default([]).describe('Names of alarms that are left out, or patterns with `*`.'),
});
type AlarmsParams = z.output<typeof alarmsParams>;

const alarmFacts = z.object({
  about: z.literal('alarm'),
  alarm: z.string(),
  kind: z.enum(['metric', 'composite']),
  condition: z.string().nullable(),
  reason: z.string().nullable(),
  since: z.number().nullable(),
  tells: z.boolean(),
});
type AlarmFacts = z.output<typeof alarmFacts>;

export const check: Check<AwsReader, AlarmsParams> = {
  id: 'aws/alarms',
  title: 'Alarms of CloudWatch that are raised',
  keywords: ['alarm', 'cloudwatch', 'alert', 'metric'],
  description: `Looks at the metric and composite alarms that are in the state ALARM.

Reports:
- **alarm** (high; low when its actions are turned off) one that has been there for \`after\`, by the time of its last transition.

INSUFFICIENT_DATA is no finding: most alarms on things that come and go are there. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: alarmsParams,
  timeoutMs: 60_000,
  read: (reader, params, context) =>
    lookAtAws(reader, params, context, 'regions', (scene) => seeAlarms(scene, params.ignore)),
  judge: (seen, params, history) => {
    const facts = alarmFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, params, history) : [];
  },
  summary: tallyWords,
};

async function seeAlarms(scene: Scene, ignore: readonly string[]): Promise<readonly Seen[]> {
  const pages = await scene.list(describeAlarms, {
    StateValue: 'ALARM',
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
  });
  const seen = [
    ...pages.flatMap(({ MetricAlarms = [] }) => MetricAlarms.map((alarm) => see(scene, alarm, 'metric'))),
    ...pages.flatMap(({ CompositeAlarms = [] }) => CompositeAlarms.map((alarm) => see(scene, alarm, 'composite'))),
  ];
  return seen.filter(({ name }) => !ignore.some((pattern) => matchesGlob(pattern, name)));
}

function see(scene: Scene, alarm: MetricAlarm & CompositeAlarm, kind: AlarmFacts['kind']): Seen {
  const name = alarm.AlarmName ?? 'unnamed';
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  return scene.see(alarm.AlarmArn ?? scene.arn('cloudwatch', `alarm:${name}`), name, {
    about: 'alarm',
    alarm: printable(name),
    kind,
    condition: conditionOf(alarm),
    reason: alarm.StateReason === undefined ? null : printable(alarm.StateReason).slice(0, 500),
    since: since?.getTime() ?? null,
    tells: alarm.ActionsEnabled !== false,
  });
}

function conditionOf({
  MetricName,
  ComparisonOperator,
  Threshold,
  AlarmRule,
}: MetricAlarm & CompositeAlarm): string | null {
  if (AlarmRule !== undefined) return printable(AlarmRule).slice(0, 300);
  if (MetricName === undefined) return null;
  return printable(`${MetricName} ${ComparisonOperator ?? ''} ${Threshold ?? ''}`.trim());
}

function judge(
  { resource }: Seen,
  facts: AlarmFacts,
  { after }: AlarmsParams,
  { now }: History,
): readonly FindingDraft[] {
  const { alarm, kind, condition, reason, since, tells } = facts;
  if (since !== null && now - since < after) return [];
  const lasting = since === null ? '' : ` for ${formatDuration(now - since)}`;
  return [
    {
      discriminator: 'alarm',
      severity: tells ? 'high' : 'low',
      title: `The alarm ${alarm} is raised${lasting}${condition === null ? '' : ` (${condition})`}`,
      why: tells
        ? 'Somebody chose this limit because something is wrong beyond it.'
        : 'Its actions are turned off, so nobody is told but here.',
      next: `See its history: ${awsLine(resource, 'cloudwatch', 'describe-alarm-history', '--alarm-name', alarm)}`,
      evidence: evidenceFrom(
        'cloudwatch:DescribeAlarms',
        ['kind', kind],
        ['condition', condition],
        ['reason', reason],
        ['since', since === null ? null : new Date(since).toISOString()],
        ['actions', tells ? 'on' : 'off'],
      ),
    },
  ];
}
