import type { Database } from './database.ts';

/** Single facts about this database, each under its key. */
export interface MetaTable {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

export function metaTable({ sqlite, attempt }: Database): MetaTable {
  const select = sqlite.prepare('SELECT value FROM meta WHERE key = ?');
  const upsert = sqlite.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  return {
    get: (key) =>
      attempt(() => {
        const row = select.get(key);
        return row === undefined ? null : String(row['value']);
      }),
    set: (key, value) => {
      attempt(() => upsert.run(key, value));
    },
  };
}
