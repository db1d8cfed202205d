import type { Together } from '../domain/check.ts';
import { CodedError } from '../domain/coded-error.ts';
import type { Account, AwsReader } from '../providers/aws/reader.ts';
import type { StatefulApp } from './app.ts';

/** An AWS account for a command that is about nothing else. Throws ACCOUNT_AWAY. */
export async function openAccount(
  app: StatefulApp,
  profile: string | undefined,
  together: Together,
): Promise<{ readonly reader: AwsReader; readonly account: Account }> {
  const reader = await app.readers.of('aws');
  if (!isAwsReader(reader)) throw new CodedError('INTERNAL', 'the provider "aws" has no reader of AWS');
  const [opened] = await reader.accounts({ profiles: profile === undefined ? [] : [profile] }, together);
  if (opened?.status === 'open') return { reader, account: opened.account };
  throw new CodedError('ACCOUNT_AWAY', opened?.failure.message ?? 'there is no account to look at', {
    next: 'see who you are: aws sts get-caller-identity',
  });
}

function isAwsReader(reader: unknown): reader is AwsReader {
  return typeof reader === 'object' && reader !== null && 'accounts' in reader && 'paidToday' in reader;
}
