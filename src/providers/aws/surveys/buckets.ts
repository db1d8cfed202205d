import type { Failure } from '../../../domain/check.ts';
import { readPolicy, type PolicyStatement } from '../policy-document.ts';
import type { Account } from '../reader.ts';
import {
  getAccountBlock,
  getBucketAcl,
  getBucketBlock,
  getBucketPolicy,
  getBucketPolicyStatus,
  listBuckets,
  type Bucket,
  type GetBucketAclOutput,
  type PublicAccessBlockConfiguration,
} from '../reads/storage.ts';
import { surveyor, type Survey, type Surveyor } from './survey.ts';

/** A bucket, and who it lets in. */
export interface SurveyedBucket {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  /** The four blocks, each of the bucket's and the account's own together. */
  readonly blocked: Blocks;
  /** Whether S3 calls its policy public; false where it has none. */
  readonly policyPublic: boolean;
  readonly statements: readonly PolicyStatement[];
  /** Rights of everybody, and of everybody with an AWS account, by its ACL: `everybody READ`. */
  readonly grants: readonly string[];
}

export interface Blocks {
  readonly newAcls: boolean;
  readonly acls: boolean;
  readonly newPolicies: boolean;
  readonly policies: boolean;
}

/** The blocks of the account as a whole. */
export interface SurveyedAccountBlock {
  readonly blocks: Blocks | null;
  readonly failure: Failure | null;
}

/** What of a bucket lets strangers in: an ACL that is not ignored, a public policy that is not restricted. */
export function publicWays({ blocked, policyPublic, grants }: SurveyedBucket): readonly string[] {
  return [
    ...(policyPublic && !blocked.policies ? ['a public policy'] : []),
    ...(blocked.acls ? [] : grants.map((grant) => `an ACL (${grant})`)),
  ];
}

/** Every bucket of the account, each asked in its own region. */
export async function surveyBuckets(
  account: Account,
  signal: AbortSignal,
): Promise<Survey<SurveyedBucket> & { readonly block: SurveyedAccountBlock }> {
  const look = surveyor(account, account.home, signal);
  const all = { kind: 'bucket', all: `arn:${account.partition}:s3:::*` };
  const [buckets, block] = await Promise.all([
    look.list(listBuckets, {}, all),
    account.home.ask(getAccountBlock, { AccountId: account.id }, signal),
  ]);
  const ofAccount =
    block.status === 'unknown'
      ? { blocks: null, failure: block.failure }
      : { blocks: blocksOf(block.value?.PublicAccessBlockConfiguration), failure: null };
  if (ofAccount.failure !== null)
    look.hide({ kind: 'account-block', all: `arn:${account.partition}:s3::${account.id}:*` }, ofAccount.failure);
  const seen = await Promise.all(buckets.map((bucket) => surveyed(look, account, bucket, ofAccount.blocks, signal)));
  return { seen: seen.filter((each) => each !== null), hidden: look.hidden(), block: ofAccount };
}

async function surveyed(
  look: Surveyor,
  account: Account,
  { Name: name = '', BucketRegion }: Bucket,
  ofAccount: Blocks | null,
  signal: AbortSignal,
): Promise<SurveyedBucket | null> {
  signal.throwIfAborted();
  const arn = `arn:${account.partition}:s3:::${name}`;
  const of = { kind: 'bucket', all: `arn:${account.partition}:s3:::*`, one: { name, arn } };
  const region = BucketRegion ?? account.home.region;
  const place = account.in(region);
  const input = { Bucket: name };
  const [block, status, policy, acl] = await Promise.all([
    look.ask(getBucketBlock, input, of, place),
    look.ask(getBucketPolicyStatus, input, of, place),
    look.ask(getBucketPolicy, input, of, place),
    look.ask(getBucketAcl, input, of, place),
  ]);
  // A part that could not be read could be the one that lets everybody in.
  if (block === undefined || status === undefined || policy === undefined || acl === undefined) return null;
  const read = policy?.Policy === undefined ? null : readPolicy(policy.Policy);
  if (read?.status === 'unknown') {
    look.hide(of, read.failure);
    return null;
  }
  return {
    name,
    arn,
    region,
    blocked: either(blocksOf(block?.PublicAccessBlockConfiguration), ofAccount),
    policyPublic: status?.PolicyStatus?.IsPublic === true,
    statements: read?.value ?? [],
    grants: grantsOf(acl),
  };
}

function blocksOf(configuration: PublicAccessBlockConfiguration | undefined): Blocks {
  return {
    newAcls: configuration?.BlockPublicAcls === true,
    acls: configuration?.IgnorePublicAcls === true,
    newPolicies: configuration?.BlockPublicPolicy === true,
    policies: configuration?.RestrictPublicBuckets === true,
  };
}

function either(one: Blocks, other: Blocks | null): Blocks {
  return {
    newAcls: one.newAcls || other?.newAcls === true,
    acls: one.acls || other?.acls === true,
    newPolicies: one.newPolicies || other?.newPolicies === true,
    policies: one.policies || other?.policies === true,
  };
}

const GROUPS: Readonly<Record<string, string>> = {
  'http://acs.amazonaws.com/groups/global/AllUsers': 'everybody',
  'http://acs.amazonaws.com/groups/global/AuthenticatedUsers': 'everybody with an AWS account',
};

function grantsOf(acl: GetBucketAclOutput | null): readonly string[] {
  const grants = (acl?.Grants ?? []).flatMap(({ Grantee, Permission }) => {
    const who = GROUPS[Grantee?.URI ?? ''];
    return who === undefined ? [] : [`${who} ${Permission ?? ''}`];
  });
  return [...new Set(grants)].toSorted();
}
