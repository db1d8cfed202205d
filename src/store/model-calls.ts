import type { RunId } from '../domain/id.ts';
import type { ModelCall, ModelCallEnd } from '../domain/model.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

export interface ModelCallsTable {
  /** Written before the request goes out: what can't be recorded is not sent. */
  begin(call: Omit<ModelCall, 'ended'>): void;
  end(id: ModelCall['id'], end: ModelCallEnd): void;
  /** Newest first. */
  latest(options: { readonly limit: number; readonly egressOnly: boolean }): readonly ModelCall[];
  /** Calls whose id starts with `prefix`. */
  byId(prefix: string): readonly ModelCall[];
  /** What a run used so far. */
  usedBy(run: RunId): { readonly calls: number; readonly tokens: number };
  /**
   * Dollars of calls since an instant, of one runbook or of all (null). A call that left the machine and whose price is
   * not known, or that never ended, makes it null: not known is not nought.
   */
  usdSince(at: number, runbook: string | null): number | null;
}

export function modelCallsTable({ sqlite, attempt }: Database): ModelCallsTable {
  const insert = sqlite.prepare(
    'INSERT INTO model_calls (id, at, runbook, leaves_machine, body) VALUES (?, ?, ?, ?, ?)',
  );
  const end = sqlite.prepare('UPDATE model_calls SET ended = ?, usd = ? WHERE id = ?');
  const sum = sqlite.prepare(
    `SELECT coalesce(sum(usd), 0) AS usd, count(*) FILTER (WHERE leaves_machine = 1 AND usd IS NULL) AS unknown
       FROM model_calls WHERE at >= ?1 AND (?2 IS NULL OR runbook = ?2)`,
  );
  const used = sqlite.prepare(
    `SELECT count(*) AS calls, coalesce(sum(coalesce(json_extract(ended, '$.usage.promptTokens'), 0)
       + coalesce(json_extract(ended, '$.usage.completionTokens'), 0)), 0) AS tokens
       FROM model_calls WHERE json_extract(body, '$.run') = ?`,
  );
  const select = (rest: string, ...params: (string | number)[]): readonly ModelCall[] =>
    attempt(() =>
      sqlite
        .prepare(`SELECT body, ended FROM model_calls ${rest}`)
        .all(...params)
        .map((row) => ({
          ...ownJson<Omit<ModelCall, 'ended'>>(row['body']),
          ended: row['ended'] === null ? null : ownJson<ModelCallEnd>(row['ended']),
        })),
    );
  return {
    begin: (call) => {
      const { id, at, runbook, leavesMachine } = call;
      attempt(() => insert.run(id, at, runbook, leavesMachine ? 1 : 0, JSON.stringify(call)));
    },
    end: (id, ended) => {
      attempt(() => end.run(JSON.stringify(ended), ended.usd, id));
    },
    latest: ({ limit, egressOnly }) =>
      select(`${egressOnly ? 'WHERE leaves_machine = 1' : ''} ORDER BY at DESC, id LIMIT ?`, limit),
    byId: (prefix) => select("WHERE id LIKE ? || '%'", prefix),
    usedBy: (run) =>
      attempt(() => {
        const row = used.get(run);
        return { calls: Number(row?.['calls']), tokens: Number(row?.['tokens']) };
      }),
    usdSince: (at, runbook) =>
      attempt(() => {
        const row = sum.get(at, runbook);
        return Number(row?.['unknown']) > 0 ? null : Number(row?.['usd']);
      }),
  };
}
