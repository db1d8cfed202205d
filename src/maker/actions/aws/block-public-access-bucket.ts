import * as z from 'zod';
import { seen } from '../../../domain/failure.ts';
import { getBucketBlock, getBucketPolicyStatus, listBuckets } from '../../../providers/aws/reads/storage.ts';
import { putBucketBlock } from '../../../providers/aws/writer.ts';
import { regionParams } from './account.ts';
import { blockRisk, blocksIn, blocksParam, configurationOf, ordered } from './block-words.ts';
import { draftOf, oneChange } from './one-change.ts';

const params = z.strictObject({
  ...regionParams,
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket')
    .describe('The name of the bucket, in its own region.'),
  blocks: blocksParam,
});

export const action = oneChange({
  id: 'aws/block-public-access-bucket',
  title: 'Block public access to a bucket',
  description: `Sets the four parts of a bucket's own block of public access. A bucket without one has all of them off. What was on before is recorded, and the undo sets just that again. Risk says whether its policy is public now, and whether a part would be turned off.

Sealed are the account that owns the bucket, its parts, and whether S3 calls its policy public. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params,
  subject: ({ partition }, { bucket }) => ({ resource: `arn:${partition}:s3:::${bucket}`, name: bucket }),
  look: async ({ place, account, signal }, { bucket }) => {
    // Only the account that owns a bucket has it in its list.
    const owned = await account.home.list(listBuckets, {}, signal);
    if (owned.failure !== null) return { status: 'unknown', failure: owned.failure };
    const own = owned.items.find(({ Name }) => Name === bucket);
    if (own === undefined) return seen(null);
    const [block, status] = await Promise.all([
      place.ask(getBucketBlock, { Bucket: bucket }, signal),
      place.ask(getBucketPolicyStatus, { Bucket: bucket }, signal),
    ]);
    if (block.status === 'unknown') return block;
    if (status.status === 'unknown') return status;
    const blocks = blocksIn(block.value?.PublicAccessBlockConfiguration);
    const policyPublic = status.value?.PolicyStatus?.IsPublic === true;
    return seen({
      identity: { bucket, created: own.CreationDate?.toISOString() ?? null },
      rests: { blocks, policyPublic },
      shown: { Blocks: blocks.length === 0 ? 'none' : blocks, 'Public policy': policyPublic ? 'yes' : 'no' },
    });
  },
  after: ({ blocks }) => ({ blocks: ordered(blocks) }),
  summary: ({ bucket, blocks }) =>
    `Set the block of public access of the bucket ${bucket} (${blocks.length} of 4 parts)`,
  write: putBucketBlock,
  input: ({ bucket, blocks }) => ({ Bucket: bucket, PublicAccessBlockConfiguration: configurationOf(blocks) }),
  risk: ({ blocks }, { rests }) => blockRisk(blocks, rests['blocks'], rests['policyPublic']),
  dependents: async (_at, _given, { rests }) =>
    seen(
      rests['policyPublic'] === true ? ['whoever reads the bucket by its public policy: a website, a download'] : [],
    ),
  undo: (given, { rests }) => ({
    possible: true,
    words: 'set the parts as they were (recorded)',
    draft: draftOf('aws/block-public-access-bucket', { ...given, blocks: rests['blocks'] ?? [] }),
  }),
});
