import type { AutoScalingGroup, AutoScalingGroupsType, AutoScalingGroupNamesType } from '@aws-sdk/client-auto-scaling';
import type {
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListClustersRequest as ListEcsClustersRequest,
  ListClustersResponse as ListEcsClustersResponse,
  ListServicesRequest,
  ListServicesResponse,
} from '@aws-sdk/client-ecs';
import type {
  DescribeClusterRequest,
  DescribeClusterResponse,
  DescribeNodegroupRequest,
  DescribeNodegroupResponse,
  ListClustersRequest,
  ListClustersResponse,
  ListNodegroupsRequest,
  ListNodegroupsResponse,
} from '@aws-sdk/client-eks';
import type {
  FunctionConfiguration,
  FunctionUrlConfig,
  GetPolicyRequest,
  GetPolicyResponse,
  ListFunctionsRequest,
  ListFunctionsResponse,
  ListFunctionUrlConfigsRequest,
  ListFunctionUrlConfigsResponse,
} from '@aws-sdk/client-lambda';
import { list, read, token } from '../read.ts';

export type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
export type { Service as EcsService } from '@aws-sdk/client-ecs';
export type { Cluster as EksCluster, Nodegroup } from '@aws-sdk/client-eks';
export type { FunctionConfiguration, FunctionUrlConfig } from '@aws-sdk/client-lambda';

export const describeAutoScalingGroups = list<AutoScalingGroupNamesType, AutoScalingGroupsType, AutoScalingGroup>(
  'autoScaling',
  'DescribeAutoScalingGroups',
  'autoscaling:DescribeAutoScalingGroups',
  {
    size: { MaxRecords: 100 },
    items: ({ AutoScalingGroups }) => AutoScalingGroups,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

/** ARNs. */
export const listEcsClusters = list<ListEcsClustersRequest, ListEcsClustersResponse, string>(
  'ecs',
  'ListClusters',
  'ecs:ListClusters',
  {
    size: { maxResults: 100 },
    items: ({ clusterArns }) => clusterArns,
    next: ({ nextToken }) => token('nextToken', nextToken),
  },
);

/** ARNs. */
export const listEcsServices = list<ListServicesRequest, ListServicesResponse, string>(
  'ecs',
  'ListServices',
  'ecs:ListServices',
  {
    size: { maxResults: 100 },
    items: ({ serviceArns }) => serviceArns,
    next: ({ nextToken }) => token('nextToken', nextToken),
  },
);

/** At most ten at once. */
export const describeEcsServices = read<DescribeServicesRequest, DescribeServicesResponse>(
  'ecs',
  'DescribeServices',
  'ecs:DescribeServices',
);

/** Names. */
export const listEksClusters = list<ListClustersRequest, ListClustersResponse, string>(
  'eks',
  'ListClusters',
  'eks:ListClusters',
  {
    size: { maxResults: 100 },
    items: ({ clusters }) => clusters,
    next: ({ nextToken }) => token('nextToken', nextToken),
  },
);

export const describeEksCluster = read<DescribeClusterRequest, DescribeClusterResponse>(
  'eks',
  'DescribeCluster',
  'eks:DescribeCluster',
);

/** Names. */
export const listNodegroups = list<ListNodegroupsRequest, ListNodegroupsResponse, string>(
  'eks',
  'ListNodegroups',
  'eks:ListNodegroups',
  {
    size: { maxResults: 100 },
    items: ({ nodegroups }) => nodegroups,
    next: ({ nextToken }) => token('nextToken', nextToken),
  },
);

export const describeNodegroup = read<DescribeNodegroupRequest, DescribeNodegroupResponse>(
  'eks',
  'DescribeNodegroup',
  'eks:DescribeNodegroup',
);

export const listFunctions = list<ListFunctionsRequest, ListFunctionsResponse, FunctionConfiguration>(
  'lambda',
  'ListFunctions',
  'lambda:ListFunctions',
  {
    size: { MaxItems: 50 },
    items: ({ Functions }) => Functions,
    next: ({ NextMarker }) => token('Marker', NextMarker),
  },
);

/** The policy of a function: who may call it. */
export const getFunctionPolicy = read<GetPolicyRequest, GetPolicyResponse>('lambda', 'GetPolicy', 'lambda:GetPolicy', {
  absent: ['ResourceNotFoundException'],
});

export const listFunctionUrlConfigs = list<
  ListFunctionUrlConfigsRequest,
  ListFunctionUrlConfigsResponse,
  FunctionUrlConfig
>('lambda', 'ListFunctionUrlConfigs', 'lambda:ListFunctionUrlConfigs', {
  size: { MaxItems: 50 },
  items: ({ FunctionUrlConfigs }) => FunctionUrlConfigs,
  next: ({ NextMarker }) => token('Marker', NextMarker),
});
