import type { Clock } from '../domain/clock.ts';
import type { JsonValue } from '../domain/json.ts';
import type { PaidAnswers } from '../domain/paid-answers.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

/** Billing data is refreshed up to three times a day: what was paid for today is good enough for the rest of it. */
const FRESH_MS = 20 * 3_600_000;
/** Answers that nobody will ask for again, and days that nobody counts any more. */
const FORGOTTEN_MS = 40 * 86_400_000;

export function paidAnswers(
  { sqlite, attempt, transaction }: Database,
  clock: Pick<Clock, 'now'>,
  budget: number,
): PaidAnswers {
  const find = sqlite.prepare(
    'SELECT at, answer FROM paid_answers WHERE account = ? AND question = ? AND at > ? AND at <= ?',
  );
  const insert = sqlite.prepare(
    'INSERT OR REPLACE INTO paid_answers (account, question, at, answer) VALUES (?, ?, ?, ?)',
  );
  const forget = sqlite.prepare('DELETE FROM paid_answers WHERE at < ?');
  const forgetDays = sqlite.prepare('DELETE FROM paid_requests WHERE day < ?');
  const count = sqlite.prepare('SELECT requests, usd FROM paid_requests WHERE account = ? AND day = ?');
  const add = sqlite.prepare(
    `INSERT INTO paid_requests (account, day, requests, usd) VALUES (?, ?, 1, ?)
       ON CONFLICT (account, day) DO UPDATE SET requests = requests + 1, usd = usd + excluded.usd`,
  );
  const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const today = (account: string): { readonly requests: number; readonly usd: number } => {
    const row = count.get(account, dayOf(clock.now()));
    return { requests: Number(row?.['requests'] ?? 0), usd: Number(row?.['usd'] ?? 0) };
  };
  return {
    kept: ({ account, text }) =>
      attempt(() => {
        const now = clock.now();
        // What comes from the future was kept by a clock that was wrong.
        const row = find.get(account, text, now - FRESH_MS, now);
        return row === undefined ? null : { at: Number(row['at']), answer: ownJson<JsonValue>(row['answer']) };
      }),
    reserve: (account, usd) =>
      transaction(() => {
        if (today(account).requests >= budget) return false;
        add.run(account, dayOf(clock.now()), usd);
        return true;
      }),
    keep: ({ account, text }, answer) =>
      transaction(() => {
        const now = clock.now();
        forget.run(now - FORGOTTEN_MS);
        forgetDays.run(dayOf(now - FORGOTTEN_MS));
        insert.run(account, text, now, JSON.stringify(answer));
      }),
    today: (account) => attempt(() => ({ ...today(account), budget })),
  };
}
