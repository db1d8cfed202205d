import * as z from 'zod';
import type { Check, FindingDraft, History, Observation, Seen } from '../../domain/check.ts';
import type { JsonObject } from '../../domain/json.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import {
  describeClassicBalancers,
  describeInstanceHealth,
  describeTargetGroups,
  describeTargetHealth,
  type ClassicBalancer,
  type TargetGroup,
} from '../../providers/aws/reads/network.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine, resourceIn } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const balancersParams = z.strictObject({ ...regionShape });
type BalancersParams = z.output<typeof balancersParams>;

const targetFacts = z.object({
  about: z.literal('targets'),
  group: z.string(),
  balancers: z.array(z.string()),
  healthy: z.number(),
  unhealthy: z.number(),
  /** On their way in or out, or not looked at by the balancer. */
  others: z.number(),
  reasons: z.array(z.string()),
  source: z.string(),
});
type TargetFacts = z.output<typeof targetFacts>;

export const check: Check<AwsReader, BalancersParams> = {
  id: 'aws/load-balancers',
  title: 'Load balancers without healthy targets',
  keywords: ['balancer', 'loadbalancer', 'alb', 'nlb', 'elb', 'target', 'backend'],
  description: `Looks at the health of the targets of every target group that a load balancer uses, and of the instances of classic load balancers.

Reports:
- **targets** no healthy target among those that are looked at (critical, at the first look); some that are unhealthy at two looks in a row (medium); none registered at all (low).

Targets that are initial, draining or unused, and those whose health check is turned off, are neither healthy nor unhealthy. A group that no balancer uses is not asked. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: balancersParams,
  timeoutMs: 120_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeBalancers),
  judge: (seen, _params, history) => {
    const facts = targetFacts.safeParse(seen.facts);
    return facts.success ? judge(seen, facts.data, history) : [];
  },
  sample: ({ facts }) => {
    const parsed = targetFacts.safeParse(facts);
    return parsed.success ? { unhealthy: parsed.data.unhealthy } : null;
  },
  summary: tallyWords,
};

async function seeBalancers(scene: Scene): Promise<readonly Observation[]> {
  const [groups, classic] = await Promise.all([
    scene.list(describeTargetGroups, {}),
    scene.list(describeClassicBalancers, {}, scene.arn('elasticloadbalancing', 'loadbalancer/*')),
  ]);
  const used = groups.filter(({ LoadBalancerArns = [] }) => LoadBalancerArns.length > 0);
  const seen = await Promise.all([
    ...used.map((group) => seeGroup(scene, group)),
    ...classic.map((balancer) => seeClassic(scene, balancer)),
  ]);
  return seen.filter((each) => each !== null);
}

const UNHEALTHY: ReadonlySet<string> = new Set(['unhealthy', 'OutOfService']);
const HEALTHY: ReadonlySet<string> = new Set(['healthy', 'InService']);

async function seeGroup(
  scene: Scene,
  { TargetGroupArn: arn, TargetGroupName, LoadBalancerArns = [] }: TargetGroup,
): Promise<Seen | null> {
  if (arn === undefined) return null;
  const answer = await scene.ask(describeTargetHealth, { TargetGroupArn: arn }, arn);
  if (answer === undefined || answer === null) return null;
  const states = (answer.TargetHealthDescriptions ?? []).map(({ TargetHealth }) => ({
    state: TargetHealth?.State ?? 'unknown',
    reason: TargetHealth?.Reason,
  }));
  const balancers = LoadBalancerArns.map((balancer) => resourceIn(balancer).replace(/^loadbalancer\//, ''));
  const name = TargetGroupName ?? resourceIn(arn);
  return scene.see(arn, name, factsOf(name, balancers, states, 'elasticloadbalancing:DescribeTargetHealth'));
}

async function seeClassic(
  scene: Scene,
  { LoadBalancerName: name, Instances = [] }: ClassicBalancer,
): Promise<Seen | null> {
  if (name === undefined) return null;
  const arn = scene.arn('elasticloadbalancing', `loadbalancer/${name}`);
  // Who has none to ask about would be told all the same.
  const answer =
    Instances.length === 0 ? null : await scene.ask(describeInstanceHealth, { LoadBalancerName: name }, arn);
  if (answer === undefined) return null;
  const states = (answer?.InstanceStates ?? []).map(({ State, ReasonCode }) => ({
    state: State ?? 'unknown',
    reason: ReasonCode === 'N/A' ? undefined : ReasonCode,
  }));
  return scene.see(arn, name, factsOf(name, [name], states, 'elasticloadbalancing:DescribeInstanceHealth'));
}

interface TargetState {
  readonly state: string;
  readonly reason: string | undefined;
}

function factsOf(
  group: string,
  balancers: readonly string[],
  states: readonly TargetState[],
  source: string,
): JsonObject {
  const unhealthy = states.filter(({ state }) => UNHEALTHY.has(state));
  const healthy = states.filter(({ state }) => HEALTHY.has(state));
  const reasons = new Set(unhealthy.flatMap(({ reason }) => (reason === undefined ? [] : [printable(reason)])));
  return {
    about: 'targets',
    group: printable(group),
    balancers: balancers.map(printable),
    healthy: healthy.length,
    unhealthy: unhealthy.length,
    others: states.length - unhealthy.length - healthy.length,
    reasons: [...reasons].toSorted(),
    source,
  };
}

const sampleValues = z.object({ unhealthy: z.number() });

function judge({ resource }: Seen, facts: TargetFacts, { samples, open }: History): readonly FindingDraft[] {
  const { group, balancers, healthy, unhealthy, others, reasons, source } = facts;
  const draft = (severity: FindingDraft['severity'], words: string, why: string): FindingDraft => ({
    discriminator: 'targets',
    severity,
    title: `${group} has ${words}`,
    why,
    next: `See them: ${lineOf(resource, group)}`,
    evidence: evidenceFrom(
      source,
      ['load balancers', balancers],
      ['healthy', healthy],
      ['unhealthy', unhealthy],
      ['neither', others],
      ['reasons', reasons],
    ),
  });
  if (unhealthy + healthy + others === 0)
    return [draft('low', 'no targets', 'A load balancer leads there, and nothing is behind it.')];
  if (unhealthy === 0) return [];
  if (healthy === 0)
    return [
      draft(
        'critical',
        `no healthy target of ${unhealthy + others}`,
        'What asks this load balancer gets errors, or nothing.',
      ),
    ];
  const before = sampleValues.safeParse(samples[0]?.values);
  const hasLasted = open.has('targets') || (before.success && before.data.unhealthy > 0);
  return hasLasted
    ? [
        draft(
          'medium',
          `${unhealthy} unhealthy of ${unhealthy + healthy + others} targets`,
          'The others carry more, and the next failure has less to fall back on.',
        ),
      ]
    : [];
}

function lineOf(resource: string, group: string): string {
  return resource.includes(':targetgroup/')
    ? awsLine(resource, 'elbv2', 'describe-target-health', '--target-group-arn', resource)
    : awsLine(resource, 'elb', 'describe-instance-health', '--load-balancer-name', group);
}
