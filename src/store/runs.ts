import type { Run } from '../domain/run.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

export interface RunsTable {
  write(run: Run): void;
  /** Runs of this runbook that are still marked as running. */
  running(runbook: string): readonly Run[];
  /** Latest first. */
  latest(options: { readonly limit: number; readonly runbook: string | null }): readonly Run[];
  byId(prefix: string): readonly Run[];
}

export function runsTable({ sqlite, attempt }: Database): RunsTable {
  const upsert = sqlite.prepare(
    `INSERT INTO runs (id, runbook, slot, status, started_at, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, body = excluded.body`,
  );
  const select = (rest: string, ...params: (string | number)[]): readonly Run[] =>
    attempt(() =>
      sqlite
        .prepare(`SELECT body FROM runs ${rest}`)
        .all(...params)
        .map((row) => ownJson<Run>(row['body'])),
    );
  return {
    write: (run) => {
      attempt(() => upsert.run(run.id, run.runbook, run.slot, run.status, run.startedAt, JSON.stringify(run)));
    },
    running: (runbook) => select("WHERE runbook = ? AND status = 'running' ORDER BY started_at", runbook),
    latest: ({ limit, runbook }) =>
      runbook === null
        ? select('ORDER BY started_at DESC, rowid DESC LIMIT ?', limit)
        : select('WHERE runbook = ? ORDER BY started_at DESC, rowid DESC LIMIT ?', runbook, limit),
    byId: (prefix) => select("WHERE id LIKE ? || '%' ORDER BY started_at DESC", prefix),
  };
}
