import type { CertificateSummary, ListCertificatesRequest, ListCertificatesResponse } from '@aws-sdk/client-acm';
import type {
  DescribeTrailsRequest,
  DescribeTrailsResponse,
  GetEventSelectorsRequest,
  GetEventSelectorsResponse,
  GetTrailStatusRequest,
  GetTrailStatusResponse,
} from '@aws-sdk/client-cloudtrail';
import type {
  DescribeAlarmsInput,
  DescribeAlarmsOutput,
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { DescribeLogGroupsRequest, DescribeLogGroupsResponse, LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import type {
  GetDetectorRequest,
  GetDetectorResponse,
  ListDetectorsRequest,
  ListDetectorsResponse,
} from '@aws-sdk/client-guardduty';
import type { ListServiceQuotasRequest, ListServiceQuotasResponse, ServiceQuota } from '@aws-sdk/client-service-quotas';
import { list, read, token } from '../read.ts';

export type { CertificateSummary } from '@aws-sdk/client-acm';
export type { Trail } from '@aws-sdk/client-cloudtrail';
export type { CompositeAlarm, MetricAlarm, MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
export type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';
export type { ServiceQuota } from '@aws-sdk/client-service-quotas';

/** Metric and composite alarms: each page may hold some of both. */
export const describeAlarms = list<DescribeAlarmsInput, DescribeAlarmsOutput, DescribeAlarmsOutput>(
  'cloudWatch',
  'DescribeAlarms',
  'cloudwatch:DescribeAlarms',
  {
    size: { MaxRecords: 100 },
    items: (output) => [output],
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

/** What CloudWatch charges for each metric that is asked for, US dollars (0.01 per thousand). */
export const PRICE_PER_METRIC = 0.000_01;

/** At most 500 metrics at once; each of them is charged. */
export const getMetricData = list<GetMetricDataInput, GetMetricDataOutput, MetricDataResult>(
  'cloudWatch',
  'GetMetricData',
  'cloudwatch:GetMetricData',
  { items: ({ MetricDataResults }) => MetricDataResults, next: ({ NextToken }) => token('NextToken', NextToken) },
);

export const describeLogGroups = list<DescribeLogGroupsRequest, DescribeLogGroupsResponse, LogGroup>(
  'logs',
  'DescribeLogGroups',
  'logs:DescribeLogGroups',
  {
    size: { limit: 50 },
    items: ({ logGroups }) => logGroups,
    next: ({ nextToken }) => token('nextToken', nextToken),
  },
);

export const listCertificates = list<ListCertificatesRequest, ListCertificatesResponse, CertificateSummary>(
  'acm',
  'ListCertificates',
  'acm:ListCertificates',
  {
    size: { MaxItems: 1000 },
    items: ({ CertificateSummaryList }) => CertificateSummaryList,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);

export const describeTrails = read<DescribeTrailsRequest, DescribeTrailsResponse>(
  'cloudTrail',
  'DescribeTrails',
  'cloudtrail:DescribeTrails',
);

export const getTrailStatus = read<GetTrailStatusRequest, GetTrailStatusResponse>(
  'cloudTrail',
  'GetTrailStatus',
  'cloudtrail:GetTrailStatus',
);

/** Which events a trail writes down. */
export const getEventSelectors = read<GetEventSelectorsRequest, GetEventSelectorsResponse>(
  'cloudTrail',
  'GetEventSelectors',
  'cloudtrail:GetEventSelectors',
);

/** Ids; one in each region where GuardDuty is on. */
export const listDetectors = list<ListDetectorsRequest, ListDetectorsResponse, string>(
  'guardDuty',
  'ListDetectors',
  'guardduty:ListDetectors',
  { items: ({ DetectorIds }) => DetectorIds, next: ({ NextToken }) => token('NextToken', NextToken) },
);

export const getDetector = read<GetDetectorRequest, GetDetectorResponse>(
  'guardDuty',
  'GetDetector',
  'guardduty:GetDetector',
);

export const listServiceQuotas = list<ListServiceQuotasRequest, ListServiceQuotasResponse, ServiceQuota>(
  'quotas',
  'ListServiceQuotas',
  'servicequotas:ListServiceQuotas',
  {
    size: { MaxResults: 100 },
    items: ({ Quotas }) => Quotas,
    next: ({ NextToken }) => token('NextToken', NextToken),
  },
);
