import type {
  Address,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DescribeImagesRequest,
  DescribeImagesResult,
  DescribeInstanceAttributeRequest,
  DescribeInstancesRequest,
  DescribeInstancesResult,
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  DescribeSnapshotAttributeRequest,
  DescribeSnapshotAttributeResult,
  DescribeSnapshotsRequest,
  DescribeSnapshotsResult,
  DescribeVolumesRequest,
  DescribeVolumesResult,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
  Image,
  Instance,
  InstanceAttribute,
  InstanceStatus,
  ManagedPrefixList,
  NatGateway,
  NetworkInterface,
  PrefixListEntry,
  SecurityGroup,
  Snapshot,
  Volume,
} from '@aws-sdk/client-ec2';
import { list, read, token } from '../read.ts';

export type {
  Address,
  Image,
  Instance,
  InstanceStatus,
  IpPermission,
  NatGateway,
  NetworkInterface,
  SecurityGroup,
  Snapshot,
  Volume,
} from '@aws-sdk/client-ec2';

/** The regions that the account has turned on. */
export const describeRegions = read<DescribeRegionsRequest, DescribeRegionsResult>(
  'ec2',
  'DescribeRegions',
  'ec2:DescribeRegions',
);

export const describeInstances = list<DescribeInstancesRequest, DescribeInstancesResult, Instance>(
  'ec2',
  'DescribeInstances',
  'ec2:DescribeInstances',
  {
    size: { MaxResults: 1000 },
    items: ({ Reservations = [] }) => Reservations.flatMap(({ Instances = [] }) => Instances),
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

export const describeInstanceStatus = list<DescribeInstanceStatusRequest, DescribeInstanceStatusResult, InstanceStatus>(
  'ec2',
  'DescribeInstanceStatus',
  'ec2:DescribeInstanceStatus',
  {
    size: { MaxResults: 1000 },
    items: ({ InstanceStatuses }) => InstanceStatuses,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

export const describeInstanceAttribute = read<DescribeInstanceAttributeRequest, InstanceAttribute>(
  'ec2',
  'DescribeInstanceAttribute',
  'ec2:DescribeInstanceAttribute',
);

export const describeSecurityGroups = list<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult, SecurityGroup>(
  'ec2',
  'DescribeSecurityGroups',
  'ec2:DescribeSecurityGroups',
  {
    size: { MaxResults: 1000 },
    items: ({ SecurityGroups }) => SecurityGroups,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

export const describeNetworkInterfaces = list<
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  NetworkInterface
>('ec2', 'DescribeNetworkInterfaces', 'ec2:DescribeNetworkInterfaces', {
  size: { MaxResults: 1000 },
  items: ({ NetworkInterfaces }) => NetworkInterfaces,
  next: ({ NextToken }) => token('NextToken', NextToken),
});

export const describeManagedPrefixLists = list<
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  ManagedPrefixList
>('ec2', 'DescribeManagedPrefixLists', 'ec2:DescribeManagedPrefixLists', {
  size: { MaxResults: 100 },
  items: ({ PrefixLists }) => PrefixLists,
  next: ({ NextToken }) => token('NextToken', NextToken),
});

export const getManagedPrefixListEntries = list<
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
  PrefixListEntry
>('ec2', 'GetManagedPrefixListEntries', 'ec2:GetManagedPrefixListEntries', {
  size: { MaxResults: 100 },
  items: ({ Entries }) => Entries,
  next: ({ NextToken }) => token('NextToken', NextToken),
});

/** With OwnerIds ['self'] all of the account; with RestorableByUserIds ['all'] of them those that are public. */
export const describeSnapshots = list<DescribeSnapshotsRequest, DescribeSnapshotsResult, Snapshot>(
  'ec2',
  'DescribeSnapshots',
  'ec2:DescribeSnapshots',
  {
    size: { MaxResults: 1000 },
    items: ({ Snapshots }) => Snapshots,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

export const describeSnapshotAttribute = read<DescribeSnapshotAttributeRequest, DescribeSnapshotAttributeResult>(
  'ec2',
  'DescribeSnapshotAttribute',
  'ec2:DescribeSnapshotAttribute',
);

export const describeImages = list<DescribeImagesRequest, DescribeImagesResult, Image>(
  'ec2',
  'DescribeImages',
  'ec2:DescribeImages',
  {
    size: { MaxResults: 1000 },
    items: ({ Images }) => Images,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

export const describeVolumes = list<DescribeVolumesRequest, DescribeVolumesResult, Volume>(
  'ec2',
  'DescribeVolumes',
  'ec2:DescribeVolumes',
  {
    size: { MaxResults: 500 },
    items: ({ Volumes }) => Volumes,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

export const describeAddresses = list<DescribeAddressesRequest, DescribeAddressesResult, Address>(
  'ec2',
  'DescribeAddresses',
  'ec2:DescribeAddresses',
  { items: ({ Addresses }) => Addresses },
);

export const describeNatGateways = list<DescribeNatGatewaysRequest, DescribeNatGatewaysResult, NatGateway>(
  'ec2',
  'DescribeNatGateways',
  'ec2:DescribeNatGateways',
  {
    size: { MaxResults: 1000 },
    items: ({ NatGateways }) => NatGateways,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);
