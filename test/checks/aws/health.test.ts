import { describe, expect, test } from 'vitest';
import { check as alarms } from '../../../src/checks/aws/alarms.ts';
import { check as autoScaling } from '../../../src/checks/aws/auto-scaling.ts';
import { check as certificates } from '../../../src/checks/aws/certificates.ts';
import { check as databases } from '../../../src/checks/aws/databases.ts';
import { check as ecsServices } from '../../../src/checks/aws/ecs-services.ts';
import { check as eks } from '../../../src/checks/aws/eks.ts';
import { check as functions } from '../../../src/checks/aws/functions.ts';
import { check as healthChecks } from '../../../src/checks/aws/health-checks.ts';
import { check as instances } from '../../../src/checks/aws/instances.ts';
import { check as loadBalancers } from '../../../src/checks/aws/load-balancers.ts';
import { check as queues } from '../../../src/checks/aws/queues.ts';
import { check as quotas } from '../../../src/checks/aws/quotas.ts';
import type { Check } from '../../../src/domain/check.ts';
import type { AwsReader } from '../../../src/providers/aws/reader.ts';
import { anAwsWorld, REGION, type AwsWorld } from '../../support/aws/aws-world.ts';
import { emptyAccount } from '../../support/aws/empty-account.ts';
import { ACCOUNT, AwsError } from '../../support/aws/fake-aws.ts';
import { look, type Look } from '../../support/look.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
const ago = (ms: number): Date => new Date(NOW - ms);
const arn = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

async function anAccount(): Promise<AwsWorld> {
  const world = await anAwsWorld();
  await emptyAccount(world.aws);
  return world;
}

const ask = <Params>(check: Check<AwsReader, Params>, { reader }: AwsWorld, input: object = {}): Promise<Look> =>
  look(check, reader, input, { now: NOW });

const titles = ({ drafts }: Look): readonly string[] => drafts.map(({ severity, title }) => `${severity}: ${title}`);
const hidden = ({ observations }: Look) =>
  observations.flatMap((each) => (each.status === 'unknown' ? [[each.resource, each.failure.code]] : []));

const ALL = [
  alarms,
  autoScaling,
  certificates,
  databases,
  ecsServices,
  eks,
  functions,
  healthChecks,
  instances,
  loadBalancers,
  queues,
  quotas,
] as readonly Check<AwsReader>[];

describe.each(ALL.map((check) => [check.id, check] as const))('%s', (_, check) => {
  test('an account in which there is nothing is well', async () => {
    const world = await anAccount();
    const seen = await ask(check, world);
    expect(seen.drafts).toEqual([]);
    expect(hidden(seen)).toEqual([]);
    expect(world.aws.unanswered).toEqual([]);
  });

  test('where nothing says how to reach AWS, that is unknown, or nothing to look at', async () => {
    const world = await anAwsWorld();
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
    expect(hidden(await ask(check, world))).toEqual([['arn:*', 'NO_CREDENTIALS']]);
    const missing = await ask(check, world, { mayBeMissing: true });
    expect(missing.observations).toMatchObject([{ status: 'seen', name: 'no AWS account' }]);
    expect(missing.drafts).toEqual([]);
  });
});

test('alarms: metric and composite ones of every page, in each region that is turned on', async () => {
  const world = await anAccount();
  world.aws.on('ec2.DescribeRegions', () => ({ Regions: [{ RegionName: REGION }, { RegionName: 'us-east-1' }] }));
  world.aws.on(
    'cloudWatch.DescribeAlarms',
    ({ NextToken, StateValue }: { NextToken?: string; StateValue?: string }, { region }) => {
      expect(StateValue).toBe('ALARM');
      if (region === 'us-east-1') return { MetricAlarms: [] };
      return NextToken === undefined
        ? {
            MetricAlarms: [
              {
                AlarmName: 'a',
                AlarmArn: arn('cloudwatch', 'alarm:a'),
                StateTransitionedTimestamp: ago(HOUR),
                MetricName: 'Errors',
                ComparisonOperator: 'GreaterThanThreshold',
                Threshold: 5,
                ActionsEnabled: true,
              },
            ],
            NextToken: '2',
          }
        : {
            CompositeAlarms: [
              {
                AlarmName: 'both',
                AlarmArn: arn('cloudwatch', 'alarm:both'),
                StateTransitionedTimestamp: ago(HOUR),
                AlarmRule: 'ALARM(a)',
                ActionsEnabled: true,
              },
              { AlarmName: 'ignored-1', AlarmArn: arn('cloudwatch', 'alarm:ignored-1'), ActionsEnabled: true },
            ],
          };
    },
  );
  const seen = await ask(alarms, world, { regions: ['*'], ignore: ['ignored-*'] });
  expect(titles(seen)).toEqual([
    'high: The alarm a is raised for 1 h (Errors GreaterThanThreshold 5)',
    'high: The alarm both is raised for 1 h (ALARM(a))',
  ]);
});

test('instances: what is impaired and what is planned; events that are over are none', async () => {
  const world = await anAccount();
  world.aws.on('ec2.DescribeInstanceStatus', () => ({
    InstanceStatuses: [
      {
        InstanceId: 'i-1',
        SystemStatus: {
          Status: 'impaired',
          Details: [{ Name: 'reachability', Status: 'failed', ImpairedSince: ago(HOUR) }],
        },
        InstanceStatus: { Status: 'ok' },
      },
      {
        InstanceId: 'i-2',
        SystemStatus: { Status: 'ok' },
        InstanceStatus: { Status: 'ok' },
        Events: [
          { Code: 'system-reboot', Description: '[Completed] scheduled reboot', NotBefore: ago(HOUR) },
          { Code: 'instance-stop', Description: 'degraded hardware', NotBefore: new Date(NOW + HOUR) },
        ],
      },
    ],
  }));
  expect(titles(await ask(instances, world))).toEqual([
    'critical: The instance i-1 fails a status check for 1 h: the machine below it is impaired',
    'high: AWS has planned instance-stop for the instance i-2 in 1 h',
  ]);
});

test('auto-scaling: only healthy instances in service count', async () => {
  const world = await anAccount();
  const instance = (InstanceId: string, LifecycleState: string, HealthStatus: string) => ({
    InstanceId,
    LifecycleState,
    HealthStatus,
    AvailabilityZone: `${REGION}a`,
    ProtectedFromScaleIn: false,
  });
  world.aws.on('autoScaling.DescribeAutoScalingGroups', () => ({
    AutoScalingGroups: [
      {
        AutoScalingGroupName: 'web',
        AutoScalingGroupARN: arn('autoscaling', 'autoScalingGroup:1:autoScalingGroupName/web'),
        MinSize: 1,
        MaxSize: 4,
        DesiredCapacity: 2,
        Instances: [instance('i-1', 'InService', 'Unhealthy'), instance('i-2', 'Terminating', 'Healthy')],
        SuspendedProcesses: [{ ProcessName: 'Launch' }],
      },
    ],
  }));
  const { drafts } = await ask(autoScaling, world);
  expect(drafts).toMatchObject([
    { severity: 'critical', title: 'The Auto Scaling group web has 0 of 2 instances in service' },
  ]);
});

test('load-balancers: a group that no balancer uses is not asked; one that may not be asked is hidden alone', async () => {
  const world = await anAccount();
  const group = (name: string, balancers: readonly string[]) => ({
    TargetGroupName: name,
    TargetGroupArn: arn('elasticloadbalancing', `targetgroup/${name}/1`),
    LoadBalancerArns: balancers,
  });
  world.aws.on('loadBalancing.DescribeTargetGroups', () => ({
    TargetGroups: [
      group('web', [arn('elasticloadbalancing', 'loadbalancer/app/public/1')]),
      group('spare', []),
      group('secret', [arn('elasticloadbalancing', 'loadbalancer/app/public/1')]),
    ],
  }));
  world.aws.on('loadBalancing.DescribeTargetHealth', ({ TargetGroupArn }: { TargetGroupArn: string }) => {
    if (TargetGroupArn.includes('secret')) throw new AwsError('AccessDenied', 'no', 403);
    if (TargetGroupArn.includes('spare')) throw new Error('nobody asks for this');
    return {
      TargetHealthDescriptions: [
        { TargetHealth: { State: 'unhealthy', Reason: 'Target.Timeout' } },
        { TargetHealth: { State: 'draining' } },
      ],
    };
  });
  world.aws.on('classicBalancing.DescribeLoadBalancers', () => ({
    LoadBalancerDescriptions: [
      { LoadBalancerName: 'old', Instances: [{ InstanceId: 'i-1' }] },
      { LoadBalancerName: 'empty', Instances: [] },
    ],
  }));
  world.aws.on('classicBalancing.DescribeInstanceHealth', () => ({
    InstanceStates: [{ InstanceId: 'i-1', State: 'OutOfService', ReasonCode: 'Instance' }],
  }));
  const seen = await ask(loadBalancers, world);
  expect(titles(seen)).toEqual([
    'critical: web has no healthy target of 2',
    'critical: old has no healthy target of 1',
    'low: empty has no targets',
  ]);
  expect(hidden(seen)).toEqual([[arn('elasticloadbalancing', 'targetgroup/secret/1'), 'ACCESS_DENIED']]);
  expect(world.aws.unanswered).toEqual([]);
});

test('databases: how much is free is asked in one question, and what that cost is said', async () => {
  const world = await anAccount();
  const database = (id: string, more: object) => ({
    DBInstanceIdentifier: id,
    DBInstanceArn: arn('rds', `db:${id}`),
    Engine: 'postgres',
    DBInstanceStatus: 'available',
    AllocatedStorage: 100,
    ...more,
  });
  world.aws.on('rds.DescribeDBInstances', ({ Marker }: { Marker?: string }) =>
    Marker === undefined
      ? { DBInstances: [database('orders', {})], Marker: 'two' }
      : {
          DBInstances: [
            database('aurora-1', { Engine: 'aurora-postgresql', DBClusterIdentifier: 'aurora' }),
            database('small', { AllocatedStorage: 20 }),
          ],
        },
  );
  world.aws.on(
    'cloudWatch.GetMetricData',
    ({
      MetricDataQueries,
    }: {
      MetricDataQueries: { Id: string; MetricStat: { Metric: { Dimensions: { Value: string }[] } } }[];
    }) => {
      expect(MetricDataQueries.map(({ MetricStat }) => MetricStat.Metric.Dimensions[0]?.Value)).toEqual([
        'orders',
        'small',
      ]);
      return {
        MetricDataResults: MetricDataQueries.map(({ Id }, index) => ({
          Id,
          StatusCode: 'Complete',
          Timestamps: [ago(0)],
          Values: [index === 0 ? 3 * 2 ** 30 : 15 * 2 ** 30],
        })),
      };
    },
  );
  const seen = await ask(databases, world);
  expect(titles(seen)).toEqual(['critical: The database orders has 3.0 GiB free of 100 GiB (3.0 %)']);
  const all = seen.observations.flatMap((each) => (each.status === 'seen' ? [each] : []));
  expect(databases.summary?.(all)).toBe('AWS charges about $0.00002 for what was asked.');
  const without = await anAccount();
  without.aws.on('rds.DescribeDBInstances', () => ({ DBInstances: [database('orders', {})] }));
  await ask(databases, without, { metrics: false });
  expect(without.aws.calls.some(({ operation }) => operation.includes('GetMetricData'))).toBe(false);
});

test('databases: metrics that may not be read hide the databases, and not their status', async () => {
  const world = await anAccount();
  world.aws.on('rds.DescribeDBInstances', () => ({
    DBInstances: [
      {
        DBInstanceIdentifier: 'orders',
        DBInstanceArn: arn('rds', 'db:orders'),
        Engine: 'mysql',
        DBInstanceStatus: 'failed',
        AllocatedStorage: 100,
      },
    ],
  }));
  world.aws.on('cloudWatch.GetMetricData', () => {
    throw new AwsError('AccessDenied', 'no', 403);
  });
  const seen = await ask(databases, world);
  expect(titles(seen)).toEqual(['critical: The database instance orders is failed']);
  expect(hidden(seen)).toEqual([[arn('rds', 'db:orders'), 'ACCESS_DENIED']]);
});

test('certificates: of every key type, and those of IAM', async () => {
  const world = await anAccount();
  world.aws.on('acm.ListCertificates', ({ Includes }: { Includes?: { keyTypes?: string[] } }) => {
    expect(Includes?.keyTypes).toContain('EC_prime256v1');
    return {
      CertificateSummaryList: [
        {
          CertificateArn: arn('acm', 'certificate/1'),
          DomainName: 'shop.example.com',
          Status: 'ISSUED',
          InUse: true,
          Type: 'IMPORTED',
          NotAfter: new Date(NOW + 12 * HOUR),
        },
      ],
    };
  });
  world.aws.on('iam.ListServerCertificates', () => ({
    ServerCertificateMetadataList: [
      {
        Path: '/',
        ServerCertificateName: 'old',
        ServerCertificateId: 'ASCA1',
        Arn: `arn:aws:iam::${ACCOUNT}:server-certificate/old`,
        Expiration: ago(24 * HOUR),
      },
    ],
    IsTruncated: false,
  }));
  expect(titles(await ask(certificates, world))).toEqual([
    'critical: The certificate for shop.example.com expires in 12 h',
    'critical: The certificate for old expired 1 d ago',
  ]);
});

test('ecs-services: ten at once, and what DescribeServices failed on is hidden', async () => {
  const world = await anAccount();
  const names = Array.from({ length: 12 }, (_, index) => arn('ecs', `service/prod/s${index}`));
  world.aws.on('ecs.ListClusters', () => ({ clusterArns: [arn('ecs', 'cluster/prod')] }));
  world.aws.on('ecs.ListServices', () => ({ serviceArns: names }));
  world.aws.on('ecs.DescribeServices', ({ services }: { services: readonly string[] }) => {
    expect(services.length).toBeLessThanOrEqual(10);
    return {
      services: services
        .filter((each) => !each.endsWith('s11'))
        .map((serviceArn) => ({
          serviceArn,
          serviceName: serviceArn.split('/').at(-1),
          status: 'ACTIVE',
          desiredCount: 2,
          runningCount: serviceArn.endsWith('s3') ? 0 : 2,
          pendingCount: 0,
          deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', createdAt: ago(HOUR) }],
        })),
      failures: services.filter((each) => each.endsWith('s11')).map((each) => ({ arn: each, reason: 'ACCESS_DENIED' })),
    };
  });
  const seen = await ask(ecsServices, world);
  expect(titles(seen)).toEqual(['critical: The service s3 of the cluster prod runs 0 of 2 tasks']);
  expect(hidden(seen)).toEqual([[arn('ecs', 'service/prod/s11'), 'DESCRIBE_FAILED']]);
});

test('eks: issues of clusters and of their node groups', async () => {
  const world = await anAccount();
  world.aws.on('eks.ListClusters', () => ({ clusters: ['prod'] }));
  world.aws.on('eks.DescribeCluster', () => ({
    cluster: {
      name: 'prod',
      arn: arn('eks', 'cluster/prod'),
      status: 'ACTIVE',
      health: { issues: [{ code: 'Ec2SubnetNotFound', message: 'a subnet is gone', resourceIds: ['subnet-1'] }] },
    },
  }));
  world.aws.on('eks.ListNodegroups', () => ({ nodegroups: ['workers'] }));
  world.aws.on('eks.DescribeNodegroup', () => {
    throw new AwsError('AccessDeniedException', 'no', 403);
  });
  const seen = await ask(eks, world);
  expect(titles(seen)).toEqual(['high: The EKS cluster prod has the health issue Ec2SubnetNotFound']);
  expect(hidden(seen)).toEqual([[arn('eks', 'nodegroup/prod/workers/*'), 'ACCESS_DENIED']]);
});

test('functions: three metrics each, and none of more functions than may be asked', async () => {
  const world = await anAccount();
  world.aws.on('lambda.ListFunctions', () => ({
    Functions: [
      { FunctionName: 'resize', FunctionArn: arn('lambda', 'function:resize') },
      { FunctionName: 'idle', FunctionArn: arn('lambda', 'function:idle') },
    ],
  }));
  world.aws.on(
    'cloudWatch.GetMetricData',
    ({
      MetricDataQueries,
    }: {
      MetricDataQueries: {
        Id: string;
        MetricStat: { Metric: { MetricName: string; Dimensions: { Value: string }[] } };
      }[];
    }) => ({
      MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => ({
        Id,
        StatusCode: 'Complete',
        Values:
          Metric.Dimensions[0]?.Value === 'idle'
            ? []
            : [{ Invocations: 50, Errors: 20, Throttles: 0 }[Metric.MetricName] ?? 0],
      })),
    }),
  );
  const seen = await ask(functions, world);
  expect(titles(seen)).toEqual(['high: 20 of 50 calls of the function resize failed (40 %)']);
  const many = await ask(functions, world, { most: 1 });
  expect(hidden(many)).toEqual([[arn('lambda', 'function:*'), 'TOO_MANY']]);
});

test('queues: only those that another names as its dead-letter queue; one that is gone is no trouble', async () => {
  const world = await anAccount();
  const url = (name: string): string => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
  world.aws.on('sqs.ListQueues', () => ({ QueueUrls: ['orders', 'orders-dead', 'busy', 'gone'].map(url) }));
  world.aws.on('sqs.GetQueueAttributes', ({ QueueUrl }: { QueueUrl: string }) => {
    const name = QueueUrl.split('/').at(-1) ?? '';
    if (name === 'gone') throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    const redrive =
      name === 'orders'
        ? { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('sqs', 'orders-dead'), maxReceiveCount: 3 }) }
        : {};
    return { Attributes: { QueueArn: arn('sqs', name), ApproximateNumberOfMessages: '7', ...redrive } };
  });
  const seen = await ask(queues, world);
  expect(titles(seen)).toEqual(['medium: The dead-letter queue orders-dead holds 7 messages']);
  expect(hidden(seen)).toEqual([]);
});

test('health-checks: those without checkers, and disabled ones, are not asked', async () => {
  const world = await anAccount();
  const one = (Id: string, HealthCheckConfig: object) => ({
    Id,
    CallerReference: Id,
    HealthCheckVersion: 1,
    HealthCheckConfig,
  });
  world.aws.on('route53.ListHealthChecks', () => ({
    HealthChecks: [
      one('a', { Type: 'HTTPS', FullyQualifiedDomainName: 'shop.example.com', Port: 443 }),
      one('b', { Type: 'CALCULATED' }),
      one('c', { Type: 'HTTP', Disabled: true }),
    ],
    Marker: '',
    IsTruncated: false,
    MaxItems: 100,
  }));
  world.aws.on('route53.GetHealthCheckStatus', () => ({
    HealthCheckObservations: [
      'Failure: timeout',
      'Failure: timeout',
      'Failure: timeout',
      'Failure: timeout',
      'Failure: timeout',
      'Success: HTTP Status Code 200, OK',
    ].map((Status) => ({ StatusReport: { Status } })),
  }));
  expect(titles(await ask(healthChecks, world))).toEqual([
    'critical: 1 of 6 checkers of Route 53 reach shop.example.com 443',
  ]);
  expect(world.aws.calls.filter(({ operation }) => operation === 'route53.GetHealthCheckStatus')).toHaveLength(1);
});

test('quotas: by their own usage metric; those without one are not judged', async () => {
  const world = await anAccount();
  world.aws.on('quotas.ListServiceQuotas', ({ ServiceCode }: { ServiceCode: string }) => {
    if (ServiceCode === 'vpc') throw new AwsError('TooManyRequestsException', 'slow down', 429);
    if (ServiceCode !== 'ec2') return { Quotas: [] };
    const usage = {
      MetricNamespace: 'AWS/Usage',
      MetricName: 'ResourceCount',
      MetricDimensions: { Class: 'Standard/OnDemand', Resource: 'vCPU', Service: 'EC2', Type: 'Resource' },
      MetricStatisticRecommendation: 'Maximum',
    };
    return {
      Quotas: [
        {
          ServiceCode,
          QuotaCode: 'L-1',
          QuotaName: 'vCPUs',
          QuotaArn: arn('servicequotas', 'ec2/L-1'),
          Value: 100,
          Adjustable: true,
          UsageMetric: usage,
        },
        { ServiceCode, QuotaCode: 'L-2', QuotaName: 'other', Value: 5 },
      ],
    };
  });
  world.aws.on('cloudWatch.GetMetricData', ({ MetricDataQueries }: { MetricDataQueries: { Id: string }[] }) => ({
    MetricDataResults: MetricDataQueries.map(({ Id }) => ({ Id, StatusCode: 'Complete', Values: [97] })),
  }));
  process.env['AWS_MAX_ATTEMPTS'] = '1';
  const seen = await ask(quotas, world, { services: ['ec2', 'vpc'] });
  delete process.env['AWS_MAX_ATTEMPTS'];
  expect(titles(seen)).toEqual(['high: 97 of 100 are used of the quota "vCPUs" of ec2 (97 %)']);
  expect(hidden(seen)).toEqual([[arn('servicequotas', 'vpc/*'), 'THROTTLED']]);
});
