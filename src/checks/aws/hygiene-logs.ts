import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { formatBytes } from '../../domain/bytes.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { describeLogGroups, type LogGroup } from '../../providers/aws/reads/watch.ts';
import { evidenceFrom } from '../evidence.ts';
import { sizeParam } from '../size-param.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { asMonthlyCost, costFacts, inDollars, priced } from './priced.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const logsParams = z.strictObject({
  ...regionShape,
  largerThan: sizeParam().prefault('1 GiB').describe('Log groups that hold less than this are not reported.'),
});
type LogsParams = z.output<typeof logsParams>;

const groupFacts = z.object({
  about: z.literal('log-group'),
  group: z.string(),
  bytes: z.number(),
  cost: costFacts,
});
type GroupFacts = z.output<typeof groupFacts>;

export const check: Check<AwsReader, LogsParams> = {
  id: 'aws/hygiene-logs',
  title: 'Log groups that keep everything for ever',
  keywords: ['log', 'group', 'retention', 'cloudwatch', 'hygiene', 'waste', 'unused'],
  description: `Looks at the log groups of CloudWatch Logs.

Reports:
- **retention** nothing says how long its events are kept, and at least \`largerThan\` is stored (low), with what the stored bytes cost a month.

It grows for as long as something writes to it: the figure is that of today. Prices are those of AWS's public price list (pricing:GetProducts, which costs nothing), without discounts, free tier and taxes; a price that can not be read is not known, and never nought. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: logsParams,
  timeoutMs: 180_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', (scene) => see(scene, params)),
  judge: (seen) => {
    const facts = groupFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data) : [];
  },
  summary: tallyWords,
};

async function see(scene: Scene, { largerThan }: LogsParams): Promise<readonly Observation[]> {
  const groups = await scene.list(describeLogGroups, {}, scene.arn('logs', 'log-group:*'));
  const endless = groups.filter(
    ({ retentionInDays, storedBytes = 0 }) => retentionInDays === undefined && storedBytes >= largerThan,
  );
  return Promise.all(endless.map((group) => seeGroup(scene, group)));
}

const GB = 2 ** 30;

async function seeGroup(scene: Scene, { logGroupName: name = 'unnamed', storedBytes = 0 }: LogGroup): Promise<Seen> {
  return scene.see(scene.arn('logs', `log-group:${name}`), name, {
    about: 'log-group',
    group: printable(name),
    bytes: storedBytes,
    cost: await priced(scene, 'logs:stored', storedBytes / GB, 'of what is stored today'),
  });
}

function judge({ resource }: Seen, { group, bytes, cost }: GroupFacts): readonly FindingDraft[] {
  return [
    {
      discriminator: 'retention',
      severity: 'low',
      title: `The log group ${group} keeps everything for ever, ${formatBytes(bytes)} so far${inDollars(cost)}`,
      why: 'It only ever grows, and every month is paid for all of it.',
      next: `Say how long they are kept: ${awsLine(resource, 'logs', 'put-retention-policy', '--log-group-name', group, '--retention-in-days', '90')}`,
      evidence: evidenceFrom('logs:DescribeLogGroups', ['stored bytes', bytes]),
      monthlyCost: asMonthlyCost(cost),
    },
  ];
}
