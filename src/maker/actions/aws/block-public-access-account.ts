import * as z from 'zod';
import { seen } from '../../../domain/failure.ts';
import { getAccountBlock } from '../../../providers/aws/reads/storage.ts';
import { putAccountBlock } from '../../../providers/aws/writer.ts';
import { blockRisk, blocksIn, blocksParam, configurationOf, ordered } from './block-words.ts';
import { draftOf, oneChange } from './one-change.ts';
import { regionParams } from './account.ts';

const params = z.strictObject({
  profile: regionParams.profile,
  account: z
    .string()
    .regex(/^\d{12}$/, 'twelve digits')
    .describe('The account, said once more: it must be the one that the credentials lead to.'),
  blocks: blocksParam,
});

export const action = oneChange({
  id: 'aws/block-public-access-account',
  title: 'Block public access to all buckets of an account',
  description: `Sets the four parts of the account's block of public access, which holds for every bucket and access point of it, now and later. What was on before is recorded, and the undo sets just that again.

Websites and downloads out of public buckets stop: see aws/exposure-data for which there are. Tried against a server that speaks AWS's protocols by the SDK's schemas; not against a live account.`,
  params,
  subject: ({ partition, id }) => ({ resource: `arn:${partition}:s3::${id}:account`, name: `account ${id}` }),
  look: async ({ account, signal }, { account: meant }) => {
    if (account.id !== meant) return seen(null);
    const block = await account.home.ask(getAccountBlock, { AccountId: account.id }, signal);
    if (block.status === 'unknown') return block;
    const blocks = blocksIn(block.value?.PublicAccessBlockConfiguration);
    return seen({ identity: {}, rests: { blocks }, shown: { Blocks: blocks.length === 0 ? 'none' : blocks } });
  },
  after: ({ blocks }) => ({ blocks: ordered(blocks) }),
  summary: ({ account, blocks }) =>
    `Set the block of public access of the account ${account} (${blocks.length} of 4 parts)`,
  write: putAccountBlock,
  input: ({ account, blocks }) => ({ AccountId: account, PublicAccessBlockConfiguration: configurationOf(blocks) }),
  risk: ({ blocks }, { rests }) => {
    const { reasons } = blockRisk(blocks, rests['blocks'], false);
    return { level: 'high', reasons: [...reasons, 'it holds for every bucket of the account'] };
  },
  undo: (given, { rests }) => ({
    possible: true,
    words: 'set the parts as they were (recorded)',
    draft: draftOf('aws/block-public-access-account', { ...given, blocks: rests['blocks'] ?? [] }),
  }),
});
