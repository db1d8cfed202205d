import * as z from 'zod';
import type { Check, FindingDraft, Observation, Seen } from '../../domain/check.ts';
import { printable } from '../../domain/printable.ts';
import { policyAccess, type AwsReader } from '../../providers/aws/reader.ts';
import { publicWays, surveyBuckets } from '../../providers/aws/surveys/buckets.ts';
import { SHARED_KINDS, surveyShared } from '../../providers/aws/surveys/shared-copies.ts';
import { evidenceFrom } from '../evidence.ts';
import { regionShape } from './account-params.ts';
import { awsLine, resourceIn } from './aws-line.ts';
import { lookAtAws, tallyWords, type Scene } from './scene.ts';
import { hideUnread } from './surveyed.ts';

const dataParams = z.strictObject({
  ...regionShape,
  publicBuckets: z.array(z.string().min(1)).default([]).describe('Names of buckets that are public on purpose.'),
});
type DataParams = z.output<typeof dataParams>;

const bucketFacts = z.object({
  about: z.literal('bucket'),
  bucket: z.string(),
  region: z.string(),
  ways: z.array(z.string()),
  writes: z.boolean(),
  outsiders: z.array(z.string()),
});
const copyFacts = z.object({
  about: z.literal('copy'),
  kind: z.enum(SHARED_KINDS),
  name: z.string(),
  everybody: z.boolean(),
  accounts: z.array(z.string()),
  of: z.string().nullable(),
});

export const check: Check<AwsReader, DataParams> = {
  id: 'aws/exposure-data',
  title: 'Buckets, snapshots and images that others can read',
  keywords: ['bucket', 's3', 'snapshot', 'ami', 'image', 'exposed', 'public', 'exposure', 'security', 'data', 'shared'],
  description: `Looks at every bucket (policy, ACL, its blocks and those of the account) and at copies of data that were given away.

Reports:
- **public** a bucket that everybody can use: by a policy that S3 calls public and that no block restricts, or by an ACL that no block ignores (critical). Which of them may be so, \`publicBuckets\` says.
- **shared-with** a bucket whose policy lets other accounts in (low), with which.
- **shared** a snapshot of EBS or RDS, or an image, that is public (critical for snapshots, high for images); a snapshot of RDS that other accounts may restore (low).

A bucket of which a part could not be read is unknown: that part could be the one that lets everybody in. Tried against a server that speaks AWS's protocols by the SDK's schemas and answers in the shape of recorded answers; not against a live account.`,
  standalone: true,
  nightly: true,
  params: dataParams,
  timeoutMs: 600_000,
  read: async (reader, params, context) => {
    const [buckets, copies] = await Promise.all([
      lookAtAws(reader, params, context, 'account', seeBuckets),
      lookAtAws(reader, params, context, 'regions', seeCopies),
    ]);
    const known = new Set(copies.map(({ resource }) => resource));
    return [...copies, ...buckets.filter(({ resource }) => !known.has(resource))];
  },
  judge: (seen, params) => {
    const bucket = bucketFacts.safeParse(seen.facts);
    if (bucket.success) return judgeBucket(bucket.data, params);
    const copy = copyFacts.safeParse(seen.facts);
    return copy.success ? judgeCopy(seen, copy.data) : [];
  },
  summary: tallyWords,
};

async function seeBuckets(scene: Scene): Promise<readonly Observation[]> {
  const survey = await surveyBuckets(scene.account, scene.signal);
  hideUnread(scene, survey);
  return survey.seen.flatMap((bucket): readonly Seen[] => {
    const ways = publicWays(bucket);
    const { everybody, outsiders } = policyAccess(bucket.statements, scene.account.id);
    if (ways.length === 0 && outsiders.length === 0) return [];
    const mayWrite = [...everybody, ...bucket.grants].some((right) =>
      /Put|Delete|Write|FULL_CONTROL|WRITE|\*/.test(right),
    );
    return [
      scene.see(bucket.arn, bucket.name, {
        about: 'bucket',
        bucket: printable(bucket.name),
        region: bucket.region,
        ways: ways.map(printable),
        writes: ways.length > 0 && mayWrite,
        outsiders: outsiders.map(printable),
      }),
    ];
  });
}

async function seeCopies(scene: Scene): Promise<readonly Observation[]> {
  const survey = await surveyShared(scene.account, scene.place, scene.signal);
  hideUnread(scene, survey);
  return survey.seen.map(({ kind, arn, name, everybody, accounts, of }) =>
    scene.see(arn, name, { about: 'copy', kind, name: printable(name), everybody, accounts: [...accounts], of }),
  );
}

function judgeBucket(facts: z.output<typeof bucketFacts>, { publicBuckets }: DataParams): readonly FindingDraft[] {
  const { bucket, region, ways, writes, outsiders } = facts;
  const line = `aws s3api get-bucket-policy --bucket ${bucket} --region ${region}`;
  const evidence = evidenceFrom(
    's3:GetBucketPolicyStatus, GetBucketAcl, GetPublicAccessBlock',
    ['by', ways],
    ['may write', writes],
    ['other accounts', outsiders],
  );
  const isMeant = publicBuckets.includes(bucket);
  return [
    ...(ways.length === 0 || isMeant
      ? []
      : [
          {
            discriminator: 'public',
            severity: 'critical',
            evidenceClass: writes ? 'write' : 'read',
            title: `The bucket ${bucket} is public by ${ways.join(' and ')}${writes ? ': everybody may write' : ''}`,
            why: 'Everybody on the internet may use it, and its name is all that they need.',
            next: `Block public access to it, unless it is meant (publicBuckets): ${line}`,
            evidence,
          } as const,
        ]),
    ...(outsiders.length === 0
      ? []
      : [
          {
            discriminator: 'shared-with',
            severity: 'low',
            title: `The bucket ${bucket} lets ${outsiders.length === 1 ? 'another account' : `${outsiders.length} others`} in`,
            why: 'What happens there with the data is not seen here.',
            next: `See who, and whether they still should: ${line}`,
            evidence,
          } as const,
        ]),
  ];
}

const NOUNS = {
  snapshot: 'EBS snapshot',
  image: 'image',
  'db-snapshot': 'database snapshot',
  'db-cluster-snapshot': 'database cluster snapshot',
} as const;

function judgeCopy(
  { resource }: Seen,
  { kind, name, everybody, accounts, of }: z.output<typeof copyFacts>,
): readonly FindingDraft[] {
  const words = everybody
    ? 'is public'
    : `was given to ${accounts.length === 1 ? 'another account' : `${accounts.length} other accounts`}`;
  return [
    {
      discriminator: 'shared',
      severity: !everybody ? 'low' : kind === 'image' ? 'high' : 'critical',
      evidenceClass: everybody ? 'public' : 'accounts',
      title: `The ${NOUNS[kind]} ${name} ${words}${of === null ? '' : ` (of ${printable(of)})`}`,
      why: everybody
        ? 'Everybody with an AWS account can make a disk or a database of it and read all that is on it.'
        : 'They can make a database of it, and read all that is in it.',
      next: `See it, and make it private: ${lineOf(resource, kind, name)}`,
      evidence: evidenceFrom(SOURCES[kind], ['everybody', everybody], ['accounts', accounts], ['of', of]),
    },
  ];
}

const SOURCES = {
  snapshot: 'ec2:DescribeSnapshots',
  image: 'ec2:DescribeImages',
  'db-snapshot': 'rds:DescribeDBSnapshotAttributes',
  'db-cluster-snapshot': 'rds:DescribeDBClusterSnapshotAttributes',
} as const;

function lineOf(resource: string, kind: keyof typeof NOUNS, name: string): string {
  const id = resourceIn(resource).split(/[:/]/).at(-1) ?? name;
  switch (kind) {
    case 'snapshot':
      return awsLine(
        resource,
        'ec2',
        'describe-snapshot-attribute',
        '--snapshot-id',
        id,
        '--attribute',
        'createVolumePermission',
      );
    case 'image':
      return awsLine(resource, 'ec2', 'describe-image-attribute', '--image-id', id, '--attribute', 'launchPermission');
    case 'db-snapshot':
      return awsLine(resource, 'rds', 'describe-db-snapshot-attributes', '--db-snapshot-identifier', name);
    case 'db-cluster-snapshot':
      return awsLine(
        resource,
        'rds',
        'describe-db-cluster-snapshot-attributes',
        '--db-cluster-snapshot-identifier',
        name,
      );
    default:
      return kind satisfies never;
  }
}
