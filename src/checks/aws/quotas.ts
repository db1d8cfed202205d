import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { listServiceQuotas, type ServiceQuota } from '../../providers/aws/reads/watch.ts';
import { evidenceFrom } from '../evidence.ts';
import { percentParam } from '../percent-param.ts';
import { regionShape } from './account-params.ts';
import { awsLine } from './aws-line.ts';
import { readMetrics, type MetricWanted } from './metrics.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const SERVICES_ASKED = [
  'ec2',
  'vpc',
  'ebs',
  'elasticloadbalancing',
  'rds',
  'lambda',
  'eks',
  'ecs',
  'fargate',
  'autoscaling',
];

const quotasParams = z.strictObject({
  ...regionShape,
  services: z
    .array(z.string().min(1))
    .default(SERVICES_ASKED)
    .describe('Services as Service Quotas calls them: `aws service-quotas list-services`.'),
  warn: percentParam().default(80).describe('Report a quota of which more than this is used.'),
  critical: percentParam().default(95).describe('And as high from here on.'),
});
type QuotasParams = z.output<typeof quotasParams>;

const quotaFacts = z.object({
  about: z.literal('quota'),
  quota: z.string(),
  code: z.string(),
  service: z.string(),
  limit: z.number(),
  used: z.number(),
  adjustable: z.boolean(),
});
type QuotaFacts = z.output<typeof quotaFacts>;

export const check: Check<AwsReader, QuotasParams> = {
  id: 'aws/quotas',
  title: 'Service quotas that are nearly used up',
  keywords: ['quota', 'limit', 'capacity', 'aws'],
  description: `Compares the quotas of \`services\` with what is used of them, as CloudWatch measures it.

Reports:
- **quota** more than \`warn\` percent is used (medium), more than \`critical\` percent (high).

Only quotas for which AWS publishes a usage metric can be compared: most of the rest have none, and are not judged. CloudWatch charges for each metric that is asked for; what a look cost stands in its report. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: quotasParams,
  timeoutMs: 180_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', (scene) => seeQuotas(scene, params)),
  judge: (seen, params) => {
    const facts = quotaFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, params) : [];
  },
  summary: tallyWords,
};

async function seeQuotas(scene: Scene, { services }: QuotasParams): Promise<readonly Observation[]> {
  const lists = await Promise.all(
    services.map((ServiceCode) =>
      scene.list(listServiceQuotas, { ServiceCode }, scene.arn('servicequotas', `${ServiceCode}/*`)),
    ),
  );
  const measured = lists.flat().flatMap((quota) => {
    const wanted = wantedOf(scene, quota);
    return wanted === null ? [] : [{ quota, wanted }];
  });
  // Usage is published every five minutes; the highest of the last hour is what counts.
  const values = await readMetrics(
    scene,
    measured.map(({ wanted }) => wanted),
    { periodSeconds: 3_600, windowMs: 3_600_000 },
  );
  return measured.flatMap(({ quota, wanted }) => {
    const used = values.get(wanted.key);
    return used === undefined || used.length === 0 ? [] : [see(scene, quota, Math.max(...used))];
  });
}

function arnOfQuota(scene: Scene, { QuotaArn, ServiceCode = '', QuotaCode = '' }: ServiceQuota): string {
  return QuotaArn ?? scene.arn('servicequotas', `${ServiceCode}/${QuotaCode}`);
}

function wantedOf(scene: Scene, quota: ServiceQuota): MetricWanted | null {
  const { UsageMetric, Value, QuotaCode } = quota;
  const { MetricNamespace, MetricName, MetricDimensions } = UsageMetric ?? {};
  if (MetricNamespace === undefined || MetricName === undefined || QuotaCode === undefined) return null;
  if (Value === undefined || Value <= 0) return null;
  return {
    key: QuotaCode,
    namespace: MetricNamespace,
    metric: MetricName,
    dimensions: MetricDimensions ?? {},
    statistic: UsageMetric?.MetricStatisticRecommendation === 'Sum' ? 'Sum' : 'Maximum',
    hides: arnOfQuota(scene, quota),
  };
}

function see(scene: Scene, quota: ServiceQuota, used: number): Seen {
  const { QuotaName = 'unnamed', QuotaCode = '', ServiceCode = '', Value = 0, Adjustable } = quota;
  return scene.see(arnOfQuota(scene, quota), `${QuotaName} in ${scene.place.region}`, {
    about: 'quota',
    quota: printable(QuotaName),
    code: printable(QuotaCode),
    service: printable(ServiceCode),
    limit: Value,
    used,
    adjustable: Adjustable === true,
  });
}

function judge({ resource }: Seen, facts: QuotaFacts, { warn, critical }: QuotasParams): readonly FindingDraft[] {
  const { quota, code, service, limit, used, adjustable } = facts;
  const share = (used / limit) * 100;
  if (share <= warn) return [];
  return [
    {
      discriminator: 'quota',
      severity: share > critical ? 'high' : 'medium',
      title: `${used} of ${limit} are used of the quota "${quota}" of ${service} (${share.toFixed(0)} %)`,
      why: 'When nothing is left, whatever needs one more fails: a deployment, a new instance, scaling.',
      next: adjustable
        ? `Ask for more: ${awsLine(resource, 'service-quotas', 'request-service-quota-increase', '--service-code', service, '--quota-code', code, '--desired-value', String(Math.ceil(limit * 2)))}`
        : 'AWS does not raise this one by itself: use less, or ask its support.',
      evidence: [
        ...evidenceFrom('servicequotas:ListServiceQuotas', ['limit', limit], ['can be raised', adjustable]),
        ...evidenceFrom('cloudwatch:GetMetricData', ['used', used]),
      ],
    },
  ];
}
