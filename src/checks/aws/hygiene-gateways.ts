import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader, Product } from '../../providers/aws/reader.ts';
import { describeNatGateways, type NatGateway } from '../../providers/aws/reads/ec2.ts';
import {
  describeClassicBalancers,
  describeLoadBalancers,
  describeTargetGroups,
  describeTargetHealth,
  type ClassicBalancer,
  type LoadBalancer,
  type TargetGroup,
} from '../../providers/aws/reads/network.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine, resourceIn } from './aws-line.ts';
import { readMetrics, type MetricWanted } from './metrics.ts';
import { asMonthlyCost, costFacts, inDollars, noPrice, priced, type CostFacts } from './priced.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const gatewaysParams = z.strictObject({
  ...regionShape,
  metrics: z
    .boolean()
    .default(true)
    .describe('Whether CloudWatch is asked what they carried, which costs $0.00001 for each of them.'),
  most: z
    .int()
    .min(1)
    .max(10_000)
    .default(1_000)
    .describe('Of so many gateways and balancers in a region metrics are asked; of more, of none.'),
  idleFor: durationParam('1d', '60d').prefault('14d').describe('How long nothing must have been carried; whole days.'),
});
type GatewaysParams = z.output<typeof gatewaysParams>;

const gatewayFacts = z.object({
  about: z.literal('gateway'),
  kind: z.string(),
  called: z.string(),
  /** Bytes (or requests, of a classic balancer) within the window; null: not asked, too young, or not known. */
  carried: z.number().nullable(),
  metric: z.string(),
  windowMs: z.number(),
  /** Registered behind it; null: not asked, not known, or it needs none. */
  targets: z.number().nullable(),
  source: z.string(),
  cost: costFacts,
});
type GatewayFacts = z.output<typeof gatewayFacts>;

export const check: Check<AwsReader, GatewaysParams> = {
  id: 'aws/hygiene-gateways',
  title: 'NAT gateways and balancers that carry nothing',
  keywords: ['nat', 'gateway', 'balancer', 'loadbalancer', 'idle', 'unused', 'hygiene', 'waste', 'alb', 'nlb', 'elb'],
  description: `Looks at NAT gateways and load balancers, and at what they carried within \`idleFor\` by CloudWatch.

Reports:
- **idle** it carried nothing (low): no byte out of a NAT gateway, none through a load balancer, no request to a classic one. What is younger than \`idleFor\` is not judged.
- **no-targets** a balancer has target groups, and nothing is registered in any of them; or a classic one has no instance (low), unless it is told as idle. One that only redirects has no target groups, and is not told.

What it costs is the hour alone: what it carries, and its public addresses, come on top. CloudWatch charges for each metric that is asked for; what a look cost stands in its report. Prices are those of AWS's public price list (pricing:GetProducts, which costs nothing), without discounts and taxes; a price that can not be read is not known, and never nought. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: gatewaysParams,
  timeoutMs: 300_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', (scene) => see(scene, params)),
  judge: (seen) => {
    const facts = gatewayFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data) : [];
  },
  summary: tallyWords,
};

/** A NAT gateway or a load balancer. */
interface Gateway {
  readonly arn: string;
  readonly called: string;
  readonly kind: string;
  readonly created: number | null;
  readonly metric: Pick<MetricWanted, 'namespace' | 'metric' | 'dimensions'>;
  /** False: CloudWatch has no value where there was nothing to count. */
  readonly alwaysTold: boolean;
  readonly source: string;
  readonly product: Product | null;
  readonly groups: readonly string[];
  /** Of a classic one, its instances. */
  readonly instances: number | null;
}

const DAY_MS = 86_400_000;

async function see(scene: Scene, params: GatewaysParams): Promise<readonly Observation[]> {
  const balancers = scene.arn('elasticloadbalancing', 'loadbalancer/*');
  const [nats, elb, classic] = await Promise.all([
    scene.list(describeNatGateways, {}, scene.arn('ec2', 'natgateway/*')),
    scene.list(describeLoadBalancers, {}, balancers),
    scene.list(describeClassicBalancers, {}, balancers),
  ]);
  const groups = elb.length === 0 ? [] : await scene.list(describeTargetGroups, {}, balancers);
  const all = [
    ...nats.filter(({ State }) => State === 'available').map((nat) => natGateway(scene, nat)),
    ...elb.filter(({ State }) => State?.Code === 'active').flatMap((one) => balancer(one, groups)),
    ...classic.flatMap((one) => classicBalancer(scene, one)),
  ];
  const windowMs = Math.round(params.idleFor / DAY_MS) * DAY_MS;
  const carried = await carriedBy(scene, all, params, windowMs);
  return Promise.all(
    all.map(async (gateway) => seeGateway(scene, gateway, carried(gateway), windowMs, await targetsOf(scene, gateway))),
  );
}

function natGateway(scene: Scene, nat: NatGateway): Gateway {
  const { NatGatewayId: id = 'unknown', CreateTime } = nat;
  return {
    arn: scene.arn('ec2', `natgateway/${id}`),
    called: id,
    kind: 'NAT gateway',
    created: CreateTime?.getTime() ?? null,
    metric: { namespace: 'AWS/NATGateway', metric: 'BytesOutToDestination', dimensions: { NatGatewayId: id } },
    alwaysTold: true,
    source: 'ec2:DescribeNatGateways',
    // A regional one is paid for by the zones it is in, which is another product.
    product: nat.AvailabilityMode === 'regional' ? null : 'nat-gateway',
    groups: [],
    instances: null,
  };
}

const BALANCERS: Readonly<Record<string, { readonly namespace: string; readonly product: Product } | undefined>> = {
  application: { namespace: 'AWS/ApplicationELB', product: 'balancer:application' },
  network: { namespace: 'AWS/NetworkELB', product: 'balancer:network' },
  gateway: { namespace: 'AWS/GatewayELB', product: 'balancer:gateway' },
};

function balancer(
  { LoadBalancerArn: arn, LoadBalancerName, Type, CreatedTime }: LoadBalancer,
  groups: readonly TargetGroup[],
): readonly Gateway[] {
  const known = Type === undefined ? undefined : BALANCERS[Type];
  if (arn === undefined || known === undefined) return [];
  return [
    {
      arn,
      called: LoadBalancerName ?? resourceIn(arn),
      kind: `${Type} load balancer`,
      created: CreatedTime?.getTime() ?? null,
      metric: {
        namespace: known.namespace,
        metric: 'ProcessedBytes',
        dimensions: { LoadBalancer: resourceIn(arn).replace(/^loadbalancer\//, '') },
      },
      alwaysTold: false,
      source: 'elasticloadbalancing:DescribeLoadBalancers',
      product: known.product,
      groups: groups.flatMap(({ TargetGroupArn, LoadBalancerArns = [] }) =>
        TargetGroupArn !== undefined && LoadBalancerArns.includes(arn) ? [TargetGroupArn] : [],
      ),
      instances: null,
    },
  ];
}

function classicBalancer(
  scene: Scene,
  { LoadBalancerName: name, CreatedTime, Instances = [] }: ClassicBalancer,
): readonly Gateway[] {
  if (name === undefined) return [];
  return [
    {
      arn: scene.arn('elasticloadbalancing', `loadbalancer/${name}`),
      called: name,
      kind: 'classic load balancer',
      created: CreatedTime?.getTime() ?? null,
      metric: { namespace: 'AWS/ELB', metric: 'RequestCount', dimensions: { LoadBalancerName: name } },
      alwaysTold: false,
      source: 'elasticloadbalancing:DescribeLoadBalancers',
      product: 'balancer:classic',
      groups: [],
      instances: Instances.length,
    },
  ];
}

/** What each of those carried that are old enough to be judged. */
async function carriedBy(
  scene: Scene,
  all: readonly Gateway[],
  { metrics, most }: GatewaysParams,
  windowMs: number,
): Promise<(gateway: Gateway) => number | null> {
  const old = all.filter(({ created }) => created !== null && created <= scene.now - windowMs - DAY_MS);
  if (!metrics || old.length === 0) return () => null;
  if (old.length > most) {
    const why = `There are ${old.length} gateways and balancers; metrics are asked of at most ${most}, as each costs. Raise "most", or say "metrics: false".`;
    for (const { arn, called } of old) scene.hide(arn, called, { code: 'TOO_MANY', message: why });
    return () => null;
  }
  const wanted = old.map(({ arn, metric }): MetricWanted => ({ key: arn, ...metric, statistic: 'Sum', hides: arn }));
  const values = await readMetrics(scene, wanted, { periodSeconds: DAY_MS / 1_000, windowMs });
  for (const { arn, called, alwaysTold, metric } of old)
    if (alwaysTold && values.get(arn)?.length === 0)
      scene.hide(arn, called, {
        code: 'NO_DATA',
        message: `CloudWatch has no value of ${metric.metric} for it, though it is told always.`,
      });
  return ({ arn, alwaysTold }) => {
    const told = values.get(arn);
    if (told === undefined || (alwaysTold && told.length === 0)) return null;
    return told.reduce((sum, value) => sum + value, 0);
  };
}

/** How many are registered behind it; null: it needs none, or that could not be read. */
async function targetsOf(scene: Scene, { arn, groups, instances }: Gateway): Promise<number | null> {
  if (groups.length === 0) return instances;
  const answers = await Promise.all(
    groups.map((TargetGroupArn) => scene.ask(describeTargetHealth, { TargetGroupArn }, arn)),
  );
  const counts = answers.map((answer) =>
    answer === undefined ? null : (answer?.TargetHealthDescriptions ?? []).length,
  );
  const known = counts.filter((count) => count !== null);
  const sum = known.reduce((total, count) => total + count, 0);
  return known.length < counts.length && sum === 0 ? null : sum;
}

async function seeGateway(
  scene: Scene,
  { arn, called, kind, metric, source, product }: Gateway,
  carried: number | null,
  windowMs: number,
  targets: number | null,
): Promise<Seen> {
  const isTold = carried === 0 || targets === 0;
  const cost: CostFacts =
    product === null
      ? noPrice('a regional one is paid for by its zones, which are not looked up')
      : isTold
        ? await priced(scene, product, 1, 'of its hours alone')
        : noPrice('not looked up, as there is nothing to say of it');
  return scene.see(arn, called, {
    about: 'gateway',
    kind,
    called: printable(called),
    carried,
    metric: metric.metric,
    windowMs,
    targets,
    source,
    cost,
  });
}

function judge({ resource }: Seen, facts: GatewayFacts): readonly FindingDraft[] {
  const { kind, called, carried, metric, windowMs, targets, source, cost } = facts;
  const next = `See what it was for: ${lineOf(resource, called)}`;
  const monthlyCost = asMonthlyCost(cost);
  if (carried === 0)
    return [
      {
        discriminator: 'idle',
        severity: 'low',
        title: `The ${kind} ${called} carried nothing for ${formatDuration(windowMs)}${inDollars(cost)}`,
        why: 'It is paid for by the hour, whether it carries something or not.',
        next,
        evidence: [
          ...evidenceFrom('cloudwatch:GetMetricData', [metric, carried]),
          ...evidenceFrom(source, ['kind', kind], ['targets', targets]),
        ],
        monthlyCost,
      },
    ];
  if (targets !== 0) return [];
  return [
    {
      discriminator: 'no-targets',
      severity: 'low',
      title: `The ${kind} ${called} has nothing behind it${inDollars(cost)}`,
      why: 'It is paid for by the hour, and what asks it gets errors.',
      next,
      evidence: [
        ...evidenceFrom(source, ['kind', kind], ['targets', targets]),
        ...evidenceFrom('cloudwatch:GetMetricData', [metric, carried]),
      ],
      monthlyCost,
    },
  ];
}

function lineOf(resource: string, called: string): string {
  if (resource.includes(':natgateway/'))
    return awsLine(resource, 'ec2', 'describe-nat-gateways', '--nat-gateway-ids', called);
  return /:loadbalancer\/(?:app|net|gwy)\//.test(resource)
    ? awsLine(resource, 'elbv2', 'describe-load-balancers', '--load-balancer-arns', resource)
    : awsLine(resource, 'elb', 'describe-load-balancers', '--load-balancer-names', called);
}
