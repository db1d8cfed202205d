import { findingDocument } from '../../src/documents/finding.ts';
import type { FindingDocument } from '../../src/documents/finding-schema.ts';
import { runDocument } from '../../src/documents/run.ts';
import type { RunDocument } from '../../src/documents/run-schema.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { aFinding } from './notify/findings.ts';
import { aRun } from './run.ts';

/** A finding as it is shown at 1,000. */
export function aFindingDocument(name: string, edit: Partial<Finding> = {}): FindingDocument {
  return findingDocument(aFinding(name, edit), 1_000);
}

/** A run of a second that is done, as it is shown at 1,000, with these findings; checks and the rest as they are edited. */
export function aRunDocument(findings: readonly Finding[], edit: Partial<RunDocument> = {}): RunDocument {
  const run = aRun({
    status: 'done',
    durationMs: 1_000,
    findings: findings.map(({ key, standing, severity, title }) => ({ key, standing, severity, title, looked: true })),
  });
  return { ...runDocument(run, findings, 1_000), ...edit };
}
