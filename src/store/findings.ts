import type { Finding } from '../domain/finding.ts';
import type { FindingHistoryEntry } from '../domain/finding-history.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

export interface FindingsTable {
  ofRunbook(runbook: string): readonly Finding[];
  all(options: { readonly resolved: boolean }): readonly Finding[];
  /** Findings whose id starts with `prefix`. */
  byId(prefix: string): readonly Finding[];
  historyOf(key: Finding['key']): readonly FindingHistoryEntry[];
  write(finding: Finding): void;
  writeEvent(event: FindingHistoryEntry & { readonly key: Finding['key'] }): void;
}

export function findingsTable({ sqlite, attempt }: Database): FindingsTable {
  const upsert = sqlite.prepare(
    `INSERT INTO findings (key, id, runbook, standing, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET standing = excluded.standing, body = excluded.body`,
  );
  const insertEvent = sqlite.prepare('INSERT INTO finding_events (key, at, run, kind, detail) VALUES (?, ?, ?, ?, ?)');
  const select = (where: string, ...params: string[]): readonly Finding[] =>
    attempt(() =>
      sqlite
        .prepare(`SELECT body FROM findings ${where} ORDER BY rowid`)
        .all(...params)
        .map((row) => ownJson<Finding>(row['body'])),
    );
  return {
    ofRunbook: (runbook) => select('WHERE runbook = ?', runbook),
    all: ({ resolved }) => select(resolved ? '' : "WHERE standing <> 'resolved'"),
    byId: (prefix) => select("WHERE id LIKE ? || '%'", prefix),
    historyOf: (key) =>
      attempt(() =>
        sqlite
          .prepare(
            "SELECT json_object('at', at, 'run', run, 'kind', kind, 'detail', detail) AS body FROM finding_events WHERE key = ? ORDER BY seq",
          )
          .all(key)
          .map((row) => ownJson<FindingHistoryEntry>(row['body'])),
      ),
    write: (finding) => {
      // What rules say of it is found anew whenever it is read.
      const { mutedBy: _now, ...kept } = finding;
      attempt(() => upsert.run(kept.key, kept.id, kept.runbook, kept.standing, JSON.stringify(kept)));
    },
    writeEvent: ({ key, at, run, kind, detail }) => {
      attempt(() => insertEvent.run(key, at, run, kind, detail));
    },
  };
}
