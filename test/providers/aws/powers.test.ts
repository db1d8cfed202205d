import { describe, expect, test } from 'vitest';
import { identitiesOf } from '../../../src/providers/aws/identities.ts';
import { powersIn, type Powers } from '../../../src/providers/aws/powers.ts';
import type { GetAccountAuthorizationDetailsResponse } from '../../../src/providers/aws/reads/identity.ts';

const ACCOUNT = { partition: 'aws', id: '123456789012' };
const IAM = 'arn:aws:iam::123456789012';
const document = (...statements: readonly object[]): string =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
const allow = (action: string | readonly string[], resource: string | readonly string[] = '*', more = {}) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...more,
});
const deny = (action: string | readonly string[], resource: string | readonly string[] = '*', more = {}) => ({
  ...allow(action, resource, more),
  Effect: 'Deny',
});
const managed = (name: string, ...statements: readonly object[]) => ({
  Arn: name.startsWith('arn:') ? name : `${IAM}:policy/${name}`,
  DefaultVersionId: 'v2',
  PolicyVersionList: [
    { VersionId: 'v1', IsDefaultVersion: false, Document: document(allow('*')) },
    { VersionId: 'v2', IsDefaultVersion: true, Document: document(...statements) },
  ],
});
const trusting = (service: string) =>
  document({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' });
const inline = (...statements: readonly object[]) => [{ PolicyName: 'own', PolicyDocument: document(...statements) }];
const user = (name: string, ...statements: readonly object[]) => ({
  UserName: name,
  Arn: `${IAM}:user/${name}`,
  UserPolicyList: statements.length === 0 ? [] : inline(...statements),
});
const role = (name: string, ...statements: readonly object[]) => ({
  RoleName: name,
  Path: '/',
  Arn: `${IAM}:role/${name}`,
  RolePolicyList: statements.length === 0 ? [] : inline(...statements),
  AssumeRolePolicyDocument: trusting('ec2.amazonaws.com'),
});

/** What `user/ana` or another could do. */
function powers(pages: readonly GetAccountAuthorizationDetailsResponse[], who = 'user/ana'): Powers {
  const looked = powersIn(identitiesOf(pages), ACCOUNT).get(`${IAM}:${who}`);
  if (looked?.status !== 'seen') throw new Error(JSON.stringify(looked));
  return looked.value;
}

const ana = (...statements: readonly object[]): Powers => powers([{ UserDetailList: [user('ana', ...statements)] }]);
const ci = (...statements: readonly object[]): Powers =>
  powers([{ RoleDetailList: [role('ci', ...statements)] }], 'role/ci');
const ids = ({ methods }: Powers): readonly string[] =>
  methods.map(({ id, isConditional }) => `${id}${isConditional ? ' (conditional)' : ''}`);

describe('an administrator', () => {
  test.each([
    ['everything', [allow('*')], 'yes'],
    ['everything, written in another way', [allow('*:*')], 'yes'],
    ['everything, among other statements', [allow('s3:GetObject', 'arn:aws:s3:::a'), allow(['ec2:*', '*'])], 'yes'],
    ['everything but a few', [{ Effect: 'Allow', NotAction: ['aws-portal:*'], Resource: '*' }], 'yes'],
    ['everything on everything but one', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::a' }], 'yes'],
    ['a Deny of something else', [allow('*'), deny('organizations:*')], 'yes'],
    ['a Deny of one of the ways to rights', [allow('*'), deny('iam:PutUserPolicy')], 'yes'],
    [
      'a Deny that holds under a condition',
      [allow('*'), deny('*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } })],
      'yes',
    ],
    [
      'under a condition',
      [allow('*', '*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })],
      'conditional',
    ],
    [
      'under a condition, and without one',
      [allow('*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }), allow('*')],
      'yes',
    ],
    [
      'everything but IAM, as PowerUserAccess',
      [{ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' }],
      'no',
    ],
    ['a Deny of IAM', [allow('*'), deny('IAM:*')], 'no'],
    ['a Deny of everything', [allow('*'), deny('*')], 'no'],
    ['a Deny of everything but something', [allow('*'), { Effect: 'Deny', NotAction: ['s3:*'], Resource: '*' }], 'no'],
    [
      'a Deny on everything but one bucket',
      [allow('*'), { Effect: 'Deny', Action: '*', NotResource: ['arn:aws:s3:::a/*'] }],
      'no',
    ],
    ['everything on one bucket', [allow('*', 'arn:aws:s3:::a/*')], 'no'],
    ['everything of one service', [allow('s3:*')], 'no'],
    ['everything that reads', [allow(['*:Get*', '*:List*'])], 'no'],
    ['nothing', [], 'no'],
  ] as const)('%s: %s', (_, statements, expected) => {
    expect(ana(...statements).administrator).toBe(expected);
  });

  test('by a policy of AWS, of a group, whatever page they come on; of them no ways to more are told', () => {
    const pages: readonly GetAccountAuthorizationDetailsResponse[] = [
      { UserDetailList: [{ ...user('ana'), GroupList: ['ops'] }] },
      {
        GroupDetailList: [
          {
            GroupName: 'ops',
            Arn: `${IAM}:group/ops`,
            AttachedManagedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
          },
        ],
      },
      { Policies: [managed('arn:aws:iam::aws:policy/AdministratorAccess', allow('*'))] },
    ];
    const expected = {
      administrator: 'yes',
      administratorBy: ['group ops: arn:aws:iam::aws:policy/AdministratorAccess'],
      methods: [],
    };
    expect(powers(pages)).toEqual(expected);
    // Its name is enough where the answer does not hold it.
    expect(powers(pages.slice(0, 2))).toEqual(expected);
  });

  test('the default version of a policy counts, not the first', () => {
    const attached = { ...user('ana'), AttachedManagedPolicies: [{ PolicyArn: `${IAM}:policy/p` }] };
    const detail = powers([{ UserDetailList: [attached], Policies: [managed('p', allow('s3:GetObject'))] }]);
    expect(detail.administrator).toBe('no');
  });

  test.each([
    ['a boundary that allows everything', [allow('*')], 'yes'],
    ['a boundary of one service', [allow('s3:*')], 'no'],
    ['a boundary that denies IAM', [allow('*'), deny('iam:*')], 'no'],
    [
      'a boundary under a condition',
      [allow('*', '*', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })],
      'conditional',
    ],
    ['a boundary that allows nothing', [deny('*')], 'no'],
  ] as const)('%s: %s', (_, statements, expected) => {
    const bounded = {
      ...user('ana', allow('*')),
      PermissionsBoundary: { PermissionsBoundaryArn: `${IAM}:policy/bound` },
    };
    const pages = [{ UserDetailList: [bounded], Policies: [managed('bound', ...statements)] }];
    expect(powers(pages).administrator).toBe(expected);
  });
});

describe('ways to more rights', () => {
  test.each([
    ['iam:AttachUserPolicy on everybody', [allow('iam:AttachUserPolicy')], ['iam:AttachUserPolicy']],
    ['case does not matter', [allow('IAM:attachUSERpolicy')], ['iam:AttachUserPolicy']],
    ['wildcards', [allow('iam:Attach?serPolicy')], ['iam:AttachUserPolicy']],
    ['on oneself', [allow('iam:PutUserPolicy', `${IAM}:user/\${aws:username}`)], ['iam:PutUserPolicy']],
    ['on somebody else', [allow('iam:PutUserPolicy', `${IAM}:user/ben`)], []],
    [
      'keys of oneself',
      [
        allow(
          ['iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile'],
          `${IAM}:user/\${aws:username}`,
        ),
      ],
      [],
    ],
    ['keys of everybody', [allow('iam:CreateAccessKey', 'arn:aws:iam::*:user/*')], ['iam:CreateAccessKey']],
    ['policies of all roles, and no role to become', [allow('iam:AttachRolePolicy')], []],
    [
      'policies of all roles, and one to become',
      [allow(['iam:AttachRolePolicy', 'sts:AssumeRole'])],
      ['iam:AttachRolePolicy + sts:AssumeRole'],
    ],
    [
      'policies of all roles, but for all of them',
      [allow(['iam:AttachRolePolicy', 'sts:AssumeRole']), deny('iam:*', 'arn:aws:iam::*:role/*')],
      [],
    ],
    [
      'roles for a service, and for another not',
      [
        allow('iam:PassRole', '*', {
          Condition: {
            StringLike: { 'iam:PassedToService': '*' },
            StringNotEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
          },
        }),
        allow('ec2:RunInstances'),
      ],
      ['iam:PassRole + ec2:RunInstances (conditional)'],
    ],
    ['who may become administrators', [allow('iam:UpdateAssumeRolePolicy')], ['iam:UpdateAssumeRolePolicy']],
    ['any role for an instance', [allow(['iam:PassRole', 'ec2:RunInstances'])], ['iam:PassRole + ec2:RunInstances']],
    ['half a way', [allow(['iam:PassRole', 'lambda:CreateFunction'])], []],
    ['the other half', [allow(['lambda:CreateFunction', 'lambda:InvokeFunction'])], []],
    [
      'a whole way',
      [allow(['iam:PassRole', 'lambda:CreateFunction', 'lambda:Invoke*'])],
      ['iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction'],
    ],
    ['a role that is no administrator', [allow('iam:PassRole', `${IAM}:role/app`), allow('ec2:RunInstances')], []],
    [
      'roles for a service that has no way here',
      [
        allow('iam:PassRole', '*', { Condition: { StringEquals: { 'iam:PassedToService': 'rds.amazonaws.com' } } }),
        allow('ec2:RunInstances'),
      ],
      [],
    ],
    [
      'roles for the service that it takes',
      [
        allow('iam:PassRole', '*', { Condition: { StringLike: { 'iam:PassedToService': 'ec2.*' } } }),
        allow('ec2:RunInstances'),
      ],
      ['iam:PassRole + ec2:RunInstances'],
    ],
    [
      'a condition',
      [allow('iam:CreateAccessKey', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })],
      ['iam:CreateAccessKey (conditional)'],
    ],
    [
      'a condition on one half',
      [
        allow('iam:PassRole'),
        allow('ec2:RunInstances', '*', { Condition: { StringEquals: { 'aws:RequestTag/a': 'b' } } }),
      ],
      ['iam:PassRole + ec2:RunInstances (conditional)'],
    ],
    ['a Deny', [allow('iam:CreateAccessKey'), deny('iam:*AccessKey')], []],
    ['a Deny on all users', [allow('iam:CreateAccessKey'), deny('iam:CreateAccessKey', 'arn:aws:iam::*:user/*')], []],
    [
      'a Deny on some users',
      [allow('iam:CreateAccessKey'), deny('iam:CreateAccessKey', `${IAM}:user/admin-*`)],
      ['iam:CreateAccessKey'],
    ],
    [
      'a Deny under a condition',
      [allow('iam:CreateAccessKey'), deny('*', '*', { Condition: { Bool: { 'aws:ViaAWSService': 'false' } } })],
      ['iam:CreateAccessKey'],
    ],
    [
      'NotAction that leaves IAM',
      [
        {
          Effect: 'Allow',
          NotAction: [
            'iam:P*',
            'iam:Up*',
            'iam:Att*',
            'iam:Add*',
            'iam:Set*',
            'iam:CreateP*',
            'iam:CreateL*',
            's*:*',
            'lambda:*',
            'ec2*:*',
            'ecs:*',
            'glue:*',
          ],
          Resource: '*',
        },
      ],
      ['iam:CreateAccessKey'],
    ],
    ['the code of all functions', [allow('lambda:UpdateFunctionCode')], ['lambda:UpdateFunctionCode']],
    [
      'the code of all functions of a region',
      [allow('lambda:UpdateFunctionCode', 'arn:aws:lambda:eu-west-1:123456789012:function:*')],
      ['lambda:UpdateFunctionCode'],
    ],
    ['the code of some functions', [allow('lambda:UpdateFunctionCode', 'arn:aws:lambda:*:*:function:shop-*')], []],
    ['reading', [allow(['iam:Get*', 'iam:List*', 's3:*'])], []],
  ] as const)('%s', (_, statements, expected) => {
    expect(ids(ana(...statements))).toEqual(expected);
  });

  test('a role may write policies of itself; names of users are not for it', () => {
    expect(ids(ci(allow('iam:PutRolePolicy', `${IAM}:role/ci`)))).toEqual(['iam:PutRolePolicy']);
    expect(ids(ci(allow('iam:PutRolePolicy', `${IAM}:role/app`)))).toEqual([]);
    expect(ids(ci(allow('iam:CreateAccessKey', `${IAM}:user/\${aws:username}`)))).toEqual([]);
    expect(ids(ci(allow('iam:AttachUserPolicy')))).toEqual([]);
  });

  test('with iam:* nearly every way of IAM is open', () => {
    expect(ids(ana(allow('iam:*')))).toEqual([
      'iam:CreatePolicyVersion',
      'iam:SetDefaultPolicyVersion',
      'iam:AttachUserPolicy',
      'iam:PutUserPolicy',
      'iam:AddUserToGroup',
      'iam:CreateAccessKey',
      'iam:CreateLoginProfile',
      'iam:UpdateLoginProfile',
      'iam:UpdateAssumeRolePolicy',
    ]);
  });

  test('what is limited to one thing is a way where that thing is an administrator, or is what gave the right', () => {
    const others: GetAccountAuthorizationDetailsResponse = {
      UserDetailList: [user('root-like', allow('*')), user('ben')],
      RoleDetailList: [role('admin', allow('*')), role('app')],
      GroupDetailList: [
        { GroupName: 'admins', Arn: `${IAM}:group/admins`, GroupPolicyList: inline(allow('*')) },
        { GroupName: 'devs', Arn: `${IAM}:group/devs`, GroupPolicyList: [] },
      ],
      Policies: [
        managed('bound', allow('iam:*', `${IAM}:user/*-like`)),
        managed('devs', allow('iam:CreatePolicyVersion', `${IAM}:policy/devs`)),
      ],
    };
    const withAna = (detail: object, ...statements: readonly object[]) =>
      ids(powers([others, { UserDetailList: [{ ...user('ana', ...statements), ...detail }] }]));
    expect(withAna({}, allow('iam:CreateAccessKey', `${IAM}:user/root-like`))).toEqual(['iam:CreateAccessKey']);
    expect(withAna({}, allow('iam:CreateAccessKey', `${IAM}:user/ben`))).toEqual([]);
    const some = allow('iam:CreateAccessKey', `${IAM}:user/root-*`);
    expect(withAna({}, some)).toEqual(['iam:CreateAccessKey']);
    expect(withAna({}, some, deny('iam:*', `${IAM}:user/*-like`))).toEqual([]);
    expect(withAna({}, some, deny('iam:*', `${IAM}:user/\${aws:PrincipalTag/team}`))).toEqual(['iam:CreateAccessKey']);
    const spared = { Effect: 'Deny', Action: 'iam:*', NotResource: `${IAM}:user/ben` };
    expect(withAna({}, some, spared)).toEqual([]);
    const bounded = { PermissionsBoundary: { PermissionsBoundaryArn: `${IAM}:policy/bound` } };
    // Neither pattern says more than the other: that both fit is likely, not sure.
    expect(withAna(bounded, some)).toEqual(['iam:CreateAccessKey (conditional)']);
    expect(withAna({}, allow('iam:AddUserToGroup', `${IAM}:group/admins`))).toEqual(['iam:AddUserToGroup']);
    expect(withAna({}, allow('iam:AddUserToGroup', `${IAM}:group/devs`))).toEqual([]);
    expect(withAna({}, allow('iam:UpdateAssumeRolePolicy', `${IAM}:role/admin`))).toEqual([
      'iam:UpdateAssumeRolePolicy',
    ]);
    expect(withAna({}, allow('iam:UpdateAssumeRolePolicy', `${IAM}:role/app`))).toEqual([]);
    expect(withAna({ GroupList: ['devs'] }, allow('iam:PutGroupPolicy', `${IAM}:group/devs`))).toEqual([
      'iam:PutGroupPolicy',
    ]);
    expect(withAna({}, allow('iam:PutGroupPolicy', `${IAM}:group/devs`))).toEqual([]);
    expect(withAna({ AttachedManagedPolicies: [{ PolicyArn: `${IAM}:policy/devs` }] })).toEqual([
      'iam:CreatePolicyVersion',
    ]);
    expect(withAna({}, allow('iam:CreatePolicyVersion', `${IAM}:policy/devs`))).toEqual([]);
    // The administrator role trusts EC2, and not Lambda.
    const pass = allow('iam:PassRole', `${IAM}:role/admin`);
    expect(withAna({}, pass, allow('ec2:RunInstances'))).toEqual(['iam:PassRole + ec2:RunInstances']);
    expect(withAna({}, pass, allow(['lambda:CreateFunction', 'lambda:InvokeFunction']))).toEqual([]);
  });

  test.each([
    ['of other services', [allow(['s3:*', 'ec2:*'])], []],
    ['of some users', [allow('iam:CreateAccessKey', `${IAM}:user/ben`)], []],
    ['of users that a pattern may mean', [allow('iam:CreateAccessKey', `${IAM}:user/*`)], ['iam:CreateAccessKey']],
    [
      'under a condition',
      [allow('iam:*', '*', { Condition: { StringEquals: { 'iam:PermissionsBoundary': 'x' } } })],
      ['iam:CreateAccessKey (conditional)'],
    ],
    ['that takes it away', [allow('*'), deny('iam:CreateAccessKey')], []],
  ] as const)('a boundary %s', (_, bound, expected) => {
    const bounded = {
      ...user('ana', allow('iam:CreateAccessKey')),
      PermissionsBoundary: { PermissionsBoundaryArn: `${IAM}:policy/bound` },
    };
    expect(ids(powers([{ UserDetailList: [bounded], Policies: [managed('bound', ...bound)] }]))).toEqual(expected);
  });
});

test.each([
  [
    'a policy that is not among the details',
    { AttachedManagedPolicies: [{ PolicyArn: `${IAM}:policy/gone` }] },
    'POLICY_MISSING',
  ],
  ['a group that is not', { GroupList: ['gone'] }, 'POLICY_MISSING'],
  [
    'a boundary that is not',
    { PermissionsBoundary: { PermissionsBoundaryArn: `${IAM}:policy/gone` } },
    'POLICY_MISSING',
  ],
  ['a policy that is no JSON', { UserPolicyList: [{ PolicyName: 'x', PolicyDocument: '%7B' }] }, 'POLICY_INVALID'],
])('%s leaves unknown what a user may do, and that one alone', (_, detail, code) => {
  const all = powersIn(identitiesOf([{ UserDetailList: [{ ...user('ana'), ...detail }, user('ben')] }]), ACCOUNT);
  expect(all.get(`${IAM}:user/ana`)).toMatchObject({ status: 'unknown', failure: { code } });
  expect(all.get(`${IAM}:user/ben`)).toMatchObject({ status: 'seen' });
});

test('roles that AWS alone can change are left out', () => {
  const linked = { ...role('AWSServiceRoleForX', allow('*')), Path: '/aws-service-role/x.amazonaws.com/' };
  expect(identitiesOf([{ RoleDetailList: [linked, role('app')] }]).roles.map(({ name }) => name)).toEqual(['app']);
});
