import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { awsEnv, REGION } from '../support/aws/aws-world.ts';
import { emptyAccount } from '../support/aws/empty-account.ts';
import { ACCOUNT, AwsError, startAws, type FakeAws } from '../support/aws/fake-aws.ts';
import { aHome, type Home } from '../support/cli.ts';

interface Night {
  readonly aws: FakeAws;
  readonly home: Home;
  /** `new high aws:…/open-ingress/… added` and the like; what goes on is left out. */
  run(runbook: string): Promise<readonly string[]>;
  hidden(runbook: string): Promise<readonly string[]>;
}

async function anAccount(): Promise<Night> {
  const aws = await startAws();
  onTestFinished(() => aws.close());
  await emptyAccount(aws);
  const home = aHome();
  const at = aHome(awsEnv(aws.url, home.folder));
  mkdirSync(join(home.folder, '.aws'));
  const report = async (runbook: string): Promise<Report> => {
    const file = join(home.folder, 'nightly.yaml');
    writeFileSync(file, runbook);
    return (await at.json('run', file)) as unknown as Report;
  };
  return {
    aws,
    home: at,
    run: async (runbook) =>
      (await report(runbook)).findings
        .filter(({ standing }) => standing !== 'ongoing')
        .map(({ standing, severity, resource, title }) => `${standing} ${severity} ${resource}: ${title}`)
        .toSorted(),
    hidden: async (runbook) =>
      (await report(runbook)).checks
        .flatMap(({ hidden = [] }) => hidden.map(({ resource, failure }) => `${failure.code} ${resource}`))
        .toSorted(),
  };
}

interface Report {
  readonly findings: readonly {
    readonly standing: string;
    readonly severity: string;
    readonly resource: string;
    readonly title: string;
  }[];
  readonly checks: readonly {
    readonly hidden?: readonly { readonly resource: string; readonly failure: { readonly code: string } }[];
  }[];
}

const DRIFT = `name: nightly\nchecks: []\nbaseline:\n  name: cloud\n  of: [aws/*]\n`;

const group = (cidr: string) => ({
  SecurityGroups: [
    {
      GroupId: 'sg-1',
      GroupName: 'web',
      VpcId: 'vpc-1',
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: cidr }] }],
    },
  ],
});
const statement = (principal: unknown) =>
  JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::media/*' }],
  });

test(
  'one night after the other: exactly what was opened, widened and given away is told; and resolved when it is put right',
  { timeout: 60_000 },
  async () => {
    const { aws, run } = await anAccount();
    let opened = false;
    aws.on('ec2.DescribeSecurityGroups', () => group(opened ? '0.0.0.0/0' : '10.0.0.0/8'));
    aws.on('ec2.DescribeSnapshots', ({ RestorableByUserIds }: { RestorableByUserIds?: readonly string[] }) =>
      opened && RestorableByUserIds?.includes('all') === true
        ? { Snapshots: [{ SnapshotId: 'snap-1', VolumeId: 'vol-1' }] }
        : {},
    );
    aws.on('s3.ListBuckets', () => ({ Buckets: [{ Name: 'media', BucketRegion: REGION }] }));
    aws.on('s3.GetPublicAccessBlock', () => {
      throw new AwsError('NoSuchPublicAccessBlockConfiguration', 'none', 404);
    });
    aws.on('s3.GetBucketPolicy', () => ({ Policy: statement(opened ? '*' : { AWS: ACCOUNT }) }));
    aws.on('s3.GetBucketPolicyStatus', () => ({ PolicyStatus: { IsPublic: opened } }));
    aws.on('loadBalancing.DescribeLoadBalancers', () =>
      opened
        ? {
            LoadBalancers: [
              {
                LoadBalancerName: 'public',
                LoadBalancerArn: `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:loadbalancer/app/public/1`,
                Scheme: 'internet-facing',
              },
            ],
          }
        : {},
    );
    aws.on('loadBalancing.DescribeListeners', () => ({ Listeners: [{ Port: 443, Protocol: 'HTTPS' }] }));
    expect(await run(DRIFT)).toEqual([]);
    expect(await run(DRIFT)).toEqual([]);
    opened = true;
    const changed = [
      `critical aws:${ACCOUNT}/shared-snapshot/${REGION}/snap-1: A shared snapshot was added: ${REGION}/snap-1`,
      `high aws:${ACCOUNT}/bucket-access/media: The access to a bucket was changed: media`,
      `high aws:${ACCOUNT}/open-ingress/${REGION}/sg-1: A security group that is open to the internet was added: ${REGION}/sg-1`,
      `high aws:${ACCOUNT}/public-load-balancer/${REGION}/public: A public load balancer was added: ${REGION}/public`,
      `medium aws:${ACCOUNT}/ingress/${REGION}/sg-1: The ingress of a security group was changed: ${REGION}/sg-1`,
    ];
    expect(await run(DRIFT)).toEqual(changed.map((line) => `new ${line}`));
    expect(await run(DRIFT)).toEqual([]);
    opened = false;
    expect(await run(DRIFT)).toEqual(changed.map((line) => `resolved ${line}`));
    expect(aws.unanswered).toEqual([]);
  },
);

test(
  'what may not be read is incomparable: it is neither resolved nor told as removed',
  { timeout: 60_000 },
  async () => {
    const { aws, run, hidden } = await anAccount();
    aws.on('ec2.DescribeSecurityGroups', () => group('0.0.0.0/0'));
    expect(await run(DRIFT)).toEqual([]);
    aws.on('ec2.DescribeSecurityGroups', () => {
      throw new AwsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
    });
    expect(await run(DRIFT)).toEqual([]);
    expect(await hidden(DRIFT)).toEqual([
      `ACCESS_DENIED aws:${ACCOUNT}/ingress/${REGION}/*`,
      `ACCESS_DENIED aws:${ACCOUNT}/open-ingress/${REGION}/*`,
    ]);
  },
);

test(
  'a beat: an alarm is new, goes on, and is resolved after two clean looks; a service that may not be read is unknown by its right',
  { timeout: 60_000 },
  async () => {
    const { aws, run, hidden } = await anAccount();
    const beat = 'name: beat\nchecks: [aws/alarms, aws/queues]\n';
    let raised = true;
    aws.on('cloudWatch.DescribeAlarms', () =>
      raised
        ? {
            MetricAlarms: [
              {
                AlarmName: 'a',
                AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:a`,
                StateTransitionedTimestamp: new Date('2026-01-01T00:00:00Z'),
              },
            ],
          }
        : {},
    );
    aws.on('sqs.ListQueues', () => {
      throw new AwsError('AccessDenied', 'no', 403);
    });
    expect(await run(beat)).toMatchObject([
      expect.stringMatching(/^new high arn:aws:cloudwatch:.*: The alarm a is raised/),
    ]);
    expect(await run(beat)).toEqual([]);
    raised = false;
    expect(await hidden(beat)).toEqual([`ACCESS_DENIED arn:aws:sqs:${REGION}:${ACCOUNT}:*`]);
    expect(await run(beat)).toMatchObject([expect.stringMatching(/^resolved high /)]);
  },
);

test('who can not log in any more resolves nothing', { timeout: 60_000 }, async () => {
  const { aws, run } = await anAccount();
  const beat = 'name: beat\nchecks: [aws/alarms]\n';
  aws.on('cloudWatch.DescribeAlarms', () => ({
    MetricAlarms: [
      {
        AlarmName: 'a',
        AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:a`,
        StateTransitionedTimestamp: new Date('2026-01-01T00:00:00Z'),
      },
    ],
  }));
  expect(await run(beat)).toHaveLength(1);
  aws.on('sts.GetCallerIdentity', () => {
    throw new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
  });
  for (let times = 0; times < 3; times += 1) expect(await run(beat)).toEqual([]);
});
