import type { Finding } from '../domain/finding.ts';
import type { Run } from '../domain/run.ts';
import { findingsTable } from '../store/findings.ts';
import { runsTable } from '../store/runs.ts';
import type { StatefulApp } from './app.ts';
import { openMuting } from './muting.ts';
import { theOne } from './the-one.ts';

/** Runs, latest first, with the findings that they speak of, for runDocument to join. */
export function listRuns(
  app: StatefulApp,
  options: { readonly limit: number; readonly runbook: string | null },
): { readonly runs: readonly Run[]; readonly findings: readonly Finding[] } {
  return {
    runs: runsTable(app.database).latest(options),
    findings: findingsTable(app.database).all({ resolved: true }).map(openMuting(app)),
  };
}

/** Of each runbook the latest run that ended. */
export function latestRuns(app: StatefulApp): readonly Run[] {
  return runsTable(app.database).latestEnded();
}

/** A run with its runbook's findings, for runDocument to join. */
export function showRun(app: StatefulApp, id: string): { readonly run: Run; readonly findings: readonly Finding[] } {
  const canonical = `r-${id.replace(/^r-/i, '').toUpperCase()}`;
  const run = theOne('run', id, runsTable(app.database).byId(canonical));
  return { run, findings: findingsTable(app.database).ofRunbook(run.runbook).map(openMuting(app)) };
}
