import { describe, expect, test } from 'vitest';
import { check as addresses } from '../../../src/checks/aws/hygiene-addresses.ts';
import { check as gateways } from '../../../src/checks/aws/hygiene-gateways.ts';
import { check as instances } from '../../../src/checks/aws/hygiene-instances.ts';
import { check as logs } from '../../../src/checks/aws/hygiene-logs.ts';
import { check as snapshots } from '../../../src/checks/aws/hygiene-snapshots.ts';
import { check as volumes } from '../../../src/checks/aws/hygiene-volumes.ts';
import { check as tags } from '../../../src/checks/aws/tags.ts';
import type { Check } from '../../../src/domain/check.ts';
import type { AwsReader } from '../../../src/providers/aws/reader.ts';
import { anAwsWorld, REGION, type AwsWorld } from '../../support/aws/aws-world.ts';
import { emptyAccount } from '../../support/aws/empty-account.ts';
import { ACCOUNT, AwsError } from '../../support/aws/fake-aws.ts';
import { answerPrices, PRICES } from '../../support/aws/price-list.ts';
import { look, type Look } from '../../support/look.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const DAY = 86_400_000;
const ago = (days: number): Date => new Date(NOW - days * DAY);
const arn = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const denied = (): never => {
  throw new AwsError('AccessDenied', 'not authorized', 403);
};

async function anAccount(): Promise<AwsWorld> {
  const world = await anAwsWorld();
  await emptyAccount(world.aws);
  answerPrices(world.aws, PRICES);
  return world;
}

const ask = <Params>(check: Check<AwsReader, Params>, { reader }: AwsWorld, input: object = {}): Promise<Look> =>
  look(check, reader, input, { now: NOW });
const told = ({ drafts }: Look) => drafts.map(({ title, monthlyCost }) => [title, monthlyCost?.amount]);
const hidden = ({ observations }: Look) =>
  observations.flatMap((each) => (each.status === 'unknown' ? [[each.resource, each.failure.code]] : []));
const ids = ({ observations }: Look) =>
  observations.flatMap((each) => (each.status === 'seen' && each.resource.startsWith('arn:') ? [each.resource] : []));

const ALL = [addresses, gateways, instances, logs, snapshots, volumes, tags] as readonly Check<AwsReader>[];

describe.each(ALL.map((check) => [check.id, check] as const))('%s', (_, check) => {
  test('an account in which there is nothing is well', async () => {
    const world = await anAccount();
    const seen = await ask(check, world);
    expect(seen.drafts).toEqual([]);
    expect(hidden(seen)).toEqual([]);
    expect(world.aws.unanswered).toEqual([]);
  });

  test('is asked by night, and says when there is no account', async () => {
    expect(check.nightly).toBe(true);
    const world = await anAwsWorld();
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
    expect(hidden(await ask(check, world))).toEqual([['arn:*', 'NO_CREDENTIALS']]);
  });
});

const GP2 = { VolumeId: 'vol-2', VolumeType: 'gp2', Size: 100, State: 'in-use', Attachments: [{ InstanceId: 'i-1' }] };
const LOOSE = { VolumeId: 'vol-1', VolumeType: 'gp3', Size: 200, State: 'available', CreateTime: ago(40) };

test('volumes: those attached to nothing, and gp2, of every page, each with its dollars', async () => {
  const world = await anAccount();
  world.aws.on('ec2.DescribeVolumes', ({ NextToken }: { NextToken?: string }) =>
    NextToken === undefined
      ? { Volumes: [LOOSE, { ...LOOSE, VolumeId: 'vol-3', CreateTime: ago(1) }], NextToken: '2' }
      : { Volumes: [GP2, { ...GP2, VolumeId: 'vol-4', VolumeType: 'gp3' }] },
  );
  expect(told(await ask(volumes, world))).toEqual([
    ['The volume vol-1 (200 GiB, gp3) is attached to nothing ($19.04 a month)', 19.04],
    ['The volume vol-2 (100 GiB) is of the type gp2; as gp3 it would save $2.38 a month', 2.38],
  ]);
  // One question for each product, however many volumes.
  expect(world.aws.calls.filter(({ operation }) => operation === 'pricing.GetProducts')).toHaveLength(2);
});

test('volumes: without the price list there are findings without figures', async () => {
  const world = await anAccount();
  world.aws.on('ec2.DescribeVolumes', () => ({ Volumes: [LOOSE, GP2] }));
  world.aws.on('pricing.GetProducts', denied);
  const seen = await ask(volumes, world);
  expect(told(seen)).toEqual([
    ['The volume vol-1 (200 GiB, gp3) is attached to nothing', null],
    ['The volume vol-2 (100 GiB) is of the type gp2', null],
  ]);
  expect(seen.drafts[0]?.monthlyCost?.basis).toContain('pricing:GetProducts');
  expect(hidden(seen)).toEqual([]);
});

test.each<[string, Check<AwsReader, never>, string, string]>([
  ['volumes', volumes as never, 'ec2.DescribeVolumes', arn('ec2', 'volume/*')],
  ['addresses', addresses as never, 'ec2.DescribeAddresses', arn('ec2', 'elastic-ip/*')],
  ['snapshots', snapshots as never, 'ec2.DescribeSnapshots', arn('ec2', 'snapshot/*')],
  ['snapshots, without the volumes', snapshots as never, 'ec2.DescribeVolumes', arn('ec2', 'snapshot/*')],
  ['snapshots, without the images', snapshots as never, 'ec2.DescribeImages', arn('ec2', 'snapshot/*')],
  ['instances', instances as never, 'ec2.DescribeInstances', arn('ec2', 'instance/*')],
  ['logs', logs as never, 'logs.DescribeLogGroups', arn('logs', 'log-group:*')],
  ['gateways', gateways as never, 'ec2.DescribeNatGateways', arn('ec2', 'natgateway/*')],
  [
    'balancers',
    gateways as never,
    'loadBalancing.DescribeLoadBalancers',
    arn('elasticloadbalancing', 'loadbalancer/*'),
  ],
])('%s that may not be listed are hidden', async (_, check, operation, resource) => {
  const world = await anAccount();
  world.aws.on(operation as 'ec2.DescribeVolumes', denied);
  expect(hidden(await ask(check, world))).toEqual([[resource, 'ACCESS_DENIED']]);
});

test('addresses: only those of Amazon that belong to nothing', async () => {
  const world = await anAccount();
  world.aws.on('ec2.DescribeAddresses', () => ({
    Addresses: [
      { AllocationId: 'eipalloc-1', PublicIp: '203.0.113.1', PublicIpv4Pool: 'amazon' },
      { AllocationId: 'eipalloc-2', PublicIp: '203.0.113.2', AssociationId: 'eipassoc-1' },
      { AllocationId: 'eipalloc-3', PublicIp: '203.0.113.3', PublicIpv4Pool: 'ipv4pool-ec2-1' },
    ],
  }));
  expect(told(await ask(addresses, world))).toEqual([
    ['The address 203.0.113.1 belongs to nothing ($3.65 a month)', 3.65],
  ]);
});

test('snapshots: what a volume, an image, a plan or a copy accounts for is no orphan', async () => {
  const world = await anAccount();
  const snapshot = (SnapshotId: string, more: object = {}) => ({
    SnapshotId,
    VolumeId: 'vol-gone',
    VolumeSize: 100,
    StartTime: ago(200),
    State: 'completed',
    ...more,
  });
  world.aws.on('ec2.DescribeSnapshots', ({ OwnerIds }: { OwnerIds: string[] }) => {
    expect(OwnerIds).toEqual(['self']);
    return {
      Snapshots: [
        snapshot('snap-1'),
        snapshot('snap-full', { FullSnapshotSizeInBytes: 10 * 2 ** 30 }),
        snapshot('snap-archived', { StorageTier: 'archive' }),
        snapshot('snap-young', { StartTime: ago(10) }),
        snapshot('snap-there', { VolumeId: 'vol-1' }),
        snapshot('snap-image'),
        snapshot('snap-backup', { Tags: [{ Key: 'aws:backup:source-resource', Value: 'x' }] }),
        snapshot('snap-copy', { VolumeId: 'vol-ffffffff' }),
      ],
    };
  });
  world.aws.on('ec2.DescribeVolumes', () => ({ Volumes: [{ VolumeId: 'vol-1' }] }));
  world.aws.on('ec2.DescribeImages', () => ({
    Images: [{ ImageId: 'ami-1', BlockDeviceMappings: [{ Ebs: { SnapshotId: 'snap-image' } }, { NoDevice: '' }] }],
  }));
  const seen = await ask(snapshots, world);
  expect(told(seen)).toEqual([
    ['The snapshot snap-1 (100 GiB) is 200 d old and its volume is gone (at most $5.40 a month)', 5.4],
    ['The snapshot snap-full (10 GiB) is 200 d old and its volume is gone (at most $0.54 a month)', 0.54],
    ['The snapshot snap-archived (100 GiB) is 200 d old and its volume is gone', null],
  ]);
  expect(seen.drafts[0]?.monthlyCost?.basis).toContain('an upper bound');
});

test('instances: long stopped ones with their volumes, and previous generations', async () => {
  const world = await anAccount();
  world.aws.on('ec2.DescribeInstances', () => ({
    Reservations: [
      {
        Instances: [
          {
            InstanceId: 'i-1',
            InstanceType: 't3.micro',
            State: { Name: 'stopped' },
            StateTransitionReason: 'User initiated (2026-09-21 12:00:00 GMT)',
          },
          {
            InstanceId: 'i-2',
            InstanceType: 't3.micro',
            State: { Name: 'stopped' },
            StateTransitionReason: 'User initiated (2026-11-19 12:00:00 GMT)',
          },
          { InstanceId: 'i-3', InstanceType: 'm4.large', State: { Name: 'running' } },
          { InstanceId: 'i-4', InstanceType: 'm4.large', State: { Name: 'terminated' } },
          { InstanceId: 'i-5', InstanceType: 'm7i.large', State: { Name: 'running' } },
        ],
      },
    ],
  }));
  world.aws.on('ec2.DescribeVolumes', () => ({
    Volumes: [GP2, { ...GP2, VolumeId: 'vol-5', VolumeType: 'gp3' }, { ...GP2, Attachments: [{ InstanceId: 'i-9' }] }],
  }));
  expect(told(await ask(instances, world))).toEqual([
    ['The instance i-1 is stopped for 60 d and keeps 200 GiB ($21.42 a month)', 21.42],
    ['The instance i-3 is of a previous generation (m4.large)', null],
  ]);
  world.aws.on('ec2.DescribeVolumes', denied);
  const blind = await ask(instances, world);
  expect(told(blind)[0]?.[1]).toBeNull();
});

test('logs: only what is kept for ever, and is worth a word', async () => {
  const world = await anAccount();
  const GiB = 2 ** 30;
  world.aws.on('logs.DescribeLogGroups', ({ nextToken }: { nextToken?: string }) =>
    nextToken === undefined
      ? { logGroups: [{ logGroupName: '/a', storedBytes: 500 * GiB }], nextToken: '2' }
      : {
          logGroups: [
            { logGroupName: '/b', storedBytes: 500 * GiB, retentionInDays: 30 },
            { logGroupName: '/c', storedBytes: 0.5 * GiB },
          ],
        },
  );
  expect(told(await ask(logs, world))).toEqual([
    ['The log group /a keeps everything for ever, 500 GiB so far ($16.20 a month)', 16.2],
  ]);
  expect(told(await ask(logs, world, { largerThan: '1 B' }))).toHaveLength(2);
});

interface Query {
  readonly Id: string;
  readonly MetricStat: { readonly Metric: { readonly MetricName: string; readonly Dimensions: { Value: string }[] } };
}

async function withGateways(): Promise<AwsWorld> {
  const world = await anAccount();
  const nat = (NatGatewayId: string, days: number) => ({ NatGatewayId, State: 'available', CreateTime: ago(days) });
  const balancer = (name: string, kind: string, Type: string) => ({
    LoadBalancerArn: arn('elasticloadbalancing', `loadbalancer/${kind}/${name}/1`),
    LoadBalancerName: name,
    Type,
    State: { Code: 'active' },
    CreatedTime: ago(100),
  });
  world.aws.on('ec2.DescribeNatGateways', () => ({
    NatGateways: [
      nat('nat-idle', 100),
      nat('nat-busy', 100),
      nat('nat-young', 3),
      { ...nat('nat-gone', 9), State: 'deleted' },
    ],
  }));
  world.aws.on('loadBalancing.DescribeLoadBalancers', () => ({
    LoadBalancers: [
      balancer('idle', 'app', 'application'),
      balancer('busy', 'net', 'network'),
      balancer('redirects', 'app', 'application'),
    ],
  }));
  world.aws.on('loadBalancing.DescribeTargetGroups', () => ({
    TargetGroups: [
      {
        TargetGroupArn: arn('elasticloadbalancing', 'targetgroup/t/1'),
        LoadBalancerArns: [arn('elasticloadbalancing', 'loadbalancer/net/busy/1')],
      },
    ],
  }));
  world.aws.on('cloudWatch.GetMetricData', ({ MetricDataQueries }: { MetricDataQueries: readonly Query[] }) => ({
    MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => {
      const name = Metric.Dimensions[0]?.Value ?? '';
      const Values = /busy|redirects/.test(name) ? [4096, 0] : name.startsWith('nat') ? [0, 0] : [];
      return { Id, StatusCode: 'Complete', Values, Timestamps: Values.map(() => ago(1)) };
    }),
  }));
  return world;
}

test('gateways: what carried nothing, and what has nothing behind it; the asking is charged', async () => {
  const world = await withGateways();
  const seen = await ask(gateways, world);
  expect(told(seen)).toEqual([
    ['The NAT gateway nat-idle carried nothing for 14 d ($37.96 a month)', 37.96],
    ['The application load balancer idle carried nothing for 14 d ($19.71 a month)', 19.71],
    ['The network load balancer busy has nothing behind it ($19.71 a month)', 19.71],
  ]);
  expect(hidden(seen)).toEqual([]);
  expect(seen.observations[0]).toMatchObject({ status: 'seen', facts: { about: 'account', price: 0.000_05 } });
});

test('gateways: a NAT gateway of which CloudWatch has no value is not idle', async () => {
  const world = await withGateways();
  world.aws.on('cloudWatch.GetMetricData', ({ MetricDataQueries }: { MetricDataQueries: readonly Query[] }) => ({
    MetricDataResults: MetricDataQueries.map(({ Id }) => ({ Id, StatusCode: 'Complete', Values: [], Timestamps: [] })),
  }));
  const seen = await ask(gateways, world);
  expect(told(seen).map(([title]) => title)).not.toContainEqual(expect.stringContaining('nat-'));
  expect(hidden(seen)).toEqual([
    [arn('ec2', 'natgateway/nat-idle'), 'NO_DATA'],
    [arn('ec2', 'natgateway/nat-busy'), 'NO_DATA'],
  ]);
});

test('gateways: without metrics, or with too many, nothing is called idle', async () => {
  const world = await withGateways();
  const without = await ask(gateways, world, { metrics: false });
  expect(told(without).map(([title]) => title)).toEqual([
    'The network load balancer busy has nothing behind it ($19.71 a month)',
  ]);
  expect(hidden(await ask(gateways, world, { most: 1 })).map(([, code]) => code)).toEqual(Array(5).fill('TOO_MANY'));
  expect(world.aws.calls.map(({ operation }) => operation)).not.toContain('cloudWatch.GetMetricData');
});

async function withResources(): Promise<AwsWorld> {
  const world = await anAccount();
  world.aws.on('ec2.DescribeVolumes', () => ({
    Volumes: [
      { ...LOOSE, Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 's' }] },
      { ...GP2, Tags: [{ Key: 'owner', Value: 'ana' }] },
    ],
  }));
  world.aws.on('ec2.DescribeSecurityGroups', () => ({
    SecurityGroups: [
      { GroupId: 'sg-1', GroupName: 'default' },
      { GroupId: 'sg-2', GroupName: 'web' },
    ],
  }));
  world.aws.on('lambda.ListFunctions', () => ({
    Functions: [
      { FunctionName: 'bare', FunctionArn: arn('lambda', 'function:bare') },
      { FunctionName: 'tagged', FunctionArn: arn('lambda', 'function:tagged') },
    ],
  }));
  world.aws.on('s3.ListBuckets', () => ({
    Buckets: [
      { Name: 'here', BucketRegion: REGION },
      { Name: 'there', BucketRegion: 'us-east-1' },
    ],
  }));
  world.aws.on('tagging.GetResources', ({ PaginationToken = '' }: { PaginationToken?: string }) =>
    PaginationToken === ''
      ? {
          ResourceTagMappingList: [
            { ResourceARN: arn('lambda', 'function:tagged'), Tags: [{ Key: 'owner', Value: 'ana' }] },
            { ResourceARN: arn('ec2', 'volume/vol-gone'), Tags: [] },
          ],
          PaginationToken: '2',
        }
      : {
          ResourceTagMappingList: [
            { ResourceARN: arn('sqs', 'jobs'), Tags: [] },
            { ResourceARN: arn('sns', 'alerts'), Tags: [{ Key: 'owner', Value: 'bo' }] },
          ],
          PaginationToken: '',
        },
  );
  return world;
}

test('tags: what never had one, what has none any more; those of AWS do not count', async () => {
  const seen = await ask(tags, await withResources());
  expect(ids(seen)).toEqual([
    arn('ec2', 'security-group/sg-2'),
    arn('ec2', 'volume/vol-1'),
    arn('lambda', 'function:bare'),
    'arn:aws:s3:::here',
    arn('sqs', 'jobs'),
  ]);
  expect(told(seen)).toEqual([
    ['sg-2 (ec2:security-group) bears no tags', null],
    ['vol-1 (ec2:volume) bears no tags ($19.04 a month)', 19.04],
    ['bare (lambda:function) bears no tags', null],
    ['here (s3:bucket) bears no tags', null],
    ['jobs (sqs:queue) bears no tags', null],
  ]);
});

test('tags: required keys, of the types that are meant', async () => {
  const seen = await ask(tags, await withResources(), { required: ['owner', 'env'], types: ['ec2:volume', 'sns:*'] });
  expect(told(seen).map(([title]) => title)).toEqual([
    'vol-1 (ec2:volume) bears no tags ($19.04 a month)',
    'vol-2 (ec2:volume) lacks the tag env ($11.90 a month)',
    'alerts (sns:topic) lacks the tag env',
  ]);
});

test('tags: without the Tagging API only those are told whose own list says their tags', async () => {
  const world = await withResources();
  world.aws.on('tagging.GetResources', denied);
  const seen = await ask(tags, world);
  expect(ids(seen)).toEqual([arn('ec2', 'security-group/sg-2'), arn('ec2', 'volume/vol-1')]);
  expect(hidden(seen)).toEqual([
    [arn('*', '*'), 'ACCESS_DENIED'],
    ['arn:aws:s3:::*', 'ACCESS_DENIED'],
  ]);
});
