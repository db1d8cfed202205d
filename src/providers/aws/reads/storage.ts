import type {
  DescribeRepositoriesRequest,
  DescribeRepositoriesResponse,
  GetRepositoryPolicyRequest,
  GetRepositoryPolicyResponse,
  Repository,
} from '@aws-sdk/client-ecr';
import type {
  Bucket,
  GetBucketAclOutput,
  GetBucketAclRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  GetBucketPolicyOutput,
  GetBucketPolicyRequest,
  GetBucketPolicyStatusOutput,
  GetBucketPolicyStatusRequest,
  GetPublicAccessBlockOutput,
  GetPublicAccessBlockRequest,
  ListBucketsOutput,
  ListBucketsRequest,
} from '@aws-sdk/client-s3';
import type {
  GetPublicAccessBlockOutput as GetAccountBlockOutput,
  GetPublicAccessBlockRequest as GetAccountBlockRequest,
} from '@aws-sdk/client-s3-control';
import { list, read, token } from '../read.ts';

export type { Repository } from '@aws-sdk/client-ecr';
export type { Bucket, GetBucketAclOutput, PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';

/** `BucketRegion` is answered only when a size is asked for. */
export const listBuckets = list<ListBucketsRequest, ListBucketsOutput, Bucket>(
  's3',
  'ListBuckets',
  's3:ListAllMyBuckets',
  {
    size: { MaxBuckets: 1000 },
    items: ({ Buckets }) => Buckets,
    next: ({ ContinuationToken }) => token('ContinuationToken', ContinuationToken),
  },
);

export const getBucketLocation = read<GetBucketLocationRequest, GetBucketLocationOutput>(
  's3',
  'GetBucketLocation',
  's3:GetBucketLocation',
);

export const getBucketBlock = read<GetPublicAccessBlockRequest, GetPublicAccessBlockOutput>(
  's3',
  'GetPublicAccessBlock',
  's3:GetBucketPublicAccessBlock',
  { absent: ['NoSuchPublicAccessBlockConfiguration'] },
);

export const getBucketPolicy = read<GetBucketPolicyRequest, GetBucketPolicyOutput>(
  's3',
  'GetBucketPolicy',
  's3:GetBucketPolicy',
  { absent: ['NoSuchBucketPolicy'] },
);

export const getBucketPolicyStatus = read<GetBucketPolicyStatusRequest, GetBucketPolicyStatusOutput>(
  's3',
  'GetBucketPolicyStatus',
  's3:GetBucketPolicyStatus',
  { absent: ['NoSuchBucketPolicy'] },
);

export const getBucketAcl = read<GetBucketAclRequest, GetBucketAclOutput>('s3', 'GetBucketAcl', 's3:GetBucketAcl');

export const getAccountBlock = read<GetAccountBlockRequest, GetAccountBlockOutput>(
  's3Control',
  'GetPublicAccessBlock',
  's3:GetAccountPublicAccessBlock',
  { absent: ['NoSuchPublicAccessBlockConfiguration'] },
);

export const describeRepositories = list<DescribeRepositoriesRequest, DescribeRepositoriesResponse, Repository>(
  'ecr',
  'DescribeRepositories',
  'ecr:DescribeRepositories',
  {
    size: { maxResults: 1000 },
    items: ({ repositories }) => repositories,
    next: ({ nextToken }) => token('nextToken', nextToken),
  },
);

export const getRepositoryPolicy = read<GetRepositoryPolicyRequest, GetRepositoryPolicyResponse>(
  'ecr',
  'GetRepositoryPolicy',
  'ecr:GetRepositoryPolicy',
  { absent: ['RepositoryPolicyNotFoundException'] },
);
