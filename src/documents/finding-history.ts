import type { Finding } from '../domain/finding.ts';
import type { FindingHistoryEntry } from '../domain/finding-history.ts';
import { findingDocument } from './finding.ts';
import type { FindingHistoryDocument } from './finding-history-schema.ts';
import { time } from './time.ts';

export function findingHistoryDocument(
  finding: Finding,
  history: readonly FindingHistoryEntry[],
  now: number,
): FindingHistoryDocument {
  return {
    finding: findingDocument(finding, now),
    history: history.map(({ at, kind, run, detail }) => ({ at: time(at), kind, run, detail })),
  };
}
