import type {
  GetKeyPolicyRequest,
  GetKeyPolicyResponse,
  KeyListEntry,
  DescribeKeyRequest,
  DescribeKeyResponse,
  ListKeysRequest,
  ListKeysResponse,
} from '@aws-sdk/client-kms';
import type {
  GetResourcePolicyRequest,
  GetResourcePolicyResponse,
  ListSecretsRequest,
  ListSecretsResponse,
  SecretListEntry,
} from '@aws-sdk/client-secrets-manager';
import type {
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  ListTopicsInput,
  ListTopicsResponse,
  Topic,
} from '@aws-sdk/client-sns';
import type {
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  ListQueuesRequest,
  ListQueuesResult,
} from '@aws-sdk/client-sqs';
import { list, read, token } from '../read.ts';

/** URLs. */
export const listQueues = list<ListQueuesRequest, ListQueuesResult, string>('sqs', 'ListQueues', 'sqs:ListQueues', {
  size: { MaxResults: 1000 },
  items: ({ QueueUrls }) => QueueUrls,
  next: ({ NextToken }) => token('NextToken', NextToken),
});

/** null: the queue is gone. */
export const getQueueAttributes = read<GetQueueAttributesRequest, GetQueueAttributesResult>(
  'sqs',
  'GetQueueAttributes',
  'sqs:GetQueueAttributes',
  { absent: ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'] },
);

export const listTopics = list<ListTopicsInput, ListTopicsResponse, Topic>('sns', 'ListTopics', 'sns:ListTopics', {
  items: ({ Topics }) => Topics,
  next: ({ NextToken }) => token('NextToken', NextToken),
});

export const getTopicAttributes = read<GetTopicAttributesInput, GetTopicAttributesResponse>(
  'sns',
  'GetTopicAttributes',
  'sns:GetTopicAttributes',
);

export const listKeys = list<ListKeysRequest, ListKeysResponse, KeyListEntry>('kms', 'ListKeys', 'kms:ListKeys', {
  size: { Limit: 1000 },
  items: ({ Keys }) => Keys,
  next: ({ NextMarker }) => token('Marker', NextMarker),
});

export const describeKey = read<DescribeKeyRequest, DescribeKeyResponse>('kms', 'DescribeKey', 'kms:DescribeKey');

export const getKeyPolicy = read<GetKeyPolicyRequest, GetKeyPolicyResponse>('kms', 'GetKeyPolicy', 'kms:GetKeyPolicy');

/** Their names and ages; never what is in them. */
export const listSecrets = list<ListSecretsRequest, ListSecretsResponse, SecretListEntry>(
  'secrets',
  'ListSecrets',
  'secretsmanager:ListSecrets',
  {
    size: { MaxResults: 100 },
    items: ({ SecretList }) => SecretList,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

/** The policy of a secret: who may read it. */
export const getSecretPolicy = read<GetResourcePolicyRequest, GetResourcePolicyResponse>(
  'secrets',
  'GetResourcePolicy',
  'secretsmanager:GetResourcePolicy',
);
