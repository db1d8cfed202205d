/**
 * Times are milliseconds since the epoch. `bytes` is an inventory as canonical JSON, `digest` is of these
 * very bytes. A scan is what was seen last, and what accepting takes; history is never forgotten.
 */
export const baselines = `
  CREATE TABLE baselines (
    name TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    digest TEXT NOT NULL,
    bytes TEXT NOT NULL
  ) STRICT;

  CREATE TABLE baseline_scans (
    name TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    digest TEXT NOT NULL,
    bytes TEXT NOT NULL
  ) STRICT;

  CREATE TABLE baseline_events (
    seq INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX baseline_events_by_name ON baseline_events (name, seq);
`;
