import type { MuteRule } from '../domain/mute-rule.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

export interface MuteRulesTable {
  /** Oldest first, those that have ended among them. */
  all(): readonly MuteRule[];
  /** Rules whose id starts with `prefix`. */
  byId(prefix: string): readonly MuteRule[];
  insert(rule: MuteRule): void;
  remove(id: MuteRule['id']): void;
  /** Writes down that a rule matched at `at`. */
  matched(id: MuteRule['id'], at: number): void;
}

export function muteRulesTable({ sqlite, attempt }: Database): MuteRulesTable {
  const insert = sqlite.prepare('INSERT INTO mute_rules (id, at, until, body, matched_at) VALUES (?, ?, ?, ?, ?)');
  const remove = sqlite.prepare('DELETE FROM mute_rules WHERE id = ?');
  const matched = sqlite.prepare('UPDATE mute_rules SET matched_at = ? WHERE id = ?');
  const select = (where: string, ...params: string[]): readonly MuteRule[] =>
    attempt(() =>
      sqlite
        .prepare(`SELECT body, matched_at FROM mute_rules ${where} ORDER BY at, id`)
        .all(...params)
        .map((row) => ({
          ...ownJson<Omit<MuteRule, 'matchedAt'>>(row['body']),
          matchedAt: row['matched_at'] === null ? null : Number(row['matched_at']),
        })),
    );
  return {
    all: () => select(''),
    byId: (prefix) => select("WHERE id LIKE ? || '%'", prefix),
    insert: ({ matchedAt, ...rule }) => {
      attempt(() => insert.run(rule.id, rule.at, rule.until, JSON.stringify(rule), matchedAt));
    },
    remove: (id) => {
      attempt(() => remove.run(id));
    },
    matched: (id, at) => {
      attempt(() => matched.run(at, id));
    },
  };
}
