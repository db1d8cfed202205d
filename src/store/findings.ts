import type { Finding } from '../domain/finding.ts';
import type { FindingHistoryEntry } from '../domain/finding-history.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

/** An event of a finding's history, with its place in the history of all. */
export interface NumberedEvent {
  readonly seq: number;
  readonly key: Finding['key'];
  readonly at: number;
  readonly kind: FindingHistoryEntry['kind'];
}

export interface FindingsTable {
  ofRunbook(runbook: string): readonly Finding[];
  all(options: { readonly resolved: boolean }): readonly Finding[];
  /** Findings whose id starts with `prefix`. */
  byId(prefix: string): readonly Finding[];
  historyOf(key: Finding['key']): readonly FindingHistoryEntry[];
  /** What happened after the event `seq`, oldest first, the newest `limit` of it; `last` is where the history ends now. */
  eventsAfter(seq: number, limit: number): { readonly events: readonly NumberedEvent[]; readonly last: number };
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
    eventsAfter: (seq, limit) =>
      attempt(() => {
        // The end comes first: what another process writes between the two is for the next time.
        const last = Number(sqlite.prepare('SELECT max(seq) AS last FROM finding_events').get()?.['last'] ?? 0);
        const rows = sqlite
          .prepare(
            `SELECT json_object('seq', seq, 'key', key, 'at', at, 'kind', kind) AS body FROM
               (SELECT * FROM finding_events WHERE seq > ? AND seq <= ? ORDER BY seq DESC LIMIT ?) ORDER BY seq`,
          )
          .all(seq, last, limit);
        return { events: rows.map((row) => ownJson<NumberedEvent>(row['body'])), last };
      }),
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
