import type { Firing } from '../domain/slot.ts';
import type { SchedulesTable } from '../store/schedules.ts';
import type { StatefulApp } from './app.ts';
import type { Log } from './log-entry.ts';
import type { Registry } from './registry.ts';
import { jobOfRun, runOfSlot } from './slot-row.ts';

/** Writes what is due, all in one transaction, and says what was skipped. What somebody else fired first is left to them. */
export function fireAll(
  app: StatefulApp,
  schedules: SchedulesTable,
  registry: Registry,
  firings: readonly Firing[],
  log: Log,
): void {
  const committed = schedules.commitFirings(firings, ({ runbook: name }) => {
    const runbook = registry.runbooks().get(name) ?? null;
    return { runOf: (outcome, omitted) => runOfSlot(app, runbook, name, outcome, omitted), jobOf: jobOfRun };
  });
  for (const [index, firing] of firings.entries()) if (committed[index]?.lost === false) logSkips(firing, log);
}

function logSkips({ runbook, outcomes, omitted }: Firing, log: Log): void {
  const counts = new Map<string, number>();
  for (const outcome of outcomes)
    if (outcome.outcome === 'skip') counts.set(outcome.reason, (counts.get(outcome.reason) ?? 0) + 1);
  if (omitted !== null) counts.set('too-late', (counts.get('too-late') ?? 0) + omitted.count);
  for (const [reason, slots] of counts)
    log('info', 'skipped', `${runbook}: ${slots} skipped (${reason})`, { runbook, reason, slots });
}
