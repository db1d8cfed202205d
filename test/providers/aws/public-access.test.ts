import { describe, expect, test } from 'vitest';
import { canonicalPolicy, readPolicy } from '../../../src/providers/aws/policy-document.ts';
import { fits, policyAccess, type PolicyAccess } from '../../../src/providers/aws/public-access.ts';

const ACCOUNT = '123456789012';
const OTHER = 'arn:aws:iam::999999999999:root';

function accessOf(...statements: readonly object[]): PolicyAccess {
  const read = readPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  if (read.status === 'unknown') throw new Error(read.failure.message);
  return policyAccess(read.value, ACCOUNT);
}

const allow = (more: object = {}): object => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'sqs:SendMessage',
  Resource: '*',
  ...more,
});
const PUBLIC = { everybody: ['sqs:SendMessage'], outsiders: [], conditional: [] };
const NOBODY = { everybody: [], outsiders: [], conditional: [] };

describe('who a policy lets in', () => {
  test.each<readonly [string, readonly object[], PolicyAccess]>([
    ['everybody, as "*"', [allow()], PUBLIC],
    ['everybody, as { AWS: "*" }', [allow({ Principal: { AWS: '*' } })], PUBLIC],
    ['everybody, as { AWS: ["*", own] }', [allow({ Principal: { AWS: ['*', ACCOUNT] } })], PUBLIC],
    ['everyone but one, which is everybody', [allow({ Principal: undefined, NotPrincipal: { AWS: OTHER } })], PUBLIC],
    [
      'every action but one',
      [allow({ Action: undefined, NotAction: 'sqs:DeleteQueue' })],
      { ...PUBLIC, everybody: ['all but sqs:DeleteQueue'] },
    ],
    ['the account itself', [allow({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } })], NOBODY],
    ['the account by its number', [allow({ Principal: { AWS: ACCOUNT } })], NOBODY],
    ['a role of the account', [allow({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/app` } })], NOBODY],
    ['another account', [allow({ Principal: { AWS: OTHER } })], { ...NOBODY, outsiders: [`AWS:${OTHER}`] }],
    ['a service of AWS', [allow({ Principal: { Service: 'sns.amazonaws.com' } })], NOBODY],
    [
      'a federation',
      [allow({ Principal: { Federated: 'cognito-identity.amazonaws.com' } })],
      { ...NOBODY, outsiders: ['Federated:cognito-identity.amazonaws.com'] },
    ],
    [
      'everybody of the own account',
      [allow({ Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } })],
      NOBODY,
    ],
    [
      'everybody of another account',
      [allow({ Condition: { StringEquals: { 'AWS:SourceAccount': '999999999999' } } })],
      { ...NOBODY, outsiders: ['AWS:999999999999'], conditional: ['aws:sourceaccount'] },
    ],
    [
      'everybody of an organisation',
      [allow({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } })],
      { ...NOBODY, conditional: ['aws:principalorgid'] },
    ],
    ['an organisation that may be any', [allow({ Condition: { StringLike: { 'aws:PrincipalOrgID': '*' } } })], PUBLIC],
    [
      'an organisation, if the key is there',
      [allow({ Condition: { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } } })],
      PUBLIC,
    ],
    [
      'all values of a key that may be absent',
      [allow({ Condition: { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-1' } } })],
      PUBLIC,
    ],
    [
      'any value of a key that is there',
      [allow({ Condition: { 'ForAnyValue:StringEquals': { 'aws:PrincipalOrgPaths': 'o-1/r-1/*' } } })],
      { ...NOBODY, conditional: ['aws:principalorgpaths'] },
    ],
    [
      'everything but an organisation',
      [allow({ Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } })],
      PUBLIC,
    ],
    [
      'from an address',
      [allow({ Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } })],
      { ...NOBODY, conditional: ['aws:sourceip'] },
    ],
    [
      'from every address',
      [allow({ Condition: { IpAddress: { 'aws:SourceIp': ['198.51.100.0/24', '0.0.0.0/0'] } } })],
      PUBLIC,
    ],
    ['not from an address', [allow({ Condition: { NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } })], PUBLIC],
    [
      'from a VPC endpoint',
      [allow({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } })],
      { ...NOBODY, conditional: ['aws:sourcevpce'] },
    ],
    [
      'from a topic of its own',
      [allow({ Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:${ACCOUNT}:*` } } })],
      NOBODY,
    ],
    ['from any topic', [allow({ Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:*' } } })], PUBLIC],
    [
      'from a bucket, whose ARN has no account',
      [allow({ Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::uploads' } } })],
      { ...NOBODY, conditional: ['aws:sourcearn'] },
    ],
    [
      'only over TLS, which narrows nothing',
      [allow({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      PUBLIC,
    ],
    [
      'two conditions, one of which narrows',
      [
        allow({
          Condition: { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
        }),
      ],
      { ...NOBODY, conditional: ['aws:principalorgid'] },
    ],
    ['a Deny of the same', [allow(), { Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' }], NOBODY],
    [
      'a Deny with a condition covers nothing',
      [
        allow(),
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
      PUBLIC,
    ],
    [
      'a Deny of another action',
      [allow(), { Effect: 'Deny', Principal: '*', Action: 'sqs:DeleteQueue', Resource: '*' }],
      PUBLIC,
    ],
    [
      'a Deny for somebody',
      [allow(), { Effect: 'Deny', Principal: { AWS: OTHER }, Action: 'sqs:*', Resource: '*' }],
      PUBLIC,
    ],
    [
      'a Deny of every action but this',
      [allow(), { Effect: 'Deny', Principal: '*', NotAction: 'sqs:SendMessage', Resource: '*' }],
      PUBLIC,
    ],
    ['a Deny alone', [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }], NOBODY],
    ['nothing', [], NOBODY],
  ])('%s', (_, statements, expected) => {
    expect(accessOf(...statements)).toEqual(expected);
  });
});

test.each([
  '',
  'null',
  '[]',
  '"*"',
  '{"Statement":[{"Effect":"Maybe"}]}',
  '{"Statement":[{"Effect":"Allow","Principal":5}]}',
  '{"Statement":[{"Effect":"Allow","Action":[{}]}]}',
  '{"Statement":[{"Effect":"Allow","Condition":{"StringEquals":"x"}}]}',
  '{"Statement":"x"}',
])('what is no policy is unknown: %s', (text) => {
  expect(readPolicy(text)).toMatchObject({ status: 'unknown', failure: { code: 'POLICY_INVALID' } });
});

test('a policy in URL encoding, and one statement that is no list, are read', () => {
  const text = JSON.stringify({ Statement: { Effect: 'Allow', Action: 'a:B', Resource: '*' } });
  expect(readPolicy(encodeURIComponent(text))).toEqual(readPolicy(text));
});

test('policies that mean the same are the same, and one that is wider is not', () => {
  const canonical = (...statements: readonly object[]): unknown => {
    const read = readPolicy(JSON.stringify({ Statement: statements }));
    return read.status === 'seen' ? canonicalPolicy(read.value) : null;
  };
  const one = {
    Sid: 'a',
    Effect: 'Allow',
    Principal: { AWS: ['1', '2'] },
    Action: ['s3:Get', 's3:Put'],
    Resource: 'r',
    Condition: { StringEquals: { 'aws:SourceVpc': ['v1', 'v2'] } },
  };
  const same = {
    Effect: 'Allow',
    Resource: ['r'],
    Action: ['s3:Put', 's3:Get', 's3:Get'],
    Principal: { AWS: ['2', '1'] },
    Condition: { StringEquals: { 'AWS:sourcevpc': ['v2', 'v1'] } },
  };
  const other = { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' };
  expect(canonical(one, other)).toEqual(canonical(other, same));
  expect(canonical({ ...one, Action: 's3:*' }, other)).not.toEqual(canonical(one, other));
});

test.each([
  ['s3:*', 's3:GetObject', true],
  ['s3:Get?bject', 's3:GetObject', true],
  ['*', '', true],
  ['s3:Get*Acl', 's3:GetObjectVersionAcl', true],
  ['s3:Get*Acl', 's3:GetObjectAcls', false],
  ['a*b*c', 'aXXbYYbZc', true],
  ['a*b*c', 'aXXbYYbZ', false],
  [`${'*a'.repeat(30)}b`, 'a'.repeat(5_000), false],
])('%s fits %s: %s', (pattern, text, expected) => {
  expect(fits(pattern, text)).toBe(expected);
});
