/** Up to where a client has been told: `seq` of finding_events. Times are milliseconds since the epoch. */
export const cursors = `
  CREATE TABLE cursors (
    client TEXT NOT NULL,
    name TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (client, name)
  ) STRICT, WITHOUT ROWID;
`;
