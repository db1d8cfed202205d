import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Read } from '../../../src/providers/aws/read.ts';
import type { ServiceName } from '../../../src/providers/aws/services.ts';
import { credentialReport } from './an-account.ts';
import type { FakeAws } from './fake-aws.ts';

const FOLDER = join(import.meta.dirname, '../../../src/providers/aws/reads');

/** Every line of the closed table of reads. */
export async function allReads(): Promise<readonly Read<object, object>[]> {
  const modules = await Promise.all(
    readdirSync(FOLDER).map(async (file) => (await import(join(FOLDER, file))) as Readonly<Record<string, unknown>>),
  );
  return modules.flatMap((module) => Object.values(module).filter(isRead));
}

function isRead(value: unknown): value is Read<object, object> {
  return typeof value === 'object' && value !== null && 'operation' in value && 'permission' in value;
}

/** An account in which there is nothing: everything that may be asked is answered, and holds nothing. */
export async function emptyAccount(aws: FakeAws): Promise<void> {
  for (const { service, operation } of await allReads()) {
    const name: `${ServiceName}.${string}` = `${service}.${operation}`;
    if (name !== 'sts.GetCallerIdentity') aws.on(name, () => ({}));
  }
  // Even so there is a root user, of whom IAM always speaks.
  aws.on('iam.GetAccountSummary', () => ({ SummaryMap: { AccountAccessKeysPresent: 0, AccountMFAEnabled: 1 } }));
  aws.on('iam.GetCredentialReport', () =>
    credentialReport(new Date(0), { user: '<root_account>', password_enabled: 'not_supported', mfa_active: 'true' }),
  );
  aws.on('ec2.DescribeRegions', () => ({ Regions: [{ RegionName: 'eu-central-1' }] }));
}
