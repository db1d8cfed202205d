/** Times are milliseconds since the epoch; `body` is the noun as JSON, the columns are what is searched by. */
export const runsFindingsSamples = `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    runbook TEXT NOT NULL,
    slot INTEGER,
    status TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (runbook, slot)
  ) STRICT;
  CREATE INDEX runs_by_time ON runs (started_at);
  CREATE INDEX runs_by_runbook ON runs (runbook, started_at);

  CREATE TABLE findings (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    runbook TEXT NOT NULL,
    standing TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX findings_by_runbook ON findings (runbook, standing);
  CREATE INDEX findings_by_id ON findings (id);

  CREATE TABLE finding_events (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    run TEXT,
    kind TEXT NOT NULL,
    detail TEXT
  ) STRICT;
  CREATE INDEX finding_events_by_key ON finding_events (key, seq);

  CREATE TABLE samples (
    runbook TEXT NOT NULL,
    check_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (runbook, check_id, resource, at)
  ) STRICT, WITHOUT ROWID;
`;
