import type {
  AnalyzerSummary,
  FindingSummaryV2,
  ListAnalyzersRequest,
  ListAnalyzersResponse,
  ListFindingsV2Request,
  ListFindingsV2Response,
} from '@aws-sdk/client-accessanalyzer';
import type {
  AccessKeyMetadata,
  GenerateCredentialReportCommandInput,
  GenerateCredentialReportResponse,
  GetAccessKeyLastUsedRequest,
  GetAccessKeyLastUsedResponse,
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse,
  GetAccountPasswordPolicyCommandInput,
  GetAccountPasswordPolicyResponse,
  GetAccountSummaryCommandInput,
  GetAccountSummaryResponse,
  GetCredentialReportCommandInput,
  GetCredentialReportResponse,
  ListAccessKeysRequest,
  ListAccessKeysResponse,
  ListServerCertificatesRequest,
  ListServerCertificatesResponse,
  ServerCertificateMetadata,
} from '@aws-sdk/client-iam';
import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { list, read, token } from '../read.ts';

export type { FindingSummaryV2 } from '@aws-sdk/client-accessanalyzer';
export type {
  GetAccountAuthorizationDetailsResponse,
  GroupDetail,
  ManagedPolicyDetail,
  RoleDetail,
  UserDetail,
} from '@aws-sdk/client-iam';

export const getCallerIdentity = read<GetCallerIdentityRequest, GetCallerIdentityResponse>(
  'sts',
  'GetCallerIdentity',
  null,
);

export const getAccountSummary = read<GetAccountSummaryCommandInput, GetAccountSummaryResponse>(
  'iam',
  'GetAccountSummary',
  'iam:GetAccountSummary',
);

/** Asks IAM to make the report: nothing but the report changes. */
export const generateCredentialReport = read<GenerateCredentialReportCommandInput, GenerateCredentialReportResponse>(
  'iam',
  'GenerateCredentialReport',
  'iam:GenerateCredentialReport',
);

/** null: it is not made yet, or has expired. */
export const getCredentialReport = read<GetCredentialReportCommandInput, GetCredentialReportResponse>(
  'iam',
  'GetCredentialReport',
  'iam:GetCredentialReport',
  {
    absent: [
      'CredentialReportNotPresentException',
      'CredentialReportNotReadyException',
      'CredentialReportExpiredException',
      'ReportNotPresent',
      'ReportInProgress',
      'ReportExpired',
    ],
  },
);

/** Users, groups, roles and the policies in use, AWS's own too: each page holds some of each. */
export const getAccountAuthorizationDetails = list<
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse,
  GetAccountAuthorizationDetailsResponse
>('iam', 'GetAccountAuthorizationDetails', 'iam:GetAccountAuthorizationDetails', {
  size: { MaxItems: 1000, Filter: ['User', 'Group', 'Role', 'LocalManagedPolicy', 'AWSManagedPolicy'] },
  items: (output) => [output],
  next: ({ IsTruncated, Marker }) => (IsTruncated === true ? token('Marker', Marker) : null),
});

export const getAccountPasswordPolicy = read<GetAccountPasswordPolicyCommandInput, GetAccountPasswordPolicyResponse>(
  'iam',
  'GetAccountPasswordPolicy',
  'iam:GetAccountPasswordPolicy',
  { absent: ['NoSuchEntity', 'NoSuchEntityException'] },
);

export const listAccessKeys = list<ListAccessKeysRequest, ListAccessKeysResponse, AccessKeyMetadata>(
  'iam',
  'ListAccessKeys',
  'iam:ListAccessKeys',
  {
    items: ({ AccessKeyMetadata: keys }) => keys,
    next: ({ IsTruncated, Marker }) => (IsTruncated === true ? token('Marker', Marker) : null),
  },
);

export const getAccessKeyLastUsed = read<GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse>(
  'iam',
  'GetAccessKeyLastUsed',
  'iam:GetAccessKeyLastUsed',
);

export const listServerCertificates = list<
  ListServerCertificatesRequest,
  ListServerCertificatesResponse,
  ServerCertificateMetadata
>('iam', 'ListServerCertificates', 'iam:ListServerCertificates', {
  items: ({ ServerCertificateMetadataList }) => ServerCertificateMetadataList,
  next: ({ IsTruncated, Marker }) => (IsTruncated === true ? token('Marker', Marker) : null),
});

export const listAnalyzers = list<ListAnalyzersRequest, ListAnalyzersResponse, AnalyzerSummary>(
  'accessAnalyzer',
  'ListAnalyzers',
  'access-analyzer:ListAnalyzers',
  { items: ({ analyzers }) => analyzers, next: ({ nextToken }) => token('nextToken', nextToken) },
);

export const listAnalyzerFindings = list<ListFindingsV2Request, ListFindingsV2Response, FindingSummaryV2>(
  'accessAnalyzer',
  'ListFindingsV2',
  'access-analyzer:ListFindings',
  {
    size: { maxResults: 100 },
    items: ({ findings }) => findings,
    next: ({ nextToken }) => token('nextToken', nextToken),
  },
);
