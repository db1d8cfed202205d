import type { Database } from './database.ts';

/** Up to where somebody has been told, and when. */
export interface Cursor {
  /** The place in the history of findings. */
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface CursorsTable {
  /** null: nothing was ever asked under this name. */
  get(client: string, name: string): Cursor | null;
  set(client: string, name: string, cursor: Cursor): void;
}

/** A client may make up names: those that were used longest ago are forgotten. */
const MOST_CURSORS = 2_000;

export function cursorsTable({ sqlite, attempt, transaction }: Database): CursorsTable {
  const select = sqlite.prepare('SELECT seq, at FROM cursors WHERE client = ? AND name = ?');
  const upsert = sqlite.prepare('INSERT OR REPLACE INTO cursors (client, name, seq, at) VALUES (?, ?, ?, ?)');
  const forget = sqlite.prepare(
    `DELETE FROM cursors WHERE (client, name) IN
       (SELECT client, name FROM cursors ORDER BY at DESC LIMIT -1 OFFSET ${MOST_CURSORS})`,
  );
  return {
    get: (client, name) =>
      attempt(() => {
        const row = select.get(client, name);
        return row === undefined ? null : { seq: Number(row['seq']), at: Number(row['at']) };
      }),
    set: (client, name, { seq, at }) => {
      transaction(() => {
        upsert.run(client, name, seq, at);
        forget.run();
      });
    },
  };
}
