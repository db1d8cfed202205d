import type { InventorySource } from '../../domain/inventory.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { ENDPOINT_KINDS, surveyEndpoints } from '../../providers/aws/surveys/endpoints.ts';
import { scanAws, type Scan } from './scan.ts';
import { hideUnread } from './surveyed.ts';

const KINDS = ENDPOINT_KINDS.map((kind) => `public-${kind}`);

export const source: InventorySource<AwsReader> = {
  id: 'aws/endpoints',
  title: 'What of AWS has an address on the internet',
  description: `Public endpoints, each with what it listens on, how it asks who one is, from where it lets in, and the security groups before it:

- **public-load-balancer** (v2 and classic, internet-facing), **public-api** (API Gateway, REST and HTTP, not private), **public-function-url** of Lambda, **public-cluster-endpoint** of EKS, **public-database** of RDS, **public-warehouse** of Redshift and **public-search-domain** of OpenSearch outside of a VPC, **public-elastic-address**.

Left out: public addresses that an instance is given at its start, which change with it; CloudFront and the names that lead to an endpoint.`,
  kinds: Object.fromEntries(
    ENDPOINT_KINDS.map((kind) => [
      `public-${kind}`,
      {
        noun: `a public ${kind.replaceAll('-', ' ')}`,
        exposes: true,
        added: kind === 'elastic-address' ? 'medium' : 'high',
        removed: 'low',
        changed: kind === 'elastic-address' ? 'medium' : 'high',
      } as const,
    ]),
  ),
  timeoutMs: 300_000,
  read: (reader, context) => scanAws(reader, context, KINDS, 'regions', readEndpoints),
};

async function readEndpoints(scan: Scan): Promise<void> {
  const survey = await surveyEndpoints(scan.account, scan.place, scan.signal);
  for (const { kind, name, arn, listens, auth, from, groups } of survey.seen)
    scan.fact(`public-${kind}`, name, {
      arn,
      listens: [...listens],
      auth,
      from: from === null ? null : [...from],
      groups: [...groups],
    });
  hideUnread(scan, survey, (kind) => [`public-${kind}`]);
}
