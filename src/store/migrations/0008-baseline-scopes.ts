/** What a baseline is of: the scope, as JSON, that the runbook had at the last scan. */
export const baselineScopes = `
  CREATE TABLE baseline_scopes (
    name TEXT PRIMARY KEY,
    scope TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
