import type { InventorySource } from '../../domain/inventory.ts';
import type { AwsReader } from '../../providers/aws/reader.ts';
import { surveyAnalyzer } from '../../providers/aws/surveys/analyzer.ts';
import { scanAws, type Scan } from './scan.ts';
import { hideUnread } from './surveyed.ts';

const KINDS = ['external-access', 'analyzer'];

export const source: InventorySource<AwsReader> = {
  id: 'aws/analyzer',
  title: 'What Access Analyzer finds shared with outsiders',
  description: `- **external-access**: each active finding of IAM Access Analyzer for external access, where an analyzer is on.
- **analyzer**: whether one is on in the region.

An analyzer for external access costs nothing, and sees more kinds of resources than Holdfast asks one by one.`,
  kinds: {
    'external-access': {
      noun: 'a resource that is shared with outsiders',
      exposes: true,
      added: 'high',
      removed: 'low',
      changed: 'medium',
    },
    analyzer: { noun: 'an analyzer of external access', added: 'info', removed: 'medium', changed: 'info' },
  },
  timeoutMs: 120_000,
  read: (reader, context) => scanAws(reader, context, KINDS, 'regions', readFindings),
};

async function readFindings(scan: Scan): Promise<void> {
  const survey = await surveyAnalyzer(scan.account, scan.place, scan.signal);
  for (const { id, resource, type, account } of survey.seen)
    scan.fact('external-access', id, { resource, type, account });
  if (survey.on === true) scan.fact('analyzer', 'external', { on: true });
  hideUnread(scan, survey, () => (survey.on === null ? KINDS : ['external-access']));
}
