import { findingDocument } from '../../documents/finding.ts';
import type { FindingDocument } from '../../documents/finding-schema.ts';
import { runDocument } from '../../documents/run.ts';
import type { RunDocument } from '../../documents/run-schema.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Run } from '../../domain/run.ts';

/** What is known of one runbook: its findings, and the run that they are seen with. */
export interface Picture {
  readonly runbook: string;
  /** The run, or the latest that ended; null: none is kept. */
  readonly run: RunDocument | null;
  /** Those that are resolved may be among them. */
  readonly findings: readonly FindingDocument[];
}

export function pictureOf(run: RunDocument): Picture {
  return { runbook: run.runbook, run, findings: run.findings };
}

/** A picture of every runbook that has run or has findings, by name. */
export function picturesOf(runs: readonly Run[], findings: readonly Finding[], now: number): readonly Picture[] {
  const byRunbook = new Map(runs.map((run) => [run.runbook, run]));
  const names = new Set([...byRunbook.keys(), ...findings.map(({ runbook }) => runbook)]);
  return [...names].toSorted().map((runbook) => {
    const run = byRunbook.get(runbook);
    const mine = findings.filter((finding) => finding.runbook === runbook);
    return {
      runbook,
      run: run === undefined ? null : runDocument(run, mine, now),
      findings: mine.map((finding) => findingDocument(finding, now)),
    };
  });
}

/** What could not be looked at: a check as a whole (`resource` is null), or one resource of it. */
export interface Unseen {
  readonly check: string;
  readonly resource: string | null;
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

export function unseenBy(run: RunDocument | null): readonly Unseen[] {
  return (run?.checks ?? []).flatMap(({ id, outcome, failure, hidden }): readonly Unseen[] => {
    if (hidden.length > 0)
      return hidden.map(({ resource, name, failure: { code, message } }) => ({
        check: id,
        resource,
        name,
        code,
        message,
      }));
    if (outcome !== 'unknown') return [];
    const { code, message } = failure ?? { code: 'UNKNOWN', message: 'no reason given' };
    return [{ check: id, resource: null, name: id, code, message }];
  });
}
