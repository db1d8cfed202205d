import type { Failure } from '../../domain/check.ts';
import type { InventorySource } from '../../domain/inventory.ts';
import { identitiesOf, readCredentialReport, type AwsReader, type ReportedUser } from '../../providers/aws/reader.ts';
import { getAccountAuthorizationDetails } from '../../providers/aws/reads/identity.ts';
import { scanAws, type Scan } from './scan.ts';

export const source: InventorySource<AwsReader> = {
  id: 'aws/users',
  title: 'IAM users, and who is in which group',
  description: `One fact for each IAM user of the account: its ARN, its groups, the boundary that limits it, whether it has a password for the console, and whether a second factor is asked for.

Password and second factor are from IAM's credential report, which is made at most every four hours. Of a user that is newer than the report they are incomparable until the next one; that the user is there is told at once. When they were last used is left out, as it changes by itself.

Users of a directory or of Identity Center are not IAM's, and are not read: the roles that they become are, with what they may do (\`aws/permissions\`) and who may become them (\`aws/role-trust\`).`,
  kinds: {
    'iam-user': { noun: 'an IAM user', added: 'high', removed: 'low', changed: 'high' },
  },
  timeoutMs: 120_000,
  read: (reader, context) => scanAws(reader, context, ['iam-user'], 'account', readUsers),
};

async function readUsers(scan: Scan): Promise<void> {
  const [pages, report] = await Promise.all([
    scan.list(getAccountAuthorizationDetails, {}, ['iam-user']),
    readCredentialReport(scan.place, scan.signal),
  ]);
  const reported = new Map<string, ReportedUser>(
    report.status === 'seen' ? report.value.users.map((user) => [user.arn, user]) : [],
  );
  for (const { name, arn, groups, boundary } of identitiesOf(pages).users) {
    const known = reported.get(arn);
    const trouble = report.status === 'unknown' ? report.failure : known === undefined ? NEWER : null;
    if (trouble !== null) scan.hide('iam-user', name, trouble);
    scan.fact('iam-user', name, {
      arn,
      groups: [...groups],
      boundary: boundary?.name ?? null,
      console: known?.hasPassword ?? null,
      mfa: known?.hasMfa ?? null,
    });
  }
}

const NEWER: Failure = {
  code: 'REPORT_OLDER',
  message: 'The user is newer than the credential report: IAM makes the next one within four hours.',
};
