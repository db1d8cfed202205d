import type {
  DBCluster,
  DBClusterMessage,
  DBClusterSnapshot,
  DBClusterSnapshotMessage,
  DBInstance,
  DBInstanceMessage,
  DBSnapshot,
  DBSnapshotMessage,
  DescribeDBClusterSnapshotAttributesMessage,
  DescribeDBClusterSnapshotAttributesResult,
  DescribeDBClusterSnapshotsMessage,
  DescribeDBClustersMessage,
  DescribeDBInstancesMessage,
  DescribeDBSnapshotAttributesMessage,
  DescribeDBSnapshotAttributesResult,
  DescribeDBSnapshotsMessage,
} from '@aws-sdk/client-rds';
import type {
  DescribeDomainsRequest,
  DescribeDomainsResponse,
  ListDomainNamesRequest,
  ListDomainNamesResponse,
} from '@aws-sdk/client-opensearch';
import type { Cluster, ClustersMessage, DescribeClustersMessage } from '@aws-sdk/client-redshift';
import { list, read, token } from '../read.ts';

export type { DomainStatus } from '@aws-sdk/client-opensearch';
export type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
export type { Cluster as RedshiftCluster } from '@aws-sdk/client-redshift';

export const describeDBInstances = list<DescribeDBInstancesMessage, DBInstanceMessage, DBInstance>(
  'rds',
  'DescribeDBInstances',
  'rds:DescribeDBInstances',
  {
    size: { MaxRecords: 100 },
    items: ({ DBInstances }) => DBInstances,
    next: ({ Marker }) => token('Marker', Marker),
  },
);

export const describeDBClusters = list<DescribeDBClustersMessage, DBClusterMessage, DBCluster>(
  'rds',
  'DescribeDBClusters',
  'rds:DescribeDBClusters',
  {
    size: { MaxRecords: 100 },
    items: ({ DBClusters }) => DBClusters,
    next: ({ Marker }) => token('Marker', Marker),
  },
);

export const describeDBSnapshots = list<DescribeDBSnapshotsMessage, DBSnapshotMessage, DBSnapshot>(
  'rds',
  'DescribeDBSnapshots',
  'rds:DescribeDBSnapshots',
  {
    size: { MaxRecords: 100 },
    items: ({ DBSnapshots }) => DBSnapshots,
    next: ({ Marker }) => token('Marker', Marker),
  },
);

export const describeDBSnapshotAttributes = read<
  DescribeDBSnapshotAttributesMessage,
  DescribeDBSnapshotAttributesResult
>('rds', 'DescribeDBSnapshotAttributes', 'rds:DescribeDBSnapshotAttributes');

export const describeDBClusterSnapshots = list<
  DescribeDBClusterSnapshotsMessage,
  DBClusterSnapshotMessage,
  DBClusterSnapshot
>('rds', 'DescribeDBClusterSnapshots', 'rds:DescribeDBClusterSnapshots', {
  size: { MaxRecords: 100 },
  items: ({ DBClusterSnapshots }) => DBClusterSnapshots,
  next: ({ Marker }) => token('Marker', Marker),
});

export const describeDBClusterSnapshotAttributes = read<
  DescribeDBClusterSnapshotAttributesMessage,
  DescribeDBClusterSnapshotAttributesResult
>('rds', 'DescribeDBClusterSnapshotAttributes', 'rds:DescribeDBClusterSnapshotAttributes');

export const describeRedshiftClusters = list<DescribeClustersMessage, ClustersMessage, Cluster>(
  'redshift',
  'DescribeClusters',
  'redshift:DescribeClusters',
  {
    size: { MaxRecords: 100 },
    items: ({ Clusters }) => Clusters,
    next: ({ Marker }) => token('Marker', Marker),
  },
);

export const listDomainNames = read<ListDomainNamesRequest, ListDomainNamesResponse>(
  'openSearch',
  'ListDomainNames',
  'es:ListDomainNames',
);

/** At most five at once. */
export const describeDomains = read<DescribeDomainsRequest, DescribeDomainsResponse>(
  'openSearch',
  'DescribeDomains',
  'es:DescribeDomains',
);
