import { expect, test } from 'vitest';
import type { DescribeSecurityGroupsRequest, SecurityGroup } from '@aws-sdk/client-ec2';
import type { Account } from '../../../src/providers/aws/reader.ts';
import { describeSecurityGroups } from '../../../src/providers/aws/reads/ec2.ts';
import {
  describeEksCluster,
  describeAutoScalingGroups,
  listFunctions,
  listEcsClusters,
} from '../../../src/providers/aws/reads/compute.ts';
import {
  getBucketAcl,
  getBucketBlock,
  getBucketPolicy,
  getAccountBlock,
  listBuckets,
} from '../../../src/providers/aws/reads/storage.ts';
import {
  getRestApis,
  getHttpApis,
  listHealthChecks,
  describeClassicBalancers,
  describeLoadBalancers,
} from '../../../src/providers/aws/reads/network.ts';
import { getQueueAttributes, getTopicAttributes } from '../../../src/providers/aws/reads/messaging.ts';
import { getCredentialReport } from '../../../src/providers/aws/reads/identity.ts';
import { getCostAndUsage } from '../../../src/providers/aws/reads/money.ts';
import { AwsError } from '../../support/aws/fake-aws.ts';
import { anAwsWorld, REGION, type AwsWorld } from '../../support/aws/aws-world.ts';

const signal = new AbortController().signal;

async function theAccount({ reader }: AwsWorld, choice = {}): Promise<Account> {
  const [opened] = await reader.accounts(choice, { signal });
  if (opened?.status !== 'open') throw new Error(JSON.stringify(opened));
  return opened.account;
}

test('an account is known by who its credentials are, and a list is read page by page', async () => {
  const world = await anAwsWorld();
  const groups: SecurityGroup[] = Array.from({ length: 5 }, (_, index) => ({
    GroupId: `sg-${index}`,
    IpPermissions: [
      {
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        IpRanges: [{ CidrIp: '0.0.0.0/0' }],
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      },
    ],
  }));
  world.aws.on('ec2.DescribeSecurityGroups', ({ NextToken = '0' }: DescribeSecurityGroupsRequest) => {
    const from = Number(NextToken);
    return { SecurityGroups: groups.slice(from, from + 2), ...(from + 2 < 5 ? { NextToken: String(from + 2) } : {}) };
  });
  const account = await theAccount(world);
  expect(account).toMatchObject({ partition: 'aws', id: '123456789012', profile: null });
  expect(account.places.map(({ region }) => region)).toEqual([REGION]);
  const { items, failure } = (await account.places[0]?.list(describeSecurityGroups, {}, signal)) ?? {
    items: [],
    failure: null,
  };
  expect(failure).toBeNull();
  expect(items).toEqual(groups);
  expect(world.aws.calls.filter(({ operation }) => operation === 'ec2.DescribeSecurityGroups')).toHaveLength(3);
});

test('each protocol is spoken both ways', async () => {
  const world = await anAwsWorld();
  const { aws } = world;
  const created = new Date('2026-01-02T03:04:05.000Z');
  aws.on('eks.DescribeCluster', ({ name }: { name: string }) => ({
    cluster: { name, status: 'ACTIVE', createdAt: created, health: { issues: [] } },
  }));
  aws.on('autoScaling.DescribeAutoScalingGroups', () => ({
    AutoScalingGroups: [
      {
        AutoScalingGroupName: 'a&b',
        MinSize: 1,
        MaxSize: 2,
        DesiredCapacity: 2,
        Instances: [
          {
            InstanceId: 'i-1',
            LifecycleState: 'InService',
            HealthStatus: 'Healthy',
            AvailabilityZone: 'x',
            ProtectedFromScaleIn: false,
          },
        ],
      },
    ],
  }));
  aws.on('lambda.ListFunctions', () => ({ Functions: [{ FunctionName: 'f' }] }));
  aws.on('ecs.ListClusters', () => ({ clusterArns: ['arn:1'] }));
  aws.on('s3.ListBuckets', () => ({ Buckets: [{ Name: 'b', BucketRegion: REGION, CreationDate: created }] }));
  aws.on('s3.GetBucketPolicy', ({ Bucket }: { Bucket: string }) => ({ Policy: JSON.stringify({ Bucket }) }));
  aws.on('s3.GetPublicAccessBlock', () => {
    throw new AwsError('NoSuchPublicAccessBlockConfiguration', 'none', 404);
  });
  aws.on('s3Control.GetPublicAccessBlock', () => ({ PublicAccessBlockConfiguration: { BlockPublicAcls: true } }));
  aws.on('s3.GetBucketAcl', () => ({
    Owner: { ID: 'o' },
    Grants: [
      { Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'READ' },
    ],
  }));
  aws.on('apiGateway.GetRestApis', () => ({ items: [{ id: 'a', endpointConfiguration: { types: ['REGIONAL'] } }] }));
  aws.on('apiGatewayV2.GetApis', () => ({ Items: [{ ApiId: 'b', Name: 'x' }] }));
  aws.on('route53.ListHealthChecks', () => ({
    HealthChecks: [{ Id: 'h', CallerReference: 'c', HealthCheckConfig: { Type: 'HTTP' }, HealthCheckVersion: 1 }],
    IsTruncated: false,
    Marker: '',
    MaxItems: 100,
  }));
  aws.on('loadBalancing.DescribeLoadBalancers', () => ({ LoadBalancers: [{ LoadBalancerArn: 'arn:lb' }] }));
  aws.on('classicBalancing.DescribeLoadBalancers', () => ({ LoadBalancerDescriptions: [{ LoadBalancerName: 'old' }] }));
  aws.on('sqs.GetQueueAttributes', () => ({ Attributes: { ApproximateNumberOfMessages: '3' } }));
  aws.on('sns.GetTopicAttributes', () => ({ Attributes: { Policy: '{"a":"<&>"}' } }));
  aws.on('iam.GetCredentialReport', () => ({ Content: Buffer.from('user,arn'), ReportFormat: 'text/csv' }));
  aws.on('costExplorer.GetCostAndUsage', () => ({
    ResultsByTime: [
      {
        TimePeriod: { Start: '2026-11-01', End: '2026-11-02' },
        Total: { UnblendedCost: { Amount: '1.5', Unit: 'USD' } },
      },
    ],
  }));
  const account = await theAccount(world);
  const place = account.in(REGION);
  const said = async (looked: Promise<unknown>): Promise<unknown> => {
    const answer = (await looked) as { value?: { $metadata?: unknown } | null; items?: unknown };
    if (answer.items !== undefined) return answer.items;
    if (answer.value === null || answer.value === undefined) return answer;
    const { $metadata: _, ...value } = answer.value;
    return value;
  };
  expect(await said(place.ask(describeEksCluster, { name: 'prod' }, signal))).toEqual({
    cluster: { name: 'prod', status: 'ACTIVE', createdAt: created, health: { issues: [] } },
  });
  expect(await said(place.list(describeAutoScalingGroups, {}, signal))).toMatchObject([
    { AutoScalingGroupName: 'a&b', DesiredCapacity: 2, Instances: [{ InstanceId: 'i-1' }] },
  ]);
  expect(await said(place.list(listFunctions, {}, signal))).toEqual([{ FunctionName: 'f' }]);
  expect(await said(place.list(listEcsClusters, {}, signal))).toEqual(['arn:1']);
  expect(await said(place.list(listBuckets, {}, signal))).toEqual([
    { Name: 'b', BucketRegion: REGION, CreationDate: created },
  ]);
  expect(await said(place.ask(getBucketPolicy, { Bucket: 'my.bucket' }, signal))).toEqual({
    Policy: '{"Bucket":"my.bucket"}',
  });
  expect(await place.ask(getBucketBlock, { Bucket: 'b' }, signal)).toEqual({ status: 'seen', value: null });
  expect(await said(place.ask(getAccountBlock, { AccountId: '123456789012' }, signal))).toEqual({
    PublicAccessBlockConfiguration: { BlockPublicAcls: true },
  });
  expect(await said(place.ask(getBucketAcl, { Bucket: 'b' }, signal))).toMatchObject({
    Grants: [
      { Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'READ' },
    ],
  });
  expect(await said(place.list(getRestApis, {}, signal))).toEqual([
    { id: 'a', endpointConfiguration: { types: ['REGIONAL'] } },
  ]);
  expect(await said(place.list(getHttpApis, {}, signal))).toEqual([{ ApiId: 'b', Name: 'x' }]);
  expect(await said(place.list(listHealthChecks, {}, signal))).toMatchObject([{ Id: 'h' }]);
  expect(await said(place.list(describeLoadBalancers, {}, signal))).toEqual([{ LoadBalancerArn: 'arn:lb' }]);
  expect(await said(place.list(describeClassicBalancers, {}, signal))).toEqual([{ LoadBalancerName: 'old' }]);
  expect(
    await said(place.ask(getQueueAttributes, { QueueUrl: 'https://sqs/q', AttributeNames: ['All'] }, signal)),
  ).toEqual({ Attributes: { ApproximateNumberOfMessages: '3' } });
  expect(await said(place.ask(getTopicAttributes, { TopicArn: 'arn:t' }, signal))).toEqual({
    Attributes: { Policy: '{"a":"<&>"}' },
  });
  expect(await said(place.ask(getCredentialReport, {}, signal))).toMatchObject({ ReportFormat: 'text/csv' });
  expect(
    await said(
      place.ask(
        getCostAndUsage,
        { TimePeriod: { Start: 'a', End: 'b' }, Granularity: 'DAILY', Metrics: ['UnblendedCost'] },
        signal,
      ),
    ),
  ).toMatchObject({ ResultsByTime: [{ Total: { UnblendedCost: { Amount: '1.5' } } }] });
  expect(aws.unanswered).toEqual([]);
});

test.each([
  ['AccessDenied', 403, 'ACCESS_DENIED'],
  ['UnauthorizedOperation', 403, 'ACCESS_DENIED'],
  ['AuthFailure', 401, 'CREDENTIALS_INVALID'],
  ['ExpiredToken', 400, 'CREDENTIALS_EXPIRED'],
  ['InvalidInstanceID.NotFound', 400, 'INVALID_INSTANCE_ID_NOT_FOUND'],
])('%s becomes a failure with a code', async (name, status, code) => {
  const world = await anAwsWorld();
  world.aws.on('ec2.DescribeSecurityGroups', () => {
    throw new AwsError(name, `said ${name}`, status);
  });
  const account = await theAccount(world);
  const { failure } = await account.in(REGION).list(describeSecurityGroups, {}, signal);
  expect(failure?.code).toBe(code);
  expect(failure?.message).toContain(REGION);
});
