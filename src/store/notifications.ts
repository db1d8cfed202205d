import type { Finding } from '../domain/finding.ts';
import type { Delivery, Notification } from '../domain/notification.ts';
import type { NotificationBook, Told, ToldView } from '../domain/told.ts';
import type { Database } from './database.ts';
import { ownJson } from './own-json.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The book of notifications on the embedded store. */
export function createNotificationBook(database: Database): NotificationBook {
  const { sqlite, attempt, transaction } = database;
  const insert = sqlite.prepare('INSERT INTO notifications (id, at, kind, ways, body) VALUES (?, ?, ?, ?, ?)');
  const byId = sqlite.prepare('SELECT body FROM notifications WHERE id = ?');
  const latest = sqlite.prepare('SELECT body FROM notifications ORDER BY at DESC, rowid DESC LIMIT ?');
  const prune = sqlite.prepare('DELETE FROM notifications WHERE at < ?');
  const upsertTold = sqlite.prepare(
    `INSERT INTO told (key, runbook, held_since, body) VALUES (?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET held_since = excluded.held_since, body = excluded.body`,
  );
  const forget = sqlite.prepare('DELETE FROM told WHERE key = ?');
  const holding = sqlite.prepare('SELECT 1 FROM told WHERE held_since IS NOT NULL LIMIT 1');
  const delivered = sqlite.prepare(
    "SELECT 1 FROM deliveries WHERE notification = ? AND way = ? AND outcome = 'delivered' LIMIT 1",
  );
  const deliveries = sqlite.prepare(
    `SELECT json_object('notification', notification, 'way', way, 'attempt', attempt, 'at', at, 'outcome', outcome,
     'error', error) AS body FROM deliveries WHERE notification = ? ORDER BY seq`,
  );
  const insertDelivery = sqlite.prepare(
    `INSERT INTO deliveries (notification, way, attempt, at, outcome, error)
     SELECT :notification, :way, 1 + coalesce(max(attempt), 0), :at, :outcome, :error
     FROM deliveries WHERE notification = :notification AND way = :way`,
  );
  const view = viewOf(database);

  return {
    record: (decide, enqueue) =>
      transaction(() => {
        const routing = decide(view);
        for (const addressed of routing.messages) {
          const { notification, ways } = addressed;
          const { id, at, kind } = notification;
          insert.run(id, at, kind, JSON.stringify(ways), JSON.stringify(notification));
          enqueue(addressed);
        }
        for (const row of routing.told) upsertTold.run(row.key, row.runbook, row.heldSince, JSON.stringify(row));
        for (const key of routing.forgotten) forget.run(key);
        return routing;
      }),
    look: (decide) => attempt(() => decide(view)),
    notification: (id) => attempt(() => bodies<Notification>(byId.all(id))[0] ?? null),
    wasDelivered: (notification, way) => attempt(() => delivered.get(notification, way) !== undefined),
    deliveriesOf: (notification) => attempt(() => bodies<Delivery>(deliveries.all(notification))),
    recordDelivery: ({ notification, way, at, outcome, error }) => {
      attempt(() => insertDelivery.run({ notification, way, at, outcome, error }));
    },
    isHolding: () => attempt(() => holding.get() !== undefined),
    latest: (limit) => attempt(() => bodies<Notification>(latest.all(limit))),
    prune: (before) => attempt(() => Number(prune.run(before).changes)),
  };
}

function viewOf({ sqlite }: Database): ToldView {
  const ofRunbook = sqlite.prepare('SELECT body FROM told WHERE runbook = ? ORDER BY rowid');
  const byKey = sqlite.prepare('SELECT body FROM told WHERE key = ?');
  const held = sqlite.prepare('SELECT body FROM told WHERE held_since IS NOT NULL ORDER BY held_since, rowid');
  const heldFindings = sqlite.prepare(
    'SELECT body FROM findings WHERE key IN (SELECT key FROM told WHERE held_since IS NOT NULL) ORDER BY rowid',
  );
  const all = sqlite.prepare('SELECT body FROM told ORDER BY rowid');
  const allFindings = sqlite.prepare(
    "SELECT body FROM findings WHERE standing <> 'resolved' OR key IN (SELECT key FROM told) ORDER BY rowid",
  );
  // What lies in the future was written before the clock was set back: it must not use up the caps for good.
  const since = sqlite.prepare(
    "SELECT count(*) AS number FROM notifications WHERE at > ? AND at <= ? AND kind <> 'test'",
  );
  const countSince = (now: number, ms: number): number => Number(since.get(now - ms, now)?.['number']);
  return {
    ofRunbook: (runbook) => bodies<Told>(ofRunbook.all(runbook)),
    byKey: (key) => bodies<Told>(byKey.all(key))[0],
    held: () => ({ told: bodies<Told>(held.all()), findings: bodies<Finding>(heldFindings.all()) }),
    everything: () => ({ told: bodies<Told>(all.all()), findings: bodies<Finding>(allFindings.all()) }),
    lately: (now) => ({ lastHour: countSince(now, HOUR), lastDay: countSince(now, DAY) }),
  };
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows what it wrote
function bodies<T>(rows: readonly Record<string, unknown>[]): readonly T[] {
  return rows.map((row) => ownJson<T>(row['body']));
}
