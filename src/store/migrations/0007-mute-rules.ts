/**
 * Mute rules. `body` is the rule but for `matched_at`, which runs move forward. Times are milliseconds since the epoch.
 */
export const muteRules = `
  CREATE TABLE mute_rules (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    body TEXT NOT NULL,
    matched_at INTEGER
  ) STRICT, WITHOUT ROWID;
`;
