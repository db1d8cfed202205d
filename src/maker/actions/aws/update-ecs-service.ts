import * as z from 'zod';
import { seen, unknown } from '../../../domain/failure.ts';
import { unknownCost } from '../../../domain/money.ts';
import { arnOf } from '../../../providers/aws/reader.ts';
import { describeEcsServices } from '../../../providers/aws/reads/compute.ts';
import { updateService } from '../../../providers/aws/writer.ts';
import { regionParams } from './account.ts';
import { draftOf, oneChange, wordOf } from './one-change.ts';

const params = z
  .strictObject({
    ...regionParams,
    cluster: z.string().min(1).max(255).describe('The name of the cluster.'),
    service: z.string().min(1).max(255).describe('The name of the service.'),
    count: z.coerce.number().int().min(0).max(10_000).optional().describe('How many tasks there are to be.'),
    deploy: z
      .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
      .default(false)
      .describe('Start a new deployment of the same task definition, which replaces every task.'),
  })
  .refine(({ count, deploy }) => count !== undefined || deploy, 'count, deploy or both');

export const action = oneChange({
  id: 'aws/update-ecs-service',
  title: 'Scale a service of ECS, or deploy it anew',
  description: `Sets the desired count of a service, starts a new deployment of the task definition that it has, or both. Nothing else of it is changed. A scaling policy may set the count back.

Sealed are the service with the instant it was made, its count, its task definition and its deployment. Verified: the count is set, and with \`deploy\` there is another deployment than before; whether its tasks run is told by aws/ecs-services. The undo sets the count; a deployment of the same task definition has none. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params,
  subject: (account, { region, cluster, service }) => ({
    resource: arnOf(account, 'ecs', region, `service/${cluster}/${service}`),
    name: `${cluster}/${service}`,
  }),
  look: async ({ place, signal }, { cluster, service }) => {
    const looked = await place.ask(describeEcsServices, { cluster, services: [service] }, signal);
    if (looked.status === 'unknown') return looked.failure.code.startsWith('CLUSTER_NOT_FOUND') ? seen(null) : looked;
    const found = looked.value?.services?.find(({ status }) => status === 'ACTIVE');
    if (found === undefined) return seen(null);
    const primary = found.deployments?.find(({ status }) => status === 'PRIMARY');
    return seen({
      identity: { arn: found.serviceArn ?? null, created: found.createdAt?.toISOString() ?? null },
      rests: { count: found.desiredCount ?? 0, task: found.taskDefinition ?? null, deployment: primary?.id ?? null },
      shown: {
        Count: found.desiredCount ?? 0,
        Running: found.runningCount ?? 0,
        'Task definition': found.taskDefinition ?? 'unknown',
        Rollout: primary?.rolloutState ?? 'unknown',
      },
    });
  },
  refusal: ({ count, deploy }, { rests }) =>
    !deploy && count === rests['count'] ? unknown('ALREADY_SO', `It already has a count of ${count ?? 0}.`) : null,
  after: ({ count }, { rests }) => ({ count: count ?? rests['count'] ?? 0 }),
  holds: ({ deploy }, { rests }, now) => !deploy || now.rests['deployment'] !== rests['deployment'],
  summary: ({ service, count, deploy }, { rests }) =>
    [
      ...(count === undefined ? [] : [`Scale ${service} from ${wordOf(rests['count'])} to ${count} tasks`]),
      ...(deploy ? [`${count === undefined ? 'Deploy' : 'deploy'} ${service} anew`] : []),
    ].join(' and '),
  write: updateService,
  input: ({ cluster, service, count, deploy }) => ({
    cluster,
    service,
    ...(count === undefined ? {} : { desiredCount: count }),
    ...(deploy ? { forceNewDeployment: true } : {}),
  }),
  cost: ({ count }) =>
    count === undefined
      ? unknownCost('both deployments run for a while')
      : unknownCost('the price of its tasks is not read'),
  risk: ({ count, deploy }, { rests }) => {
    const now = Number(rests['count']);
    if (count === 0 && now > 0) return { level: 'high', reasons: ['no task would be left'] };
    const reasons = [
      ...(count !== undefined && count < now ? [`${now - count} tasks are stopped`] : []),
      ...(deploy ? ['every task is replaced'] : []),
    ];
    return reasons.length > 0 ? { level: 'medium', reasons } : { level: 'low', reasons: ['tasks are added'] };
  },
  undo: ({ deploy: _, ...given }, { rests }) =>
    given.count === undefined
      ? { possible: false, words: 'a deployment of the same task definition has nothing to take back' }
      : {
          possible: true,
          words: `scale to ${wordOf(rests['count'])} (recorded)`,
          draft: draftOf('aws/update-ecs-service', { ...given, count: rests['count'] }),
        },
});
