/**
 * Tools of MCP servers of others that the operator trusts: `definition` is canonical JSON, `digest` is of it and of the
 * way to its server, `mac` is a keyed code over all. Times are milliseconds since the epoch.
 */
export const mcpPins = `
  CREATE TABLE mcp_pins (
    server TEXT NOT NULL,
    tool TEXT NOT NULL,
    digest TEXT NOT NULL,
    definition TEXT NOT NULL,
    at INTEGER NOT NULL,
    mac TEXT NOT NULL,
    PRIMARY KEY (server, tool)
  ) STRICT, WITHOUT ROWID;
`;
