import { SAMPLES_KEPT, type Sample } from '../domain/check.ts';
import type { NewSample } from '../domain/run.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

export interface SamplesTable {
  /** Newest first. */
  of(runbook: string, check: string, resource: string, limit: number): readonly Sample[];
  /** Writes a sample and forgets those of the same resource beyond SAMPLES_KEPT. */
  write(runbook: string, sample: NewSample): void;
}

export function samplesTable({ sqlite, attempt }: Database): SamplesTable {
  const select = sqlite.prepare(
    'SELECT at, body FROM samples WHERE runbook = ? AND check_id = ? AND resource = ? ORDER BY at DESC LIMIT ?',
  );
  const insert = sqlite.prepare(
    'INSERT OR REPLACE INTO samples (runbook, check_id, resource, at, body) VALUES (?, ?, ?, ?, ?)',
  );
  const trim = sqlite.prepare(
    `DELETE FROM samples WHERE runbook = ?1 AND check_id = ?2 AND resource = ?3 AND at <=
       (SELECT at FROM samples WHERE runbook = ?1 AND check_id = ?2 AND resource = ?3
        ORDER BY at DESC LIMIT 1 OFFSET ${SAMPLES_KEPT})`,
  );
  return {
    of: (runbook, check, resource, limit) =>
      attempt(() =>
        select
          .all(runbook, check, resource, limit)
          .map((row) => ({ at: Number(row['at']), values: ownJson<Sample['values']>(row['body']) })),
      ),
    write: (runbook, { check, resource, at, values }) => {
      attempt(() => {
        insert.run(runbook, check, resource, at, JSON.stringify(values));
        trim.run(runbook, check, resource);
      });
    },
  };
}
