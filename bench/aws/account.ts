import type { Decoded } from '../../test/support/aws/wire.ts';

/** How large the account is. */
export const SIZES = { groups: 5_000, instances: 2_000, buckets: 1_000, roles: 500 } as const;

const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';

type Answer = (input: Readonly<Record<string, unknown>>) => object;

/** A synthetic account of the usual mix: most of it closed, some of it open, nothing of it anybody's. */
export function answersOf(): ReadonlyMap<string, Answer> {
  const groups = Array.from({ length: SIZES.groups }, (_, index) => groupOf(index));
  const instances = Array.from({ length: SIZES.instances }, (_, index) => instanceOf(index));
  const interfaces = instances.map(interfaceOf);
  const buckets = Array.from({ length: SIZES.buckets }, (_, index) => ({
    Name: `bucket-${index}`,
    BucketRegion: REGION,
    CreationDate: new Date('2025-01-01T00:00:00Z'),
  }));
  return new Map<string, Answer>([
    [
      'sts.GetCallerIdentity',
      () => ({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/bench`, UserId: 'AIDABENCH' }),
    ],
    ['ec2.DescribeRegions', () => ({ Regions: [{ RegionName: REGION }] })],
    ['ec2.DescribeSecurityGroups', paged('SecurityGroups', groups, 'MaxResults', 'NextToken')],
    [
      'ec2.DescribeInstances',
      paged(
        'Reservations',
        instances.map((instance) => ({ Instances: [instance] })),
        'MaxResults',
        'NextToken',
      ),
    ],
    ['ec2.DescribeNetworkInterfaces', paged('NetworkInterfaces', interfaces, 'MaxResults', 'NextToken')],
    ['s3.ListBuckets', paged('Buckets', buckets, 'MaxBuckets', 'ContinuationToken')],
    [
      's3.GetBucketAcl',
      () => ({
        Owner: { ID: 'owner' },
        Grants: [{ Grantee: { Type: 'CanonicalUser', ID: 'owner' }, Permission: 'FULL_CONTROL' }],
      }),
    ],
    [
      's3.GetPublicAccessBlock',
      () => ({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
      }),
    ],
    ['s3.GetBucketPolicyStatus', () => ({ PolicyStatus: { IsPublic: false } })],
    ['s3.GetBucketPolicy', ({ Bucket }) => ({ Policy: bucketPolicy(String(Bucket)) })],
    ['iam.GetAccountAuthorizationDetails', authorizationDetails],
    ['iam.GetAccountSummary', () => ({ SummaryMap: { AccountMFAEnabled: 1, AccountAccessKeysPresent: 0, Users: 40 } })],
    ['iam.GenerateCredentialReport', () => ({ State: 'COMPLETE' })],
    [
      'iam.GetCredentialReport',
      () => ({
        Content: Buffer.from(credentialReport()),
        ReportFormat: 'text/csv',
        GeneratedTime: new Date('2026-11-26T00:00:00Z'),
      }),
    ],
  ]);
}

/** What the account has none of. */
export function nothing({ service, operation }: Decoded): object {
  if (service === 'route53') return { HealthChecks: [], IsTruncated: false, Marker: '', MaxItems: 100 };
  return operation === 'GetAccountPasswordPolicy' ? { PasswordPolicy: { MinimumPasswordLength: 14 } } : {};
}

function paged(member: string, all: readonly object[], size: string, token: string): Answer {
  const out = token === 'ContinuationToken' ? 'ContinuationToken' : 'NextToken';
  return (input) => {
    const from = Number(input[token] ?? 0);
    const most = Number(input[size] ?? 1_000);
    const next = from + most < all.length ? { [out]: String(from + most) } : {};
    return { [member]: all.slice(from, from + most), ...next };
  };
}

function groupOf(index: number): object {
  const own = [443, 8080, 5432, 9090].map((port, rule) => ({
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [
      { CidrIp: `10.${index % 250}.${rule}.0/24`, Description: `office ${rule}` },
      { CidrIp: `192.168.${index % 250}.0/24` },
    ],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [{ GroupId: idOf('sg', index + 1), UserId: ACCOUNT }],
  }));
  const open =
    index % 40 === 0
      ? [
          {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: '0.0.0.0/0' }],
            Ipv6Ranges: [{ CidrIpv6: '::/0' }],
          },
        ]
      : [];
  return {
    GroupId: idOf('sg', index),
    GroupName: `service-${index}`,
    Description: `of the service ${index}`,
    OwnerId: ACCOUNT,
    VpcId: idOf('vpc', index % 20),
    IpPermissions: [...own, ...open],
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    Tags: [
      { Key: 'Name', Value: `service-${index}` },
      { Key: 'team', Value: `team-${index % 30}` },
    ],
  };
}

function instanceOf(index: number) {
  return {
    InstanceId: idOf('i', index),
    ImageId: idOf('ami', index % 40),
    InstanceType: 'm7g.large',
    KeyName: 'deploy',
    LaunchTime: new Date('2026-06-01T00:00:00Z'),
    Placement: { AvailabilityZone: `${REGION}a`, Tenancy: 'default' },
    PrivateDnsName: `ip-10-0-0-${index}.${REGION}.compute.internal`,
    PrivateIpAddress: `10.0.${index % 250}.${index % 200}`,
    State: { Code: 16, Name: 'running' },
    SubnetId: idOf('subnet', index % 60),
    VpcId: idOf('vpc', index % 20),
    Architecture: 'arm64',
    BlockDeviceMappings: [0, 1].map((disk) => ({
      DeviceName: `/dev/xvd${disk}`,
      Ebs: {
        AttachTime: new Date('2026-06-01T00:00:00Z'),
        DeleteOnTermination: true,
        Status: 'attached',
        VolumeId: idOf('vol', index * 2 + disk),
      },
    })),
    SecurityGroups: [{ GroupId: idOf('sg', index * 2), GroupName: `service-${index * 2}` }],
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled', State: 'applied' },
    Tags: ['Name', 'team', 'env', 'owner', 'cost-centre'].map((Key) => ({ Key, Value: `${Key}-${index % 50}` })),
  };
}

function interfaceOf(instance: ReturnType<typeof instanceOf>, index: number): object {
  const { InstanceId, VpcId, SubnetId, PrivateIpAddress, SecurityGroups } = instance;
  return {
    NetworkInterfaceId: idOf('eni', index),
    InterfaceType: 'interface',
    Status: 'in-use',
    VpcId,
    SubnetId,
    PrivateIpAddress,
    Groups: SecurityGroups,
    Attachment: { AttachmentId: idOf('eni-attach', index), InstanceId, Status: 'attached', DeviceIndex: 0 },
    ...(index % 20 === 0 ? { Association: { PublicIp: `203.0.113.${index % 250}`, IpOwnerId: 'amazon' } } : {}),
  };
}

function bucketPolicy(bucket: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/role-1` },
        Action: ['s3:GetObject', 's3:PutObject'],
        Resource: `arn:aws:s3:::${bucket}/*`,
      },
    ],
  });
}

const ROLE_PAGE = 250;

function authorizationDetails(input: Readonly<Record<string, unknown>>): object {
  const from = Number(input['Marker'] ?? 0);
  const roles = Array.from({ length: Math.min(ROLE_PAGE, SIZES.roles - from) }, (_, index) => roleOf(from + index));
  const isLast = from + ROLE_PAGE >= SIZES.roles;
  const users = from === 0 ? Array.from({ length: 40 }, (_, index) => userOf(index)) : [];
  return {
    UserDetailList: users,
    GroupDetailList: [],
    RoleDetailList: roles,
    Policies: from === 0 ? Array.from({ length: 120 }, (_, index) => policyOf(index)) : [],
    IsTruncated: !isLast,
    ...(isLast ? {} : { Marker: String(from + ROLE_PAGE) }),
  };
}

function roleOf(index: number): object {
  return {
    Path: '/',
    RoleName: `role-${index}`,
    RoleId: `AROA${index}`,
    Arn: `arn:aws:iam::${ACCOUNT}:role/role-${index}`,
    CreateDate: new Date('2025-01-01T00:00:00Z'),
    AssumeRolePolicyDocument: encoded({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    }),
    RolePolicyList: [{ PolicyName: 'own', PolicyDocument: encoded(grantsOf(index)) }],
    AttachedManagedPolicies: [
      { PolicyName: `policy-${index % 120}`, PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/policy-${index % 120}` },
    ],
    Tags: [],
    InstanceProfileList: [],
  };
}

function userOf(index: number): object {
  return {
    Path: '/',
    UserName: `user-${index}`,
    UserId: `AIDA${index}`,
    Arn: `arn:aws:iam::${ACCOUNT}:user/user-${index}`,
    CreateDate: new Date('2025-01-01T00:00:00Z'),
    UserPolicyList: [],
    GroupList: [],
    AttachedManagedPolicies: [
      { PolicyName: `policy-${index}`, PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/policy-${index}` },
    ],
    Tags: [],
  };
}

function policyOf(index: number): object {
  return {
    PolicyName: `policy-${index}`,
    PolicyId: `ANPA${index}`,
    Arn: `arn:aws:iam::${ACCOUNT}:policy/policy-${index}`,
    Path: '/',
    DefaultVersionId: 'v1',
    AttachmentCount: 4,
    IsAttachable: true,
    PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: encoded(grantsOf(index)) }],
  };
}

function grantsOf(index: number): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:ListBucket', 'sqs:SendMessage'],
        Resource: [`arn:aws:s3:::bucket-${index}`, `arn:aws:s3:::bucket-${index}/*`],
      },
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
    ],
  };
}

function credentialReport(): string {
  const columns =
    'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated';
  const row = (user: string, arn: string): string =>
    `${user},${arn},2025-01-01T00:00:00+00:00,true,2026-11-20T00:00:00+00:00,2026-10-01T00:00:00+00:00,N/A,true,true,2026-10-01T00:00:00+00:00,2026-11-25T00:00:00+00:00,${REGION},s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A`;
  const users = Array.from({ length: 40 }, (_, index) =>
    row(`user-${index}`, `arn:aws:iam::${ACCOUNT}:user/user-${index}`),
  );
  return [columns, row('<root_account>', `arn:aws:iam::${ACCOUNT}:root`), ...users].join('\n');
}

function encoded(document: object): string {
  return encodeURIComponent(JSON.stringify(document));
}

function idOf(prefix: string, index: number): string {
  return `${prefix}-${index.toString(16).padStart(17, '0')}`;
}
