import type { InventorySource } from '../../domain/inventory.ts';
import { canonicalPolicy, type AwsReader } from '../../providers/aws/reader.ts';
import { surveyBuckets, type Blocks } from '../../providers/aws/surveys/buckets.ts';
import { scanAws, type Scan } from './scan.ts';
import { hideUnread } from './surveyed.ts';

const KINDS = ['bucket-access', 'bucket-block'];

export const source: InventorySource<AwsReader> = {
  id: 'aws/buckets',
  title: 'Who buckets of S3 let in',
  description: `- **bucket-access**: of every bucket its policy as sorted statements, whether S3 calls it public, the rights that its ACL gives to everybody, and the four blocks of public access as they hold for it (its own and the account's).
- **bucket-block**: the blocks of the account as a whole.

Each bucket is asked in its own region. One of which a part could not be read is hidden: that part could be the one that lets everybody in. Left out: what is in them, and access points.`,
  kinds: {
    'bucket-access': { noun: 'the access to a bucket', exposes: true, added: 'low', removed: 'info', changed: 'high' },
    'bucket-block': {
      noun: "the account's block of public access",
      exposes: true,
      added: 'low',
      removed: 'critical',
      changed: 'critical',
    },
  },
  timeoutMs: 600_000,
  read: (reader, context) => scanAws(reader, context, KINDS, 'account', readBuckets),
};

async function readBuckets(scan: Scan): Promise<void> {
  const survey = await surveyBuckets(scan.account, scan.signal);
  for (const { name, region, blocked, policyPublic, statements, grants } of survey.seen)
    scan.fact('bucket-access', name, {
      region,
      blocked: blocksText(blocked),
      policyPublic,
      policy: canonicalPolicy(statements),
      everybodyMay: [...grants],
    });
  if (survey.block.blocks !== null) scan.fact('bucket-block', 'account', { blocked: blocksText(survey.block.blocks) });
  // Without the account's blocks nobody knows which of them hold for a bucket.
  hideUnread(scan, survey, (kind) => (kind === 'account-block' ? KINDS : ['bucket-access']));
}

function blocksText(blocks: Blocks): string[] {
  return Object.entries(blocks)
    .filter(([, isOn]) => isOn === true)
    .map(([name]) => name)
    .toSorted();
}
