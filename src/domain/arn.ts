/** What kind of resource an ARN names: `ec2:instance`, `rds:db`, `s3:bucket`; the service alone where it says no kind. */
export function kindInArn(arn: string): string {
  const [, , service = '', , , ...rest] = arn.split(':');
  const kind = UNNAMED[service] ?? /^([^:/]+)[:/]/.exec(rest.join(':'))?.[1];
  return kind === undefined ? service : `${service}:${kind}`;
}

/** The region that an ARN names; null where it names none. */
export function regionInArn(arn: string): string | null {
  const region = arn.startsWith('arn:') ? (arn.split(':')[3] ?? '') : '';
  return region === '' ? null : region;
}

/** Kinds of the resources whose ARNs name none. */
const UNNAMED: Readonly<Record<string, string | undefined>> = { s3: 'bucket', sns: 'topic', sqs: 'queue' };
