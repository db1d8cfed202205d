import type { Run } from '../domain/run.ts';
import { findingsTable } from '../store/findings.ts';
import { runsTable } from '../store/runs.ts';
import type { StatefulApp } from './app.ts';
import { openGate } from './gate.ts';

/** What became different since the last look. */
export interface News {
  readonly findings: readonly string[];
  readonly runs: readonly string[];
  readonly plans: readonly string[];
}

export interface NewsWatch {
  look(): News;
}

/** Plans that are looked through when something happened to one. */
const MOST_PLANS = 100;
const MOST_EVENTS = 1_000;

/** Looks what changed in the store, by whichever process: cheap when nothing did. */
export function watchNews(app: StatefulApp): NewsWatch {
  const findings = findingsTable(app.database);
  const runs = runsTable(app.database);
  const gate = openGate(app, { signal: new AbortController().signal });
  const plansNow = (): ReadonlyMap<string, string> =>
    new Map(
      gate.store
        .list({ statuses: null, limit: MOST_PLANS })
        .map(({ id, status, since }) => [id, `${status} ${since}`] as const),
    );
  const runNow = (): Pick<Run, 'id' | 'status'> | null => runs.latest({ limit: 1, runbook: null })[0] ?? null;
  // Its time would not do: two entries may have the same.
  const auditedNow = (): string | null => app.audit.list({ limit: 1, object: null, verb: null })[0]?.id ?? null;
  let seq = findings.eventsAfter(Number.MAX_SAFE_INTEGER, 1).last;
  let run = runNow();
  let audited = auditedNow();
  let plans = plansNow();
  return {
    look: () => {
      const { events, last } = findings.eventsAfter(seq, MOST_EVENTS);
      seq = last;
      const keys = new Set(events.map(({ key }) => key));
      const changed = keys.size === 0 ? [] : findings.all({ resolved: true }).filter(({ key }) => keys.has(key));
      const ran = runNow();
      const isNews = ran !== null && (ran.id !== run?.id || ran.status !== run.status);
      run = ran;
      const latest = auditedNow();
      const before = plans;
      // Whatever becomes of a plan is audited.
      if (latest !== audited) plans = plansNow();
      audited = latest;
      return {
        findings: changed.map(({ id }) => id),
        runs: isNews ? [ran.id] : [],
        plans: [...plans].filter(([id, state]) => before.get(id) !== state).map(([id]) => id),
      };
    },
  };
}
