import { expect, test } from 'vitest';
import { readPolicy } from '../../../src/providers/aws/policy-document.ts';
import { trustsIn } from '../../../src/providers/aws/trust.ts';

const OWN = { id: '123456789012' };
const OTHER = '111122223333';
const GITHUB = 'token.actions.githubusercontent.com';
const EKS = 'oidc.eks.eu-central-1.amazonaws.com/id/ABC';
const provider = (issuer: string) => ({ Federated: `arn:aws:iam::${OWN.id}:oidc-provider/${issuer}` });

function trusts(...statements: readonly object[]) {
  const looked = readPolicy(JSON.stringify({ Statement: statements }));
  if (looked.status === 'unknown') throw new Error(looked.failure.message);
  return trustsIn(looked.value, OWN);
}

const one = (principal: unknown, condition?: unknown, action = 'sts:AssumeRole') =>
  trusts({
    Effect: 'Allow',
    Principal: principal,
    Action: action,
    ...(condition === undefined ? {} : { Condition: condition }),
  }).map(({ who, account, guards, isNarrowed }) => [who, account, guards, isNarrowed]);
const web = (principal: unknown, condition?: unknown) => one(principal, condition, 'sts:AssumeRoleWithWebIdentity');

test.each([
  ['no condition', undefined, [], false],
  ['an organisation', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, ['aws:principalorgid'], true],
  ['an organisation, if it is said', { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } }, [], false],
  ['any organisation', { StringLike: { 'aws:PrincipalOrgID': '*' } }, [], false],
  ['not an organisation', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }, [], false],
  ['for all values', { 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-1/*' } }, [], false],
  [
    'for any value',
    { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-1/*' } },
    ['aws:principalorgpaths'],
    true,
  ],
  ['an external id', { StringEquals: { 'sts:ExternalId': 'x' } }, ['sts:externalid'], false],
  ['an address', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, ['aws:sourceip'], false],
  ['any address', { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '0.0.0.0/0'] } }, [], false],
  [
    'an identity of another account',
    { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${OTHER}:role/*` } },
    ['aws:principalarn'],
    true,
  ],
  ['an identity of any account', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/deploy' } }, [], false],
  ['the second factor', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, ['aws:multifactorauthpresent'], false],
  ['what everybody does', { Bool: { 'aws:SecureTransport': 'true' } }, [], false],
  ['what the caller chooses', { StringLike: { 'sts:RoleSessionName': 'ana*' } }, [], false],
] as const)('everyone with %s', (_, condition, guards, isNarrowed) => {
  expect(one('*', condition)).toEqual([['everyone', null, guards, isNarrowed]]);
  expect(one({ AWS: '*' }, condition)).toEqual([['everyone', null, guards, isNarrowed]]);
});

test.each([
  [
    'its own account by a condition',
    '*',
    { StringEquals: { 'aws:PrincipalAccount': OWN.id } },
    ['own-account', OWN.id, ['aws:principalaccount'], true],
  ],
  ['another account', { AWS: `arn:aws:iam::${OTHER}:root` }, undefined, ['other-account', OTHER, [], false]],
  ['another account by number', { AWS: OTHER }, undefined, ['other-account', OTHER, [], false]],
  [
    'another account with an external id',
    { AWS: OTHER },
    { StringEquals: { 'sts:ExternalId': 'x' } },
    ['other-account', OTHER, ['sts:externalid'], false],
  ],
  [
    'a role of another account',
    { AWS: `arn:aws:iam::${OTHER}:role/ci` },
    undefined,
    ['other-account', OTHER, [], true],
  ],
  [
    'a session of another account',
    { AWS: `arn:aws:sts::${OTHER}:assumed-role/ci/x` },
    undefined,
    ['other-account', OTHER, [], true],
  ],
  ['China', { AWS: `arn:aws-cn:iam::${OTHER}:root` }, undefined, ['other-account', OTHER, [], false]],
  ['its own account', { AWS: `arn:aws:iam::${OWN.id}:root` }, undefined, ['own-account', OWN.id, [], false]],
  ['somebody who is gone', { AWS: 'AROAABCDEFGHIJKLMNOPQ' }, undefined, ['deleted', null, [], true]],
  ['a service', { Service: 'ec2.amazonaws.com' }, undefined, ['service', null, [], true]],
] as const)('%s', (_, principal, condition, expected) => {
  expect(one(principal, condition)).toEqual([expected]);
});

test.each([
  ['GitHub without a condition', GITHUB, undefined, 'shared-provider', false],
  [
    'GitHub with the audience alone',
    GITHUB,
    { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } },
    'shared-provider',
    false,
  ],
  ['one repository', GITHUB, { StringLike: { [`${GITHUB}:sub`]: 'repo:acme/shop:*' } }, 'shared-provider', true],
  [
    'one repository, named by another claim',
    GITHUB,
    { StringEquals: { [`${GITHUB}:repository`]: 'acme/shop' } },
    'shared-provider',
    true,
  ],
  ['every repository', GITHUB, { StringLike: { [`${GITHUB}:sub`]: 'repo:*' } }, 'shared-provider', false],
  [
    'every repository of that name',
    GITHUB,
    { StringLike: { [`${GITHUB}:sub`]: 'repo:*/shop:*' } },
    'shared-provider',
    false,
  ],
  [
    'one repository, or every',
    GITHUB,
    { StringLike: { [`${GITHUB}:sub`]: ['repo:acme/shop:*', '*'] } },
    'shared-provider',
    false,
  ],
  [
    'one repository, if it is said',
    GITHUB,
    { StringLikeIfExists: { [`${GITHUB}:sub`]: 'repo:acme/shop:*' } },
    'shared-provider',
    false,
  ],
  [
    'the sub of another provider',
    GITHUB,
    { StringLike: { 'gitlab.com:sub': 'project_path:acme/*' } },
    'shared-provider',
    false,
  ],
  ['GitLab', 'gitlab.com', undefined, 'shared-provider', false],
  ['a cluster', EKS, undefined, 'provider', false],
  [
    'a service account of a cluster',
    EKS,
    { StringEquals: { [`${EKS}:sub`]: 'system:serviceaccount:shop:api' } },
    'provider',
    true,
  ],
  [
    'any service account of a cluster',
    EKS,
    { StringLike: { [`${EKS}:sub`]: 'system:serviceaccount:*:*' } },
    'provider',
    false,
  ],
] as const)('%s', (_, issuer, condition, who, isNarrowed) => {
  const [found, ...others] = web(provider(issuer), condition);
  expect(others).toEqual([]);
  expect(found?.[0]).toBe(who);
  expect(found?.[3]).toBe(isNarrowed);
});

test('SAML, and user pools by their audience, say who it is', () => {
  const saml = { Federated: `arn:aws:iam::${OWN.id}:saml-provider/okta` };
  expect(one(saml, undefined, 'sts:AssumeRoleWithSAML')).toEqual([['provider', OWN.id, [], true]]);
  const cognito = { Federated: 'cognito-identity.amazonaws.com' };
  expect(web(cognito, { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-central-1:pool' } })[0]?.[3]).toBe(
    true,
  );
  expect(web(cognito)[0]?.[3]).toBe(false);
});

test('NotPrincipal is everyone, a Deny of everyone shuts the door, and a tag or a name opens none', () => {
  const allow = { Effect: 'Allow', Principal: { AWS: OTHER }, Action: 'sts:AssumeRole' };
  expect(trusts({ Effect: 'Allow', NotPrincipal: { AWS: OTHER }, Action: 'sts:*' }).map(({ who }) => who)).toEqual([
    'everyone',
  ]);
  expect(trusts(allow, { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' })).toEqual([]);
  expect(
    trusts(allow, { Effect: 'Deny', Principal: '*', Action: 'sts:*', Condition: { Bool: { a: 'true' } } }),
  ).toHaveLength(1);
  expect(trusts({ ...allow, Action: ['sts:TagSession', 'sts:SetSourceIdentity'] })).toEqual([]);
  expect(trusts({ Effect: 'Allow', Principal: '*', NotAction: 'sts:AssumeRole' }).map(({ who }) => who)).toEqual([
    'everyone',
  ]);
  expect(trusts({ Effect: 'Allow', Principal: '*', NotAction: 'sts:*' })).toEqual([]);
});

test('principals are sorted, and each is told once', () => {
  const allow = { Effect: 'Allow', Action: 'sts:AssumeRole' };
  const found = trusts(
    { ...allow, Principal: { Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] } },
    { ...allow, Principal: { Service: 'ec2.amazonaws.com' } },
  );
  expect(found.map(({ principal }) => principal)).toEqual(['ec2.amazonaws.com', 'lambda.amazonaws.com']);
});
