/**
 * Times are milliseconds since the epoch. `bytes` is what was sealed and never changes; `state` is how the plan
 * stands, canonical JSON; `mac` is a keyed code over both: the columns beside them are what is searched by, and
 * are checked against them when a row is read. Counters and fences name no digest of a file: an edit refills nothing.
 */
export const gate = `
  CREATE TABLE plans (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    intent TEXT NOT NULL,
    runbook TEXT,
    created_at INTEGER NOT NULL,
    bytes TEXT NOT NULL,
    state TEXT NOT NULL,
    mac TEXT NOT NULL
  ) STRICT;
  CREATE INDEX plans_by_time ON plans (created_at);
  CREATE INDEX plans_by_status ON plans (status, created_at);
  CREATE INDEX plans_by_intent ON plans (intent);
  CREATE INDEX plans_by_runbook ON plans (runbook, created_at) WHERE runbook IS NOT NULL;
  CREATE TRIGGER plans_keep_what_was_sealed BEFORE UPDATE OF id, digest, bytes, intent, created_at ON plans
    BEGIN SELECT RAISE(ABORT, 'what was sealed never changes'); END;

  CREATE TABLE policy_uses (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    amount REAL NOT NULL,
    plan TEXT NOT NULL
  ) STRICT;
  CREATE INDEX policy_uses_by_key ON policy_uses (key, at);

  CREATE TABLE fences (
    target TEXT PRIMARY KEY,
    fence INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE pins (
    digest TEXT PRIMARY KEY,
    policy TEXT NOT NULL,
    path TEXT NOT NULL,
    at INTEGER NOT NULL,
    mac TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
