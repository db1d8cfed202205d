import { shellQuote } from '../shell-quote.ts';

/** A line for a shell: `aws ec2 describe-instances --region eu-central-1`; quoted where it must be. */
export function awsLine(resource: string, ...words: readonly string[]): string {
  const region = regionIn(resource);
  return ['aws', ...words, ...(region === '' ? [] : ['--region', region])].map(shellQuote).join(' ');
}

/** The region in an ARN; empty where it has none. */
export function regionIn(arn: string): string {
  return arn.split(':')[3] ?? '';
}

/** What stands in an ARN after the account: `instance/i-1`, `db:orders`. */
export function resourceIn(arn: string): string {
  return arn.split(':').slice(5).join(':');
}
