import type { RunLedger } from '../domain/run.ts';
import type { Database } from './database.ts';
import { findingsTable } from './findings.ts';
import { runsTable } from './runs.ts';
import { samplesTable } from './samples.ts';

/** The runs' ledger on the embedded store. Whoever calls `begin` holds the runbook's lock. */
export function createLedger(database: Database): RunLedger {
  const runs = runsTable(database);
  const findings = findingsTable(database);
  const samples = samplesTable(database);
  return {
    begin: (run) =>
      database.transaction(() => {
        // The attempt before of this same run is no other run: its row lives on.
        const dead = runs.running(run.runbook).filter((other) => other.id !== run.id);
        for (const other of dead) runs.write({ ...other, status: 'failed', reason: 'interrupted' });
        runs.write(run);
        return dead.map((other) => other.id);
      }),
    findingsOf: (runbook) => findings.ofRunbook(runbook),
    samplesOf: (runbook, check, resource, limit) => samples.of(runbook, check, resource, limit),
    settle: (runbook, decide) =>
      database.transaction(() => {
        const { run, comparison, samples: taken } = decide(findings.ofRunbook(runbook));
        runs.write(run);
        for (const finding of comparison.findings) findings.write(finding);
        for (const event of comparison.events) findings.writeEvent(event);
        for (const sample of taken) samples.write(runbook, sample);
      }),
  };
}
