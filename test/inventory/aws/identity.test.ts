import type { AccessKeyMetadata } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import type { InventorySource } from '../../../src/domain/inventory.ts';
import { source as accessKeys } from '../../../src/inventory/aws/access-keys.ts';
import { source as accountGuards } from '../../../src/inventory/aws/account-guards.ts';
import { source as permissions } from '../../../src/inventory/aws/permissions.ts';
import { source as roleTrust } from '../../../src/inventory/aws/role-trust.ts';
import { source as users } from '../../../src/inventory/aws/users.ts';
import type { AwsReader } from '../../../src/providers/aws/reader.ts';
import type { GetAccountAuthorizationDetailsResponse } from '../../../src/providers/aws/reads/identity.ts';
import type { ServiceName } from '../../../src/providers/aws/services.ts';
import {
  aRole,
  aUser,
  allow,
  credentialReport,
  IAM,
  policyDocument,
  trust,
  type ReportRow,
} from '../../support/aws/an-account.ts';
import { anAwsWorld, REGION, type AwsWorld } from '../../support/aws/aws-world.ts';
import { driftWords, factsIn, inventoryIn } from '../../support/aws/facts.ts';
import { ACCOUNT, AwsError } from '../../support/aws/fake-aws.ts';

const ALL: readonly InventorySource<AwsReader>[] = [accessKeys, accountGuards, permissions, roleTrust, users];
const TRAIL = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/all`;
const OTHER = '111122223333';

interface Account {
  readonly details: readonly GetAccountAuthorizationDetailsResponse[];
  readonly report: readonly ReportRow[];
  readonly keys: Readonly<Record<string, readonly AccessKeyMetadata[]>>;
  readonly rootKeys: number;
  readonly trail: object;
  readonly status: object;
  readonly selectors: object;
  readonly detectors: readonly string[];
  readonly detector: string;
  readonly passwords: object | null;
}

const key = (id: string, user: string, status: 'Active' | 'Inactive' = 'Active'): AccessKeyMetadata => ({
  AccessKeyId: `AKIAIOSFODNN7${id}`,
  UserName: user,
  Status: status,
  CreateDate: new Date('2026-01-02T03:04:05Z'),
});
const appPolicy = (...statements: readonly object[]) => ({
  Arn: `${IAM}:policy/app`,
  DefaultVersionId: 'v1',
  PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: policyDocument(...statements) }],
});
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const awsPolicy = (...statements: readonly object[]) => ({ ...appPolicy(...statements), Arn: READ_ONLY });
const app = {
  ...aRole('app'),
  AttachedManagedPolicies: [{ PolicyArn: `${IAM}:policy/app` }, { PolicyArn: READ_ONLY }],
};
const ana = { ...aUser('ana', allow('s3:GetObject', 'arn:aws:s3:::logs/*')), GroupList: ['devs'] };
const devs = { GroupName: 'devs', Arn: `${IAM}:group/devs`, GroupPolicyList: [] };
const APP_RIGHTS = [allow(['sqs:SendMessage', 'sqs:ReceiveMessage'], ['arn:aws:sqs:*:*:a', 'arn:aws:sqs:*:*:b'])];

const ACCOUNT_NOW: Account = {
  details: [
    { UserDetailList: [ana], RoleDetailList: [app] },
    { GroupDetailList: [devs], Policies: [appPolicy(...APP_RIGHTS), awsPolicy(allow('s3:Get*'))] },
  ],
  report: [{ user: 'ana', password_enabled: 'true', mfa_active: 'true', password_last_used: '2026-11-19T00:00:00Z' }],
  keys: { ana: [key('AAAA1111', 'ana')] },
  rootKeys: 0,
  trail: {
    Name: 'all',
    TrailARN: TRAIL,
    HomeRegion: REGION,
    IsMultiRegionTrail: true,
    LogFileValidationEnabled: true,
    S3BucketName: 'audit',
  },
  status: { IsLogging: true, LatestDeliveryTime: new Date('2026-11-20T00:00:00Z') },
  selectors: {},
  detectors: ['d1'],
  detector: 'ENABLED',
  passwords: { MinimumPasswordLength: 14, RequireSymbols: true, ExpirePasswords: false },
};

function show({ aws }: AwsWorld, account: Account): void {
  aws.on('iam.GetAccountAuthorizationDetails', ({ Marker = '0' }: { Marker?: string }) => {
    const at = Number(Marker);
    const more = at + 1 < account.details.length;
    return { ...account.details[at], IsTruncated: more, ...(more ? { Marker: String(at + 1) } : {}) };
  });
  aws.on('iam.GetCredentialReport', () => credentialReport(new Date('2026-11-20T08:00:00Z'), ...account.report));
  aws.on('iam.GetAccountSummary', () => ({ SummaryMap: { AccountAccessKeysPresent: account.rootKeys } }));
  aws.on('iam.ListAccessKeys', ({ UserName }: { UserName: string }) => ({
    AccessKeyMetadata: account.keys[UserName] ?? [],
    IsTruncated: false,
  }));
  aws.on('iam.GetAccountPasswordPolicy', () => {
    if (account.passwords === null) throw new AwsError('NoSuchEntity', 'none', 404);
    return { PasswordPolicy: account.passwords };
  });
  aws.on('cloudTrail.DescribeTrails', () => ({ trailList: [account.trail] }));
  aws.on('cloudTrail.GetTrailStatus', () => account.status);
  aws.on('cloudTrail.GetEventSelectors', () => account.selectors);
  aws.on('guardDuty.ListDetectors', () => ({ DetectorIds: [...account.detectors] }));
  aws.on('guardDuty.GetDetector', () => ({ ServiceRole: `${IAM}:role/x`, Status: account.detector }));
}

async function anAccount(changed: Partial<Account> = {}): Promise<AwsWorld> {
  const world = await anAwsWorld();
  show(world, { ...ACCOUNT_NOW, ...changed });
  return world;
}

function deny({ aws }: AwsWorld, operation: `${ServiceName}.${string}`): void {
  aws.on(operation, () => {
    throw new AwsError('AccessDenied', 'no', 403);
  });
}

test('users, keys, trust and what watches, in canonical form', async () => {
  const world = await anAccount();
  expect(await factsIn(world, users)).toEqual({
    facts: { 'iam-user/ana': { arn: `${IAM}:user/ana`, groups: ['devs'], boundary: null, console: true, mfa: true } },
    hidden: {},
  });
  expect(await factsIn(world, accessKeys)).toEqual({
    facts: { 'access-key/ana/…1111': { user: 'ana', active: true, created: '2026-01-02T03:04:05.000Z' } },
    hidden: {},
  });
  expect(await factsIn(world, roleTrust)).toEqual({
    facts: {
      'role-trust/app': {
        arn: `${IAM}:role/app`,
        trusts: ['allow Service:ec2.amazonaws.com: sts:assumerole'],
        everyone: false,
        accounts: [],
        providers: [],
        services: ['ec2.amazonaws.com'],
      },
    },
    hidden: {},
  });
  const guards = await factsIn(world, accountGuards);
  expect(guards.hidden).toEqual({});
  expect(guards.facts).toMatchObject({
    'password-policy/account': { set: true, length: 14, symbols: true },
    [`trail/${REGION}/all`]: {
      allRegions: true,
      logging: true,
      signed: true,
      allManagementEvents: true,
      bucket: 'audit',
    },
    [`detector/${REGION}`]: { detector: 'd1', status: 'ENABLED' },
  });
  expect(world.aws.unanswered).toEqual([]);
});

test('what somebody may do: by effect and resource, with the policies of AWS by name', async () => {
  const { facts, hidden } = await factsIn(await anAccount(), permissions);
  expect(hidden).toEqual({});
  expect(facts).toEqual({
    'identity-policy/user/ana': {
      arn: `${IAM}:user/ana`,
      may: ['allow s3:getobject on arn:aws:s3:::logs/*'],
      policiesOfAws: [],
      boundary: null,
      escalates: [],
      borrows: [],
    },
    'identity-policy/role/app': {
      arn: `${IAM}:role/app`,
      may: [
        'allow sqs:receivemessage,sqs:sendmessage on arn:aws:sqs:*:*:a',
        'allow sqs:receivemessage,sqs:sendmessage on arn:aws:sqs:*:*:b',
      ],
      policiesOfAws: [READ_ONLY],
      boundary: null,
      escalates: [],
      borrows: [],
    },
  });
});

test('keys are not told apart by their last characters alone, and of no key is the whole id kept', async () => {
  const keys = { ana: [key('AAAA1111', 'ana'), key('BBBB1111', 'ana', 'Inactive')] };
  const { facts } = await factsIn(await anAccount({ keys }), accessKeys);
  expect(Object.keys(facts)).toEqual(['access-key/ana/…1111', 'access-key/ana/…1111 (2)']);
  expect(JSON.stringify(facts)).not.toContain('AKIA');
});

describe('from one night to the next', () => {
  const rights = (...statements: readonly object[]): Partial<Account> => ({
    details: [
      ACCOUNT_NOW.details[0] ?? {},
      { GroupDetailList: [devs], Policies: [appPolicy(...statements), awsPolicy(allow('s3:Get*'))] },
    ],
  });
  const people = (detail: object): Partial<Account> => ({
    details: [{ UserDetailList: [{ ...ana, ...detail }], RoleDetailList: [app] }, ACCOUNT_NOW.details[1] ?? {}],
  });
  const roles = (...some: readonly object[]): Partial<Account> => ({
    details: [{ UserDetailList: [ana], RoleDetailList: [...some] }, ACCOUNT_NOW.details[1] ?? {}],
  });

  test.each<readonly [string, Partial<Account>, readonly string[]]>([
    ['nothing', {}, []],
    [
      'a policy written in another way',
      rights(
        allow(['SQS:receiveMessage', 'sqs:SendMessage'], 'arn:aws:sqs:*:*:b', { Sid: 'One' }),
        allow('sqs:SendMessage', 'arn:aws:sqs:*:*:a'),
        allow('sqs:ReceiveMessage', 'arn:aws:sqs:*:*:a'),
      ),
      [],
    ],
    [
      'what AWS changes in its own policies',
      {
        details: [
          ACCOUNT_NOW.details[0] ?? {},
          { GroupDetailList: [devs], Policies: [appPolicy(...APP_RIGHTS), awsPolicy(allow('s3:*'))] },
        ],
      },
      [],
    ],
    [
      'a delivery of the trail, and a use of the password',
      { status: { IsLogging: true }, report: [{ user: 'ana', password_enabled: 'true', mfa_active: 'true' }] },
      [],
    ],
    [
      'one more action',
      rights(...APP_RIGHTS, allow('sqs:PurgeQueue', 'arn:aws:sqs:*:*:a')),
      ['changed identity-policy role/app'],
    ],
    ['wider resources', rights(allow(['sqs:SendMessage', 'sqs:ReceiveMessage'])), ['changed identity-policy role/app']],
    [
      'a condition that was taken off',
      rights(...APP_RIGHTS, allow('s3:*', '*', { Condition: { Bool: { a: 'true' } } })),
      ['changed identity-policy role/app'],
    ],
    ['everything', rights(allow('*')), ['added administrator role/app', 'changed identity-policy role/app']],
    [
      'another policy of AWS',
      people({ AttachedManagedPolicies: [{ PolicyArn: READ_ONLY }] }),
      ['changed identity-policy user/ana'],
    ],
    ['a group', people({ GroupList: [] }), ['changed iam-user ana']],
    [
      'the second factor',
      { report: [{ user: 'ana', password_enabled: 'true', mfa_active: 'false' }] },
      ['changed iam-user ana'],
    ],
    ['a key', { keys: { ana: [key('AAAA1111', 'ana'), key('BBBB2222', 'ana')] } }, ['added access-key ana/…2222']],
    [
      'a key that was turned off',
      { keys: { ana: [key('AAAA1111', 'ana', 'Inactive')] } },
      ['changed access-key ana/…1111'],
    ],
    ['a key of root', { rootKeys: 1 }, ['added root-access-key root']],
    ['another account', roles({ ...app, AssumeRolePolicyDocument: trust({ AWS: OTHER }) }), ['changed role-trust app']],
    ['one more role', roles(app, aRole('new')), ['added identity-policy role/new', 'added role-trust new']],
    ['a trail that stopped', { status: { IsLogging: false } }, [`changed trail ${REGION}/all`]],
    [
      'a trail that leaves out what is written',
      { selectors: { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'ReadOnly' }] } },
      [`changed trail ${REGION}/all`],
    ],
    ['GuardDuty', { detectors: [] }, [`changed detector ${REGION}`]],
    ['GuardDuty that is suspended', { detector: 'DISABLED' }, [`changed detector ${REGION}`]],
    ['no password policy', { passwords: null }, ['changed password-policy account']],
  ])('%s', async (_, changed, expected) => {
    const world = await anAccount();
    const before = await inventoryIn(world, ALL);
    show(world, { ...ACCOUNT_NOW, ...changed });
    expect(driftWords(before, await inventoryIn(world, ALL))).toEqual(expected);
  });

  test('a user that is newer than the report is told at once, its password when the next report is there', async () => {
    const world = await anAccount();
    const before = await inventoryIn(world, [users]);
    const eve = aUser('eve');
    const details = [{ UserDetailList: [ana, eve], RoleDetailList: [app] }, ACCOUNT_NOW.details[1] ?? {}];
    show(world, { ...ACCOUNT_NOW, details });
    expect(driftWords(before, await inventoryIn(world, [users]))).toEqual([
      'added iam-user eve',
      'incomparable iam-user/eve REPORT_OLDER',
    ]);
  });

  test.each<readonly [`${ServiceName}.${string}`, readonly string[]]>([
    [
      'iam.GetAccountAuthorizationDetails',
      ['access-key/*', 'administrator/*', 'iam-user/*', 'identity-policy/*', 'role-trust/*'],
    ],
    ['iam.GetCredentialReport', ['iam-user/ana']],
    ['iam.GetAccountSummary', ['root-access-key/*']],
    ['iam.ListAccessKeys', ['access-key/ana/*']],
    ['iam.GetAccountPasswordPolicy', ['password-policy/account']],
    ['cloudTrail.DescribeTrails', ['trail/*']],
    ['cloudTrail.GetTrailStatus', [`trail/${REGION}/all`]],
    ['cloudTrail.GetEventSelectors', [`trail/${REGION}/all`]],
    ['guardDuty.ListDetectors', [`detector/${REGION}`]],
    ['guardDuty.GetDetector', [`detector/${REGION}`]],
  ])('without %s just what it says is incomparable, and nothing has drifted', async (operation, expected) => {
    const world = await anAccount();
    const before = await inventoryIn(world, ALL);
    deny(world, operation);
    const after = await inventoryIn(world, ALL);
    expect(driftWords(before, after).toSorted()).toEqual(expected.map((part) => `incomparable ${part} ACCESS_DENIED`));
  });

  test('half of the pages: who was seen whole is told, and nobody else is taken for gone or changed', async () => {
    const world = await anAccount();
    const before = await inventoryIn(world, [permissions, roleTrust, users]);
    world.aws.on('iam.GetAccountAuthorizationDetails', ({ Marker }: { Marker?: string }) => {
      if (Marker !== undefined) throw new AwsError('AccessDenied', 'no', 403);
      return { UserDetailList: [aUser('ana', allow('*'))], IsTruncated: true, Marker: '1' };
    });
    const words = driftWords(before, await inventoryIn(world, [permissions, roleTrust, users]));
    expect(words.filter((word) => !word.startsWith('incomparable'))).toEqual(['added administrator user/ana']);
    expect(words.filter((word) => word.includes('/*'))).toHaveLength(4);
  });
});

test('500 roles over several pages are 500 facts', async () => {
  const some = Array.from({ length: 500 }, (_, index) =>
    aRole(`app-${index}`, allow('s3:GetObject', `arn:aws:s3:::b-${index}/*`)),
  );
  const details = [0, 200, 400].map((from) => ({ RoleDetailList: some.slice(from, from + 200) }));
  const { facts, hidden } = await factsIn(await anAccount({ details }), permissions);
  expect(Object.keys(facts)).toHaveLength(500);
  expect(hidden).toEqual({});
});

test('what AWS can not be asked for a policy is written out: NotAction, NotResource, conditions', async () => {
  const statements = [
    { Effect: 'Allow', NotAction: ['iam:*', 'Account:*'], NotResource: ['arn:aws:s3:::b/*', 'arn:aws:s3:::a/*'] },
    allow(['s3:*', 's3:GetObject'], '*', {
      Condition: { StringEquals: { 'AWS:SourceVpc': 'vpc-1' }, Bool: { 'aws:SecureTransport': true } },
    }),
    { ...allow('s3:DeleteObject'), Effect: 'Deny' },
  ];
  const { facts } = await factsIn(
    await anAccount({ details: [{ UserDetailList: [aUser('ana', ...statements)] }] }),
    permissions,
  );
  expect(facts['identity-policy/user/ana']).toMatchObject({
    may: [
      'allow all but account:*,iam:* on all but arn:aws:s3:::a/*, arn:aws:s3:::b/*',
      'allow s3:* on * if Bool aws:securetransport [true] and StringEquals aws:sourcevpc [vpc-1]',
      'deny s3:deleteobject on *',
    ],
  });
});
