import type { RoleDetail, UserDetail } from '../../../src/providers/aws/reads/identity.ts';
import { ACCOUNT } from './fake-aws.ts';

/** `arn:aws:iam::123456789012` */
export const IAM = `arn:aws:iam::${ACCOUNT}`;

/** A policy as IAM sends it: JSON in URL encoding. */
export function policyDocument(...statements: readonly object[]): string {
  return encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
}

export function allow(
  action: string | readonly string[],
  resource: string | readonly string[] = '*',
  more = {},
): object {
  return { Effect: 'Allow', Action: action, Resource: resource, ...more };
}

/** A user with an inline policy of these statements. */
export function aUser(name: string, ...statements: readonly object[]): UserDetail {
  return {
    UserName: name,
    Path: '/',
    Arn: `${IAM}:user/${name}`,
    UserPolicyList:
      statements.length === 0 ? [] : [{ PolicyName: 'own', PolicyDocument: policyDocument(...statements) }],
  };
}

/** A role with an inline policy of these statements, that EC2 may become. */
export function aRole(name: string, ...statements: readonly object[]): RoleDetail {
  return {
    RoleName: name,
    Path: '/',
    Arn: `${IAM}:role/${name}`,
    AssumeRolePolicyDocument: trust({ Service: 'ec2.amazonaws.com' }),
    RolePolicyList:
      statements.length === 0 ? [] : [{ PolicyName: 'own', PolicyDocument: policyDocument(...statements) }],
  };
}

export function trust(principal: unknown, condition?: unknown, action = 'sts:AssumeRole'): string {
  return policyDocument({
    Effect: 'Allow',
    Principal: principal,
    Action: action,
    ...(condition === undefined ? {} : { Condition: condition }),
  });
}

const COLUMNS = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  'access_key_1_active',
  'access_key_1_last_rotated',
  'access_key_1_last_used_date',
  'access_key_1_last_used_region',
  'access_key_1_last_used_service',
  'access_key_2_active',
  'access_key_2_last_rotated',
  'access_key_2_last_used_date',
  'access_key_2_last_used_region',
  'access_key_2_last_used_service',
  'cert_1_active',
  'cert_1_last_rotated',
  'cert_2_active',
  'cert_2_last_rotated',
] as const;

export type ReportRow = Partial<Record<(typeof COLUMNS)[number], string>> & { readonly user: string };

/** A credential report; what a row does not say is what IAM says of a user without anything. */
export function credentialReport(generated: Date, ...rows: readonly ReportRow[]): object {
  const lines = rows.map((row) =>
    COLUMNS.map((column) => {
      if (column === 'arn') return row.arn ?? `${IAM}:${row.user === '<root_account>' ? 'root' : `user/${row.user}`}`;
      return row[column] ?? (/enabled|active/.test(column) ? 'false' : 'N/A');
    }).join(','),
  );
  return {
    Content: Buffer.from([COLUMNS.join(','), ...lines].join('\n')),
    ReportFormat: 'text/csv',
    GeneratedTime: generated,
  };
}
