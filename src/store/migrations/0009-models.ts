/**
 * Requests to models: `body` is the call but for its end, which is null until it has one. Scores of `models test`, the
 * latest of each model. Times are milliseconds since the epoch.
 */
export const models = `
  CREATE TABLE model_calls (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    runbook TEXT,
    leaves_machine INTEGER NOT NULL,
    body TEXT NOT NULL,
    usd REAL,
    ended TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX model_calls_at ON model_calls (at);
  CREATE TABLE model_scores (
    model TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
