import type { SetDesiredCapacityType } from '@aws-sdk/client-auto-scaling';
import type {
  AuthorizeSecurityGroupIngressRequest,
  CreateSnapshotRequest,
  DeleteVolumeRequest,
  ModifySnapshotAttributeRequest,
  ReleaseAddressRequest,
  RevokeSecurityGroupIngressRequest,
  StartInstancesRequest,
  StopInstancesRequest,
} from '@aws-sdk/client-ec2';
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { UpdateAccessKeyRequest } from '@aws-sdk/client-iam';
import type { TagResourcesInput, UntagResourcesInput } from '@aws-sdk/client-resource-groups-tagging-api';
import type { PutPublicAccessBlockRequest } from '@aws-sdk/client-s3';
import type { PutPublicAccessBlockRequest as PutAccountBlockRequest } from '@aws-sdk/client-s3-control';
import type { ServiceName } from './services.ts';
import type { TriableWrite, Write } from './write.ts';

/** Neither takes a client token: a second revocation finds no rule, a second grant is refused as a duplicate. */
export const revokeIngress = triable<RevokeSecurityGroupIngressRequest>('RevokeSecurityGroupIngress');
export const authorizeIngress = triable<AuthorizeSecurityGroupIngressRequest>('AuthorizeSecurityGroupIngress');
/** A second one finds it stopped, or running: nothing more is done. */
export const stopInstances = triable<StopInstancesRequest>('StopInstances');
export const startInstances = triable<StartInstancesRequest>('StartInstances');
export const modifySnapshotAttribute = triable<ModifySnapshotAttributeRequest>('ModifySnapshotAttribute');
export const releaseAddress = triable<ReleaseAddressRequest>('ReleaseAddress');
export const createSnapshot = triable<CreateSnapshotRequest>('CreateSnapshot');
export const deleteVolume = triable<DeleteVolumeRequest>('DeleteVolume');

export const putBucketBlock = plain<PutPublicAccessBlockRequest>(
  's3',
  'PutPublicAccessBlock',
  's3:PutBucketPublicAccessBlock',
);
export const putAccountBlock = plain<PutAccountBlockRequest>(
  's3Control',
  'PutPublicAccessBlock',
  's3:PutAccountPublicAccessBlock',
);
export const updateAccessKey = plain<UpdateAccessKeyRequest>('iam', 'UpdateAccessKey', 'iam:UpdateAccessKey');
export const setDesiredCapacity = plain<SetDesiredCapacityType>(
  'autoScaling',
  'SetDesiredCapacity',
  'autoscaling:SetDesiredCapacity',
);
export const updateService = plain<UpdateServiceRequest>('ecs', 'UpdateService', 'ecs:UpdateService');
/** Beside `tag:TagResources` IAM asks for the right to tag of the service itself (`ec2:CreateTags`, …). */
export const tagResources = plain<TagResourcesInput>('tagging', 'TagResources', 'tag:TagResources');
export const untagResources = plain<UntagResourcesInput>('tagging', 'UntagResources', 'tag:UntagResources');

/** Everything that is ever written in AWS: what the policy for writing is made from. */
export const WRITES: readonly Pick<Write<object, object>, 'service' | 'operation' | 'permission'>[] = [
  revokeIngress,
  authorizeIngress,
  stopInstances,
  startInstances,
  modifySnapshotAttribute,
  releaseAddress,
  createSnapshot,
  deleteVolume,
  putBucketBlock,
  putAccountBlock,
  updateAccessKey,
  setDesiredCapacity,
  updateService,
  tagResources,
  untagResources,
];

/** Of EC2: it takes `DryRun`. */
function triable<Input extends object>(operation: string): TriableWrite<Input, object> {
  return { service: 'ec2', operation, permission: `ec2:${operation}`, dryRun: true };
}

function plain<Input extends object>(
  service: ServiceName,
  operation: string,
  permission: string,
): Write<Input, object> {
  return { service, operation, permission, dryRun: false };
}
