/**
 * Times are milliseconds since the epoch; `body` is the noun as JSON, the columns are what is searched by.
 * `ways` is the list of ways that a notification was sent, as JSON.
 */
export const notifications = `
  CREATE TABLE notifications (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    ways TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX notifications_by_time ON notifications (at);

  CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY,
    notification TEXT NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    way TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'failed')),
    error TEXT,
    UNIQUE (notification, way, attempt)
  ) STRICT;

  CREATE TABLE told (
    key TEXT PRIMARY KEY,
    runbook TEXT,
    held_since INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX told_by_runbook ON told (runbook);
  CREATE INDEX told_held ON told (held_since) WHERE held_since IS NOT NULL;
`;
