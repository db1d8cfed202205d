import type { InventorySource } from '../../domain/inventory.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { SHARED_KINDS, surveyShared } from '../../providers/aws/surveys/shared-copies.ts';
import { scanAws, type Scan } from './scan.ts';
import { hideUnread } from './surveyed.ts';

const KINDS = SHARED_KINDS.map((kind) => `shared-${kind}`);

export const source: InventorySource<AwsReader> = {
  id: 'aws/shared-copies',
  title: 'Snapshots and images that others may use',
  description: `Copies of data that were given to somebody outside:

- **shared-snapshot** of EBS and **shared-image**: those that are public.
- **shared-db-snapshot** and **shared-db-cluster-snapshot**: manual snapshots of RDS that are public, or that other accounts may restore, with the accounts.

Left out: EBS snapshots and images that were given to single accounts, of which AWS tells only one by one.`,
  kinds: Object.fromEntries(
    SHARED_KINDS.map((kind) => [
      `shared-${kind}`,
      {
        noun: `a shared ${kind.replace('db-', 'database ').replaceAll('-', ' ')}`,
        exposes: true,
        added: 'critical',
        removed: 'low',
        changed: 'high',
      } as const,
    ]),
  ),
  timeoutMs: 300_000,
  read: (reader, context) => scanAws(reader, context, KINDS, 'regions', readShared),
};

async function readShared(scan: Scan): Promise<void> {
  const survey = await surveyShared(scan.account, scan.place, scan.signal);
  for (const { kind, name, arn, everybody, accounts, of } of survey.seen)
    scan.fact(`shared-${kind}`, name, { arn, everybody, accounts: [...accounts], of });
  hideUnread(scan, survey, (kind) => [`shared-${kind}`]);
}
