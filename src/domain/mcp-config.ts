/** Programs that can be told of an MCP server, in a way that they document. */
export const MCP_CLIENTS = ['openclaw', 'claude', 'codex', 'cursor', 'hermes', 'vscode'] as const;
export type McpClientName = (typeof MCP_CLIENTS)[number];

/** A command that the operator runs, or text for a file of the client. */
export const MCP_CONFIG_KINDS = ['command', 'file'] as const;
export type McpConfigKind = (typeof MCP_CONFIG_KINDS)[number];

/** What registers this Holdfast in a client. It never holds a token. */
export interface McpConfig {
  readonly client: McpClientName;
  readonly transport: 'stdio' | 'http';
  readonly kind: McpConfigKind;
  /** The file, as the client's documentation names it; null for a command. */
  readonly path: string | null;
  /** To be pasted as it is. */
  readonly text: string;
  readonly needsToken: boolean;
  /** Sentences for who pastes it. */
  readonly notes: readonly string[];
}
