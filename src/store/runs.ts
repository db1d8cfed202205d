import type { Run } from '../domain/run.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

export interface RunsTable {
  write(run: Run): void;
  /** Writes the row of a slot, unless the slot has one: then false, and the row stays as it is. */
  insertForSlot(run: Run): boolean;
  /** Runs of this runbook that are still marked as running. */
  running(runbook: string): readonly Run[];
  /** Every run that is queued or marked as running, oldest first: what a new owner has to look after. */
  active(): readonly Run[];
  /**
   * Runs of slots that are queued or marked as running though no job will do them any more (it is dead, or
   * done without them): left so, they would hold up their schedule for ever. A job names its run in its payload.
   */
  stranded(): readonly Run[];
  /** Latest first. */
  latest(options: { readonly limit: number; readonly runbook: string | null }): readonly Run[];
  byId(prefix: string): readonly Run[];
  /** Of each runbook the latest run that ended, done or failed; by name. */
  latestEnded(): readonly Run[];
}

/** As the index of active runs says it: what is asked in other words does not use it. */
const ACTIVE = "status IN ('queued', 'running')";

const HAS_NO_JOB = `slot IS NOT NULL AND NOT EXISTS (SELECT 1 FROM jobs
  WHERE jobs.status IN ('waiting', 'claimed') AND kind = 'run' AND json_extract(payload, '$.run') = runs.id)`;

export function runsTable({ sqlite, attempt }: Database): RunsTable {
  const insert = 'INSERT INTO runs (id, runbook, slot, status, started_at, body) VALUES (?, ?, ?, ?, ?, ?)';
  const upsert = sqlite.prepare(
    `${insert} ON CONFLICT (id) DO UPDATE SET status = excluded.status, started_at = excluded.started_at, body = excluded.body`,
  );
  const insertForSlot = sqlite.prepare(`${insert} ON CONFLICT (runbook, slot) DO NOTHING`);
  const columnsOf = (run: Run) =>
    [run.id, run.runbook, run.slot, run.status, run.startedAt, JSON.stringify(run)] as const;
  const select = (rest: string, ...params: (string | number)[]): readonly Run[] =>
    attempt(() =>
      sqlite
        .prepare(`SELECT body FROM runs ${rest}`)
        .all(...params)
        .map((row) => ownJson<Run>(row['body'])),
    );
  return {
    write: (run) => {
      attempt(() => upsert.run(...columnsOf(run)));
    },
    insertForSlot: (run) => attempt(() => insertForSlot.run(...columnsOf(run)).changes === 1),
    running: (runbook) => select(`WHERE runbook = ? AND status = 'running' AND ${ACTIVE} ORDER BY started_at`, runbook),
    // The plus keeps SQLite from reading all runs in the order of their times.
    active: () => select(`WHERE ${ACTIVE} ORDER BY +started_at, rowid`),
    stranded: () => select(`WHERE ${ACTIVE} AND ${HAS_NO_JOB} ORDER BY +started_at, rowid`),
    latest: ({ limit, runbook }) =>
      runbook === null
        ? select('ORDER BY started_at DESC, rowid DESC LIMIT ?', limit)
        : select('WHERE runbook = ? ORDER BY started_at DESC, rowid DESC LIMIT ?', runbook, limit),
    latestEnded: () =>
      select(
        `WHERE rowid IN (SELECT (SELECT rowid FROM runs WHERE runbook = names.runbook AND status IN ('done', 'failed')
          ORDER BY started_at DESC, rowid DESC LIMIT 1) FROM (SELECT DISTINCT runbook FROM runs) AS names) ORDER BY runbook`,
      ),
    byId: (prefix) => select("WHERE id LIKE ? || '%' ORDER BY started_at DESC", prefix),
  };
}
