import * as z from 'zod';
import type { Check, FindingDraft, History, Observation, Seen } from '../../domain/check.ts';
import { formatDuration } from '../../domain/duration.ts';
import { printable } from '../../domain/printable.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import {
  describeEcsServices,
  listEcsClusters,
  listEcsServices,
  type EcsService,
} from '../../providers/aws/reads/compute.ts';
import { durationParam } from '../duration-param.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine, resourceIn } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';

const servicesParams = z.strictObject({
  ...regionShape,
  rollout: durationParam('1m', '1d').prefault('30m').describe('How long a deployment may take before it is reported.'),
});
type ServicesParams = z.output<typeof servicesParams>;

const serviceFacts = z.object({
  about: z.literal('service'),
  service: z.string(),
  cluster: z.string(),
  desired: z.number(),
  running: z.number(),
  pending: z.number(),
  /** Of the deployment that is to become the only one. */
  rollout: z.object({ state: z.string().nullable(), reason: z.string().nullable(), since: z.number().nullable() }),
  /** The last words of the scheduler when they say that it can place nothing. */
  unplaced: z.string().nullable(),
});
type ServiceFacts = z.output<typeof serviceFacts>;

export const check: Check<AwsReader, ServicesParams> = {
  id: 'aws/ecs-services',
  title: 'Services of ECS that run short or do not roll out',
  keywords: ['ecs', 'service', 'task', 'fargate', 'container', 'deployment', 'rollout'],
  description: `Looks at every service of every ECS cluster.

Reports:
- **tasks** fewer tasks run than are wanted, at two looks in a row and not within a deployment that still has time (high); none at all (critical, at the first look unless some are starting).
- **rollout** a deployment that failed (high), or that has not ended within \`rollout\` (medium).

What the scheduler last said of tasks that it can not place stands in the evidence. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  params: servicesParams,
  timeoutMs: 120_000,
  read: (reader, params, context) => lookAtAws(reader, params, context, 'regions', seeServices),
  judge: (seen, params, history) => {
    const facts = serviceFacts.safeParse(seen.facts);
    return facts.success
      ? [...judgeTasks(seen, facts.data, params, history), ...judgeRollout(seen, facts.data, params, history)]
      : [];
  },
  sample: ({ facts }) => {
    const parsed = serviceFacts.safeParse(facts);
    return parsed.success ? { short: Math.max(0, parsed.data.desired - parsed.data.running) } : null;
  },
  summary: tallyWords,
};

/** DescribeServices takes no more at once. */
const AT_ONCE = 10;

async function seeServices(scene: Scene): Promise<readonly Observation[]> {
  const clusters = await scene.list(listEcsClusters, {});
  return (await Promise.all(clusters.map((cluster) => seeCluster(scene, cluster)))).flat();
}

async function seeCluster(scene: Scene, cluster: string): Promise<readonly Observation[]> {
  const name = resourceIn(cluster).replace(/^cluster\//, '');
  const all = scene.arn('ecs', `service/${name}/*`);
  const arns = await scene.list(listEcsServices, { cluster }, all);
  const batches = Array.from({ length: Math.ceil(arns.length / AT_ONCE) }, (_, index) =>
    arns.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
  const answers = await Promise.all(
    batches.map((services) => scene.ask(describeEcsServices, { cluster, services: [...services] }, all)),
  );
  return answers.flatMap((answer): readonly Seen[] => {
    for (const { arn, reason } of answer?.failures ?? [])
      // What is gone since the list was made is no trouble.
      if (arn !== undefined && reason !== 'MISSING')
        scene.hide(arn, arn, {
          code: 'DESCRIBE_FAILED',
          message: `DescribeServices says ${printable(reason ?? 'nothing')}.`,
        });
    return (answer?.services ?? [])
      .filter(({ status }) => status === 'ACTIVE')
      .map((service) => see(scene, service, name));
  });
}

function see(scene: Scene, service: EcsService, cluster: string): Seen {
  const { serviceArn, serviceName = 'unnamed', deployments = [], events = [] } = service;
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  const last = events[0]?.message ?? '';
  return scene.see(serviceArn ?? scene.arn('ecs', `service/${cluster}/${serviceName}`), `${cluster}/${serviceName}`, {
    about: 'service',
    service: printable(serviceName),
    cluster: printable(cluster),
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    rollout: {
      state: primary?.rolloutState ?? null,
      reason: primary?.rolloutStateReason === undefined ? null : printable(primary.rolloutStateReason).slice(0, 500),
      since: primary?.createdAt?.getTime() ?? null,
    },
    unplaced: /unable to (?:place|start)|was unable|failed to/i.test(last) ? printable(last).slice(0, 500) : null,
  });
}

const sampleValues = z.object({ short: z.number() });

function judgeTasks(
  { resource }: Seen,
  facts: ServiceFacts,
  { rollout }: ServicesParams,
  { samples, open, now }: History,
): readonly FindingDraft[] {
  const { service, cluster, desired, running, pending } = facts;
  if (running >= desired) return [];
  const { state, since } = facts.rollout;
  const isRolling = state === 'IN_PROGRESS' && since !== null && now - since < rollout;
  const before = sampleValues.safeParse(samples[0]?.values);
  const hasLasted = open.has('tasks') || (before.success && before.data.short > 0 && !isRolling);
  const isNone = running === 0 && !(isRolling && pending > 0);
  if (!hasLasted && !(isNone && pending === 0)) return [];
  return [
    {
      discriminator: 'tasks',
      severity: running === 0 ? 'critical' : 'high',
      title: `The service ${service} of the cluster ${cluster} runs ${running} of ${desired} tasks`,
      why:
        running === 0
          ? 'Nothing does its work.'
          : 'The others carry more, and the next failure has less to fall back on.',
      next: `See what it tried: ${lineOf(resource, facts)}`,
      evidence: evidenceOf(facts),
    },
  ];
}

function judgeRollout(
  { resource }: Seen,
  facts: ServiceFacts,
  { rollout: most }: ServicesParams,
  { now }: History,
): readonly FindingDraft[] {
  const { service, cluster } = facts;
  const { state, since } = facts.rollout;
  const isSlow = state === 'IN_PROGRESS' && since !== null && now - since >= most;
  if (state !== 'FAILED' && !isSlow) return [];
  return [
    {
      discriminator: 'rollout',
      severity: isSlow ? 'medium' : 'high',
      evidenceClass: isSlow ? 'slow' : 'failed',
      title: isSlow
        ? `A deployment of the service ${service} of the cluster ${cluster} has not ended for ${formatDuration(now - since)}`
        : `A deployment of the service ${service} of the cluster ${cluster} failed`,
      why: 'What was to run does not, or not everywhere.',
      next: `See what it tried: ${lineOf(resource, facts)}`,
      evidence: evidenceOf(facts),
    },
  ];
}

function evidenceOf({ desired, running, pending, rollout, unplaced }: ServiceFacts) {
  return evidenceFrom(
    'ecs:DescribeServices',
    ['desired', desired],
    ['running', running],
    ['pending', pending],
    ['rollout', rollout.state],
    ['because', rollout.reason],
    ['since', rollout.since === null ? null : new Date(rollout.since).toISOString()],
    ['last event', unplaced],
  );
}

function lineOf(resource: string, { cluster, service }: ServiceFacts): string {
  return awsLine(
    resource,
    'ecs',
    'describe-services',
    '--cluster',
    cluster,
    '--services',
    service,
    '--query',
    'services[].events[:5]',
  );
}
